"""Giving, changing and withdrawing posts. What is withdrawn is gone on the person's next request; history stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from waizhuan.identity.actors import active_mandates
from waizhuan.identity.delegation import rules
from waizhuan.identity.delegation.models import Request
from waizhuan.identity.delegation.passing import hold
from waizhuan.identity.delegation.process import REQUEST
from waizhuan.identity.models import Mandate, Organisation, OrganisationKind, Person, RealName
from waizhuan.identity.roles import ADMINISTRATORS
from waizhuan.kernel import clock, roles
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.flow.api import release, start


def end_of(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(23, 59, 59), clock.CHINA) if day else None


def give_mandates(
    *, actor: Actor, account_id: int, codes: Sequence[str], until: dt.datetime | None, note: str
) -> list[Mandate]:
    """Give these posts of the actor's organisation; a post that is held already is renewed. Raises Refused, Hidden."""
    if actor.organisation_id is None or not rules.may_authorise(actor):
        raise Hidden
    made = []
    with transaction.atomic():
        hold(account_id)
        person = Person.objects.select_related("account").filter(account_id=account_id).first()
        if person is None:
            raise Hidden
        for verdict in (
            rules.may_give_now(actor),
            rules.still_there(person.account.closed_at is not None),
            rules.can_give(actor, account_id, codes, verified=person.real_name == RealName.PASSED),
        ):
            if not verdict.ok:
                raise Refused(verdict)
        own_end = _still_gives(actor)
        others = _givers(actor).exclude(account_id=account_id).filter(valid_until=None).count()
        unit = actor.organisation_kind == OrganisationKind.UNIT
        for verdict in (
            rules.within_own_period(codes, until, own_end),
            rules.leaves_somebody(codes, until, others=others, unit=unit),
        ):
            if not verdict.ok:
                raise Refused(verdict)
        _keep_apart(account_id, codes)
        for code in codes:
            _close(account_id, actor, code, why="renewed", only_if_different=until)
            if not Mandate.objects.filter(
                account_id=account_id, organisation_id=actor.organisation_id, role=code, withdrawn_at=None
            ).exists():
                made.append(
                    Mandate.objects.create(
                        account_id=account_id,
                        organisation_id=actor.organisation_id,
                        role=code,
                        valid_until=until,
                        note=note[:200],
                        granted_by_id=actor.account_id,
                        granted_at=clock.now(),
                        valid_from=clock.now(),
                    )
                )
        if not made:
            return []  # pressed twice: nothing new, nobody is told again
        labels = marks.listed(roles.role(m.role).label for m in made)
        publish(
            Happened(
                actor,
                "delegation.give",
                f"identity.account:{account_id}",
                {"organisation": actor.organisation_id, "roles": [m.role for m in made]},
            ),
            Tell(
                "delegation.given",
                accounts=(account_id,),
                sms=True,
                link="/",
                context={"organisation": actor.organisation_name, "roles": labels},
            ),
        )
    return made


def _givers(actor: Actor) -> QuerySet[Mandate]:
    """Who may authorise others at the actor's organisation now."""
    giving = [r.code for r in roles.held_by(actor.organisation_kind) if r.gives]
    return active_mandates().filter(organisation_id=actor.organisation_id or 0, role__in=giving)


def others_who_give(actor: Actor) -> bool:
    """Is there another administrator of the organisation acted for?"""
    return _givers(actor).exclude(account_id=actor.account_id or 0).exists()


def _still_gives(actor: Actor) -> dt.datetime | None:
    """Lock the organisation (two administrators, one after the other) and see that the actor may still give, who may have
    lost that a moment ago. Until when; None: without end. Raises Hidden."""
    Organisation.objects.select_for_update().get(pk=actor.organisation_id or 0)
    if actor.kind == "legal":
        return None
    ends = list(_givers(actor).filter(account_id=actor.account_id or 0).values_list("valid_until", flat=True))
    if not ends:
        raise Hidden
    return None if None in ends else max(end for end in ends if end is not None)


