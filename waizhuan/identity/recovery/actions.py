"""Finding the account again by code, without telling strangers anything (E3, E4)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from waizhuan.identity.actors import actor_of
from waizhuan.identity.document_numbers import indexes_of
from waizhuan.identity.earlier import codes_of
from waizhuan.identity.models import Account, FormerName, Kind, Organisation, OrganisationKind, Person
from waizhuan.identity.sign_in import sessions
from waizhuan.identity.sign_in.actions import browser, within_network
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.notify import api as notify
from waizhuan.shared.refdata import names, unit_numbers

PURPOSE = "recovery"


def account_of(kind: str, name: str, number: str) -> Account | None:
    """Both must match: name and document number, or full name and credit code, the present ones or former (E3)."""
    return _unit_account(name, number) if kind == "unit" else _person_account(name, number)


def _unit_account(name: str, number: str) -> Account | None:
    key = names.name_key(name)
    open_units = Organisation.objects.select_related("account").filter(
        kind=OrganisationKind.UNIT, account__isnull=False, account__closed_at=None
    )
    former = FormerName.objects.filter(name_key=key).values("organisation_id")
    # names of today are unique, former ones need not be
    for unit in open_units.filter(Q(name_key=key) | Q(pk__in=former)).order_by("pk")[:20]:
        if any(unit_numbers.is_meant(code, number) for code in codes_of(unit)):
            return unit.account
    return None


def _person_account(name: str, number: str) -> Account | None:
    found = people_of(name, number)
    return found[0].account if len(found) == 1 else None


def people_of(name: str, number: str) -> list[Person]:
    """Whom a name and the number of a document mean: one as a rule. Passports of two countries may bear the same number, and
    their holders the same name; the number alone does not tell them apart. One query."""
    found = Person.objects.select_related("account").filter(account__closed_at=None)
    return list(found.filter(doc_index__in=indexes_of(number), name_key=names.name_key(name)))


def destination(account: Account, channel: str) -> str:
    """Where this account's codes go: what is on file, verified or not (F7); "" where there is nothing."""
    if account.closed_at or not account.is_active:
        return ""
    if channel == "email":
        return str(account.email)
    return "" if _is_another_s(account) else str(account.phone)


def _is_another_s(account: Account) -> bool:
    """Has somebody else proved since that this number is in their hands (a released number that was issued again)?"""
    if account.phone_verified_at or not account.phone_index or account.kind != Kind.NATURAL:
        return False
    return Account.objects.of_mobile(account.phone_index, but=account.pk).exists()


def may_send_code(request: HttpRequest, account: Account | None, typed: str) -> Verdict:
    """As at the door: a browser that the account knows has the budget of its codes; all others share that of their network
    for what was typed, whether that is an account or not."""
    known = account is not None and sessions.is_known(request, account)
    return YES if known else within_network(request, PURPOSE, typed)


def send_code(
    request: HttpRequest,
    account: Account | None,
    channel: str,
    *,
    purpose: str = PURPOSE,
    text: Words = notify.codes.TEXT,
) -> None:
    """Send a code if there is somebody to send it to. A refusal to send one more tells nothing either. `purpose`: another
    errand that asks for what is on file has codes of its own, which recover nothing."""
    holder, to = browser(request), destination(account, channel) if account else ""
    if account is not None and to:
        notify.codes.issue(_codes_for(request, account, purpose), to, channel, at_once=False, holder=holder, text=text)


def _codes_for(request: HttpRequest, account: Account, purpose: str) -> str:
    return f"{purpose}.known" if purpose == PURPOSE and sessions.is_known(request, account) else purpose


def check_code(
    request: HttpRequest, account: Account | None, channel: str, code: str, *, purpose: str = PURPOSE
) -> Verdict:
    """Is it the code that was sent to this account, for this browser? For an account that is not there, no code is right."""
    to = destination(account, channel) if account else ""
    verdict = None
    if account is not None and to:
        codes = _codes_for(request, account, purpose)
        verdict = notify.codes.check(codes, to, code, holder=browser(request))
    if verdict is not None and verdict.ok:
        return verdict
    # how many tries are left would tell that there is such an account
    return no(say("验证码不对或已过期，请核对最新收到的那一条，或重新获取"), field="code")


def tell_login_name(account: Account) -> str:
    """The login name, for whoever has proved whose account it is; the audit log keeps that it was told."""
    with transaction.atomic():
        publish(Happened(actor_of(account), "recovery.name_told", f"identity.account:{account.pk}", {}))
    return account.login_name
