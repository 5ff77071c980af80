"""Whom somebody means by a name and a number or login name, and why nobody is found, as far as privacy allows (C4)."""

from __future__ import annotations

from waizhuan.identity.document_numbers import indexes_of
from waizhuan.identity.models import Person, RealName
from waizhuan.identity.sign_in.actions import by_phone, named
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.refdata import names
from waizhuan.shared.refdata.phones import read_phone


def find(*, name: str, sought: str, invites: bool = True) -> tuple[Person | None, Verdict]:
    """The natural person of this name and document number, login name (an old one too) or verified mobile; or why not. Six
    queries at most.

    A wrong name is told of a number or a login name, which have to be known. Mobile numbers can be tried one after the
    other: with a wrong name, one that is somebody's is answered as one that is nobody's.
    `invites`: the page can send an invitation by SMS; elsewhere the person has to act first.
    """
    found = _candidates(sought) or [p for p in _by_mobile(sought) if p.name_key == names.name_key(name)]
    if not found:
        reason = say("没有找到这个账号。对方可能还没有注册，可以发短信邀请")
        if not invites:
            reason = say("没有找到这个账号。请核对号码；对方还没有注册的，请先注册并通过实名认证")
        return None, no(reason, field="sought", code="C4")
    key = names.name_key(name)
    person = next((p for p in found if p.name_key == key), None)
    if person is None:
        return None, no(say("找到了账号，但姓名对不上。请填写与证件上一致的姓名"), field="name", code="C4")
    if person.real_name != RealName.PASSED:
        reason = say("对方已经注册，还没有通过实名认证。可以发短信邀请，认证后自动授权")
        if not invites:
            reason = say("对方已经注册，还没有通过实名认证。请对方先完成实名认证")
        return None, no(reason, field="sought", code="C4")
    return person, YES


def _candidates(sought: str) -> list[Person]:
    """By login name, else by number. Passports of two countries may bear the same number: the name decides."""
    people = Person.objects.select_related("account").filter(account__closed_at=None)
    account = named(sought).account
    found = list(people.filter(account=account)) if account else []
    return found or list(people.filter(doc_index__in=indexes_of(sought)))


def _by_mobile(sought: str) -> list[Person]:
    phone = read_phone(sought, mobile=True)
    account = by_phone(phone.e164) if phone.verdict.ok else None
    return list(Person.objects.select_related("account").filter(account=account)) if account else []