def _keep_apart(account_id: int, codes: Sequence[str]) -> None:
    """What has run out no longer counts; what is held anywhere does. Raises Refused."""
    now = clock.now()
    Mandate.objects.filter(
        account_id=account_id, role__in=ADMINISTRATORS, withdrawn_at=None, valid_until__lte=now
    ).update(withdrawn_at=now, withdrawn_why="ran out")
    held = active_mandates().filter(account_id=account_id).values_list("role", flat=True)
    verdict = rules.kept_apart(list(held), codes)
    if not verdict.ok:
        raise Refused(verdict)


def _close(account_id: int, actor: Actor, code: str, *, why: str, only_if_different: dt.datetime | None) -> None:
    """End the mandate that is there, where it has run out or another period was asked for."""
    held = Mandate.objects.filter(
        account_id=account_id, organisation_id=actor.organisation_id or 0, role=code, withdrawn_at=None
    )
    held.exclude(Q(valid_until=only_if_different) if only_if_different else Q(valid_until=None)).update(
        withdrawn_at=clock.now(), withdrawn_by_id=actor.account_id, withdrawn_why=why
    )


def withdraw(*, actor: Actor, mandate_id: int, why: str) -> None:
    """Take a post back. Pressing twice changes nothing more. Raises Refused, Hidden."""
    with transaction.atomic():
        if actor.organisation_id is None or not rules.may_authorise(actor):
            raise Hidden
        _still_gives(actor)
        mandate = Mandate.objects.filter(pk=mandate_id, organisation_id=actor.organisation_id).first()
        if mandate is None:
            raise Hidden
        if mandate.withdrawn_at is not None:
            return
        others = _givers(actor).exclude(pk=mandate.pk)
        verdict = rules.can_withdraw(
            actor, mandate.role, others_who_give=others.count(), unit=actor.organisation_kind == OrganisationKind.UNIT
        )
        if not verdict.ok:
            raise Refused(verdict)
        mandate.withdrawn_at, mandate.withdrawn_by_id, mandate.withdrawn_why = clock.now(), actor.account_id, why[:200]
        mandate.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
        release(account_id=mandate.account_id, organisation_id=mandate.organisation_id, roles=(mandate.role,))
        publish(
            Happened(
                actor,
                "delegation.withdraw",
                f"identity.account:{mandate.account_id}",
                {"organisation": actor.organisation_id, "role": mandate.role},
            ),
            Tell(
                "delegation.withdrawn",
                accounts=(mandate.account_id,),
                link="/",
                context={"organisation": actor.organisation_name, "roles": str(roles.role(mandate.role).label)},
            ),
        )


def change(*, actor: Actor, account_id: int, codes: Sequence[str], until: dt.datetime | None, note: str) -> None:
    """From now on exactly these roles, until then, as far as they are the actor's to give: one transaction (C3)."""
    mine = {r.code for r in rules.givable(actor)}
    with transaction.atomic():
        hold(account_id)
        held = active_mandates().filter(
            account_id=account_id, organisation_id=actor.organisation_id or 0, role__in=mine - set(codes)
        )
        for mandate in held:
            withdraw(actor=actor, mandate_id=mandate.pk, why=note)
        if codes:
            give_mandates(actor=actor, account_id=account_id, codes=codes, until=until, note=note)


# ---------------------------------------------------------------- requests


def ask(*, actor: Actor, organisation: Organisation, role: str, words: str) -> Request:
    """Ask a unit for one of its roles, once at a time. Raises Refused."""
    if actor.kind != "natural" or not actor.verified:
        raise Refused(no(say("通过实名认证以后才能请求授权"), code="A5"))
    held = active_mandates().filter(account_id=actor.account_id or 0, organisation=organisation, role=role)
    if held.exists():
        raise Refused(no(say("这个单位已经授权您了"), field="unit", code="A5"))
    try:
        with transaction.atomic():
            return start(
                REQUEST,
                Request(organisation=organisation, role=role, words=words, asker_account_id=actor.account_id),
                actor,
            )
    except IntegrityError:
        return Request.objects.get(
            asker_account_id=actor.account_id or 0, organisation=organisation, role=role, state="waiting"
        )
