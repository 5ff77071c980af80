"""A post passes from one person to another, at one moment (F12)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from waizhuan.identity.actors import active_mandates
from waizhuan.identity.models import Account, Mandate, Organisation, Person, RealName
from waizhuan.kernel import clock, roles
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.flow.api import release


def hold(account_id: int, *, wait: bool = True) -> bool:
    """Until the end of the transaction nobody closes or merges this account, so what is asked of it now stays true. Before
    any organisation, case or project is locked, as everywhere; whoever has locked one already does not `wait`: raises Refused
    where somebody else holds the account. What only points to the account does not wait. Is it open? One query."""
    rows = Account.objects.select_for_update(no_key=True, skip_locked=not wait).filter(pk=account_id)
    row = rows.only("closed_at").first()
    if row is None and not wait:
        raise Refused(no(say("有关的账号正在改动，什么都没有动，请过一会儿再试"), code="F11"))
    return row is not None and row.closed_at is None


def can_receive(account_id: int) -> Verdict:
    """Only an open account of a verified natural person receives a post."""
    person = Person.objects.select_related("account").filter(account_id=account_id).first()
    account = person.account if person else None
    if account is None or account.closed_at or account.locked_at or not account.is_active:
        return no(say("接任人的账号已经注销或被锁定"), code="F12")
    if person is None or person.real_name != RealName.PASSED:
        return no(say("接任人还没有通过实名认证"), code="F12")
    return YES


def pass_post(
    *,
    actor: Actor,
    organisation_id: int,
    post: str,
    along: Collection[str],
    leaver: int | None,
    successor: int,
    why: str,
) -> None:
    """`leaver` holds `post` and `along` no longer, `successor` holds `post` and whatever of `along` the leaver held.

    Sessions lose and gain it on their next request; work that the leaver had taken is the post's again. Raises Refused.
    """
    with transaction.atomic():
        hold(successor)
        organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
        verdict = can_receive(successor)
        if not verdict.ok:
            raise Refused(verdict)
        passing = {post}
        if leaver is not None:
            ending = active_mandates().filter(
                account_id=leaver, organisation_id=organisation_id, role__in={post, *along}
            )
            passing |= set(ending.values_list("role", flat=True))
            now = clock.now()
            Mandate.objects.filter(pk__in=list(ending.values_list("pk", flat=True))).update(
                withdrawn_at=now, withdrawn_by_id=actor.account_id, withdrawn_why=why[:200]
            )
            release(account_id=leaver, organisation_id=organisation_id, roles=passing)
        for role in sorted(passing):
            _give(actor, organisation_id, role, successor, why)
        labels = marks.listed(roles.role(r).label for r in sorted(passing))
        context = {"organisation": organisation.name, "roles": labels}
        publish(
            Happened(
                actor,
                "delegation.pass",
                f"identity.organisation:{organisation_id}",
                {"roles": sorted(passing), "from": leaver, "to": successor},
            ),
            Tell("delegation.given", accounts=(successor,), sms=True, link="/", context=context),
        )
        if leaver is not None:
            publish(Tell("delegation.withdrawn", accounts=(leaver,), link="/", context=context))


def _give(actor: Actor, organisation_id: int, role: str, account_id: int, why: str) -> None:
    """A mandate that has run out but was never closed gives way to the new one."""
    held = Mandate.objects.filter(account_id=account_id, organisation_id=organisation_id, role=role, withdrawn_at=None)
    now = clock.now()
    held.filter(valid_until__isnull=False).update(
        withdrawn_at=now, withdrawn_by_id=actor.account_id, withdrawn_why="renewed"
    )
    if not held.exists():
        Mandate.objects.create(
            account_id=account_id,
            organisation_id=organisation_id,
            role=role,
            note=why[:200],
            granted_by_id=actor.account_id,
            granted_at=now,
            valid_from=now,
        )
