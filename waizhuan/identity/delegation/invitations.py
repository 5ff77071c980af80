"""Invitations by text message, which complete themselves once the person is registered and verified (C4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse

from waizhuan.identity.actors import actor_of
from waizhuan.identity.delegation import rules
from waizhuan.identity.delegation.actions import give_mandates
from waizhuan.identity.delegation.models import Invitation
from waizhuan.identity.models import Person, RealName
from waizhuan.kernel import clock, crypto
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.notify import api as notify
from waizhuan.shared.refdata import names
from waizhuan.shared.refdata.identity_numbers import DocType, check_document
from waizhuan.shared.refdata.phones import read_phone

#: So long an invitation waits.
DAYS = 60
NUMBER_WANTED = no(say("邀请时请填写对方的证件号码"), field="sought", code="C4")


def waiting() -> QuerySet[Invitation]:
    """Invitations that still count."""
    since = clock.now() - dt.timedelta(days=DAYS)
    return Invitation.objects.filter(completed_at=None, ended_at=None, invited_at__gt=since)


def key_of(sought: str, country: str) -> str:
    """What the invited person's document will be compared by. `country` (alpha-3) says that it is a passport. A mobile number,
    by which people are looked for as well, is none, though it might be a passport's. Raises Refused."""
    if read_phone(sought, mobile=True).verdict.ok:
        raise Refused(NUMBER_WANTED)
    if country:
        checked = check_document(DocType.PASSPORT, sought, country)
        if not checked.verdict.ok:
            raise Refused(no(checked.verdict.reason, field="sought", code="C4"))
        return checked.key
    kinds = [kind for kind in DocType if kind != DocType.PASSPORT]
    key = next((found.key for found in (check_document(kind, sought) for kind in kinds) if found.key), "")
    if key:
        return key
    if check_document(DocType.PASSPORT, sought, "CHN").key:
        raise Refused(no(say("看起来是护照号码，请填签发护照的国家或地区"), field="doc_country", code="C4"))
    raise Refused(NUMBER_WANTED)


def invite(
    *, actor: Actor, name: str, doc_key: str, phone: str, codes: Sequence[str], until: dt.datetime | None, note: str
) -> Invitation:
    """Send the message; the roles follow by themselves. Raises Refused, also where the person is invited already."""
    for verdict in (
        rules.may_authorise(actor),
        rules.may_give_now(actor),
        rules.can_give(actor, 0, codes, verified=True),
        rules.kept_apart((), codes),
    ):
        if not verdict.ok:
            raise Refused(verdict)
    with transaction.atomic():
        made = Invitation(
            organisation_id=actor.organisation_id or 0,
            name=name,
            name_key=names.name_key(name),
            doc_key=doc_key,
            phone=phone,
            roles=list(codes),
            valid_until=until,
            note=note[:200],
            invited_by_id=actor.account_id or 0,
        )
        end_lapsed(made)
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError as error:
            raise Refused(no(say("已经邀请过这个人，正在等对方注册或认证"), field="sought", code="C4")) from error
        notify.send_to(
            "delegation.invitation",
            {"organisation": actor.organisation_name, "address": settings.BASE_URL + reverse("registration.person")},
            key=f"invitation:{made.pk}",
            phone=phone,
        )
        publish(Happened(actor, "delegation.invite", f"delegation.invitation:{made.pk}", {"roles": list(codes)}))
    return made


def end_lapsed(like: Invitation) -> None:
    """An invitation that nobody took up in time does not stand in the way of a new one."""
    before = clock.now() - dt.timedelta(days=DAYS)
    index = crypto.blind_index("document", like.doc_key)
    same = Invitation.objects.filter(organisation_id=like.organisation_id, doc_index=index)
    same.filter(completed_at=None, ended_at=None, invited_at__lte=before).update(ended_at=clock.now())


def take_back(*, actor: Actor, invitation_id: int) -> None:
    """Nothing follows from it any more. Twice is once. Raises Hidden."""
    if not rules.may_authorise(actor):
        raise Hidden
    with transaction.atomic():
        own = Invitation.objects.select_for_update().filter(organisation_id=actor.organisation_id or 0)
        invitation = own.filter(pk=invitation_id).first()
        if invitation is None:
            raise Hidden
        if invitation.completed_at or invitation.ended_at:
            return
        _end(invitation, actor)


def _end(invitation: Invitation, actor: Actor) -> None:
    invitation.ended_at = clock.now()
    invitation.save(update_fields=["ended_at"])
    publish(Happened(actor, "delegation.invitation_ended", f"delegation.invitation:{invitation.pk}", {}))


def complete(account_id: int) -> int:
    """Give what was promised to a person who has just been verified; how many invitations came true."""
    person = Person.objects.filter(account_id=account_id, real_name=RealName.PASSED).first()
    if person is None or not person.doc_index:
        return 0
    with transaction.atomic():
        promised = (
            waiting().select_for_update(of=("self",)).filter(doc_index=person.doc_index, name_key=person.name_key)
        )
        return sum(_come_true(invitation, account_id) for invitation in promised.order_by("id"))


def _come_true(invitation: Invitation, account_id: int) -> bool:
    """Whoever invited gives now what they may give now; a promise that nobody may keep any more ends, and the unit hears
    of it."""
    giver = actor_of(invitation.invited_by, acting_for=invitation.organisation_id, second_factor=True)
    try:
        if invitation.valid_until is not None and invitation.valid_until <= clock.now():
            raise Hidden
        with transaction.atomic():
            give_mandates(
                actor=giver,
                account_id=account_id,
                codes=invitation.roles,
                until=invitation.valid_until,
                note=invitation.note,
            )
    except (Hidden, Refused):
        _end(invitation, the_system())
        publish(
            Tell(
                "delegation.invitation_void",
                posts=((invitation.organisation_id, "unit.admin"),),
                context={"name": invitation.name},
                link="/authorisation/",
            )
        )
        return False
    invitation.completed_at = clock.now()
    invitation.save(update_fields=["completed_at"])
    return True
