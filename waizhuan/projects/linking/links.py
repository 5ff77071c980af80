"""The one place where an old account becomes somebody's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.projects.entry import api as entry
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject, LegacyUnit
from waizhuan.projects.linking import rules
from waizhuan.projects.linking.models import Unlinked
from waizhuan.shared.flow.api import link as address


def link(*, actor: Actor, old_id: int, account_id: int, how: str) -> LegacyAccount:
    """Link the old account: its projects get their lead, its login name signs in (F8), the person is told. Linking twice is
    linking once; raises Refused where it is somebody else's already, and where the account is closed or about to be."""
    with transaction.atomic():
        if not identity.hold(account_id, wait=False):  # a claim or the old account is locked already
            raise Refused(no(say("这个账号已经注销或并入了另一个账号"), code="F10"))
        old = LegacyAccount.objects.select_for_update(of=("self",)).select_related("unit__organisation").get(pk=old_id)
        if old.account_id == account_id:
            return old
        if old.account_id is not None:
            raise Refused(no(say("这个旧账号已经关联给别人。单位换人请由单位申请合并"), code="F11"))
        if how in (rules.NUMBER, rules.PHONE):
            _still_certain(old, account_id, how)
        old.account_id, old.linked_at, old.linked_how = account_id, clock.now(), how
        old.save(update_fields=["account", "linked_at", "linked_how"])
        theirs = LegacyProject.objects.filter(account=old, organisation__isnull=False, lead=None, moved=False)
        if how != rules.NUMBER:  # what one unit knows of its account says nothing about another unit's projects
            # asked for now: what was joined while the lock was waited for is as it was before
            unit = LegacyUnit.objects.filter(pk=old.unit_id or 0, organisation__isnull=False)
            theirs = theirs.filter(organisation_id__in=unit.values("organisation_id"))
        count = theirs.update(lead_id=account_id, version=F("version") + 1, updated_at=clock.now())
        signs_in = identity.add_login_alias(account_id, old.login_name)
        publish(
            Happened(
                actor,
                "linking.linked",
                f"legacy.account:{old.pk}",
                {"account": account_id, "how": how, "projects": count, "signs_in": signs_in},
            ),
            Tell(
                "linking.linked",
                accounts=(account_id,),
                context={"login_name": old.login_name, "count": count, "why": rules.HOW[how].msgid},
                link=address("linking.accounts", ()),
            ),
        )
    return old


def _still_certain(old: LegacyAccount, account_id: int, how: str) -> None:
    """On the locked row: an import may have corrected the number meanwhile, and what was undone does not come back by itself.
    Raises Refused."""
    if how == rules.NUMBER and old.doc_index not in identity.known_of(account_id).documents:
        raise Refused(no(say("旧账号的证件号码刚刚更正过，不再相同"), code="F9"))
    if Unlinked.objects.filter(old=old, account_id=account_id).exists():
        raise Refused(no(say("这个关联撤销过，不会再自动关联。确实是您的，请申请关联"), code="F9"))


def unlink(*, actor: Actor, old_id: int, why: str, sms: bool = True) -> LegacyAccount:
    """A link was wrong: the old account is nobody's again, its projects return to their units, its login name no longer signs
    in, the person is told why, by `sms` too. Undoing twice is undoing once. Raises Hidden, Refused."""
    with transaction.atomic():
        old = LegacyAccount.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=old_id).first()
        if old is None or not may_unlink(actor, old):
            raise Hidden
        if old.account_id is None:
            return old
        if not why.strip():
            raise Refused(no(say("请写明为什么撤销，对方会看到"), field="why", code="F9"))
        person = old.account_id
        own = rules.may_unlink(own=identity.is_oneself(actor, person))
        if not own.ok:
            raise Refused(own)
        old.account_id, old.linked_at, old.linked_how = None, None, ""
        old.save(update_fields=["account", "linked_at", "linked_how"])
        Unlinked.objects.update_or_create(
            old=old,
            account_id=person,
            defaults={"why": why.strip()[:300], "by_id": actor.account_id, "at": clock.now()},
        )
        theirs = LegacyProject.objects.filter(account=old, lead_id=person, moved=False)
        count = theirs.update(lead_id=None, version=F("version") + 1, updated_at=clock.now())
        identity.drop_login_alias(person, old.login_name)
        publish(
            Happened(
                actor,
                "linking.unlinked",
                f"legacy.account:{old.pk}",
                {"account": person, "projects": count, "why": why},
            ),
            Tell(
                "linking.unlinked",
                accounts=(person,),
                context={
                    "login_name": old.login_name,
                    "count": count,
                    "by": actor.organisation_name,
                    "note": why.strip()[:300],
                },
                link=address("linking.accounts", ()),
                sms=sms,
            ),
        )
    return old


def cut(actor: Actor, olds: Sequence[int], why: str) -> None:
    """`unlink`, where the ministry takes back which unit the old accounts' is. In the caller's transaction, which holds them.
    Who loses several reads of each, and gets one text message."""
    reached: set[int | None] = set()
    for pk, person in LegacyAccount.objects.filter(pk__in=olds).order_by("pk").values_list("pk", "account_id"):
        unlink(actor=actor, old_id=pk, why=why, sms=person not in reached)
        reached.add(person)


def unlinkable(actor: Actor, olds: Mapping[int, int | None]) -> set[int]:
    """Which of these old accounts (id → the unit that theirs is now, if known) the actor may take from whoever they are linked
    to: those of the own unit, of the units that the department looks after, for the ministry all. One query at most."""
    if actor.has("ministry.clerk", "ministry.head"):
        return set(olds)
    units = {pk: unit for pk, unit in olds.items() if unit}
    mine: set[int] = set()
    if actor.organisation_id is not None and actor.has("unit.admin"):
        mine = {actor.organisation_id}
    elif actor.organisation_id is not None and actor.has("department.clerk", "department.head"):
        mine = entry.looked_after(actor.organisation_id, set(units.values()))
    return {pk for pk, unit in units.items() if unit in mine}


def may_unlink(actor: Actor, old: LegacyAccount) -> bool:
    return bool(unlinkable(actor, {old.pk: old.unit.organisation_id if old.unit else None}))
