"""What the support desk does: look, lock, unlock, end sessions. Each leaves an entry in the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from waizhuan.identity.models import Account, Organisation, Person, RealName
from waizhuan.identity.one_person import is_any_of
from waizhuan.identity.operators import queries, rules
from waizhuan.identity.operators.models import Withdrawal
from waizhuan.identity.operators.process import WITHDRAWAL, title_of
from waizhuan.identity.operators.queries import is_locked
from waizhuan.identity.realname.queries import operator_organisation
from waizhuan.identity.sign_in import sessions
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import Verdict, all_no
from waizhuan.shared.audit import api as audit
from waizhuan.shared.flow.api import start


def search(actor: Actor, *, by: str, value: str, purpose: str) -> Sequence[Account]:
    """Find accounts by an exact value. The log keeps by what kind of value, what for and whom it found; never the value."""
    _refuse(rules.has_purpose(purpose))
    if by not in dict(rules.BY):
        raise Hidden(f"operators: by {by}")
    with transaction.atomic():
        found = queries.find(by, value)
        publish(Happened(actor, "operators.searched", "operators.search:0", {"by": by, "found": len(found)}))
        for account in found:
            audit.viewed(actor, f"identity.account:{account.pk}", purpose)
    return found


def look(actor: Actor, account_id: int, purpose: str) -> Account:
    """Open one account's page for a purpose."""
    _refuse(rules.has_purpose(purpose))
    with transaction.atomic():
        found = queries.account(account_id)
        audit.viewed(actor, f"identity.account:{account_id}", purpose)
    return found


def lock(actor: Actor, account_id: int, reason: str) -> None:
    """Lock an account: it cannot sign in, and its sessions are at an end. The holder is told.

    `locked_at` alone would be lifted by the holder's own reset of the password; `is_active` only by operators: one who unlocks it, or two who
    approve an appeal.
    """
    with transaction.atomic():
        account = _locked(account_id)
        _refuse(
            rules.may_lock(
                actor.account_id, account.pk, locked=not account.is_active, closed=account.closed_at is not None
            ),
            rules.has_reason(reason),
        )
        account.locked_at, account.is_active = clock.now(), False
        account.save(update_fields=["locked_at", "is_active"])
        sessions.end_others(account)
        way = reverse("appeals.start")
        _tell(actor, "locked", account, reason, context={"address": settings.BASE_URL + way}, link=way)


def unlock(actor: Actor, account_id: int, reason: str) -> None:
    with transaction.atomic():
        account = _locked(account_id)
        locked = is_locked(account)
        _refuse(rules.may_unlock(actor.account_id, account.pk, locked=locked), rules.has_reason(reason))
        account.locked_at, account.is_active = None, True
        account.save(update_fields=["locked_at", "is_active"])
        _tell(actor, "unlocked", account, reason)


def end_sessions(actor: Actor, account_id: int, reason: str) -> None:
    """End every session of an account; it may sign in again."""
    with transaction.atomic():
        account = _locked(account_id)
        _refuse(rules.has_reason(reason))
        sessions.end_others(account)
        _tell(actor, "sessions_ended", account, reason)


def propose_withdrawal(actor: Actor, account_id: int, what: str, reason: str) -> Withdrawal:
    """Propose to take back a verification (`rules.VERIFICATIONS`) that was a mistake (G8); another one does it. Nothing changes
    for the account until then. Proposing twice gives the one that is open."""
    with transaction.atomic():
        account = _locked(account_id)
        made = queries.open_withdrawal(account.pk, what)
        if made is not None:
            return made
        own = is_any_of(actor.account_id, queries.concerned(account))
        may = rules.may_propose_withdrawal(concerned=own, passed=queries.has_passed(account, what))
        _refuse(may, rules.has_reason(reason))
        made = Withdrawal(
            account=account,
            what=what,
            reason=reason.strip()[:200],
            operator=operator_organisation(),
            first_by_id=actor.account_id,
        )
        return start(WITHDRAWAL, made, actor)


def carry_out_withdrawal(row: Withdrawal, actor: Actor) -> None:
    """What was given stays with the account, which verifies again. Its holder, and who administers the unit, are told why, what
    waits meanwhile, and the way on. Inside the decision's transaction. Raises Refused."""
    account = _locked(row.account_id)
    told = queries.concerned(account)
    passed = _not_passed_any_more(account, row.what, row.reason)
    since = queries.verified_since(account.pk, row.what, row.created_at)
    _refuse(rules.still_so(closed=account.closed_at is not None, passed=passed, verified_since=since))
    way = reverse("realname.status")
    context = {"reason": row.reason, "address": settings.BASE_URL + way}
    subject, detail = f"identity.account:{account.pk}", {"what": row.what, "reason": row.reason}
    publish(
        Happened(actor, "operators.verification_withdrawn", subject, detail),
        Tell(f"operators.{row.what}_withdrawn", accounts=tuple(told), context=context, link=way, sms=True),
    )


def tell_proposer(row: Withdrawal, actor: Actor) -> None:
    context = {"title": title_of(row), "number": row.number or "", "by": actor.name}
    link = reverse("operators.withdrawal", args=[row.pk])
    told = (row.first_by_id,) if row.first_by_id else ()
    publish(Tell("operators.withdrawal_declined", accounts=told, context=context, link=link))


def _not_passed_any_more(account: Account, what: str, reason: str) -> bool:
    """Write it; false where there was nothing to take back. The caller's transaction undoes it where somebody may not."""
    begin = {"real_name": RealName.NOT_STARTED, "real_name_reason": reason, "verified_at": None}
    units = Organisation.objects.filter(account=account)
    match what:
        case "person":
            return bool(Person.objects.filter(account=account, real_name=RealName.PASSED).update(**begin))
        case "agent":
            passed = units.filter(agent_real_name=RealName.PASSED)
            return bool(passed.update(agent_real_name=RealName.NOT_STARTED, agent_real_name_reason=reason))
    return bool(units.filter(real_name=RealName.PASSED).update(**begin))


def _tell(
    actor: Actor, what: str, account: Account, reason: str, *, context: Mapping[str, str] = {}, link: str = ""
) -> None:
    publish(
        Happened(actor, f"operators.{what}", f"identity.account:{account.pk}", {"reason": reason.strip()[:200]}),
        Tell(f"operators.{what}", accounts=(account.pk,), context=context, link=link, sms=True),
    )


def _locked(account_id: int) -> Account:
    account = Account.objects.select_for_update(no_key=True).filter(pk=account_id).first()
    if account is None:
        raise Hidden(f"account {account_id}")
    return account


def _refuse(*verdicts: Verdict) -> None:
    refused = all_no(verdicts)
    if refused:
        raise Refused(*refused)
