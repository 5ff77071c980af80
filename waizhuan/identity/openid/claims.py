"""What a system is told about a person: no more than the person allowed and the system may ask."""

from __future__ import annotations

from typing import Any

from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Account, Kind, Organisation, Person
from waizhuan.identity.openid import rules, subjects
from waizhuan.identity.openid.models import Grant
from waizhuan.kernel import roles
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.words import Words, say
from waizhuan.shared.refdata import unit_numbers

#: scope → what it lets a system see, as the consent page says it
SCOPE_WORDS: dict[str, tuple[Words, Words]] = {
    "openid": (say("确认是您"), say("一个编号，不含个人信息")),
    "profile": (say("姓名和实名状态"), say("姓名、账号类型、是否实名、语言；不含证件号码")),
    "phone": (say("手机号"), say("核验过的手机号码")),
    "organisation": (
        say("代表的单位和角色"),
        say("您登录时代表的单位的全称和统一社会信用代码，以及您在那里与这个系统有关的角色"),
    ),
}

CLAIMS = (
    *("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"),
    "former_subs",
    *("name", "locale", "account_kind", "real_name_status", "phone_number", "phone_number_verified"),
    *("organisation", "roles"),
)


def who(grant: Grant) -> dict[str, Any]:
    """The person's number, and after a merge of accounts the other ones that this system may know the person by."""
    number, *former = subjects.numbers(grant.account_id, grant.client)
    return {"sub": number, "former_subs": former} if former else {"sub": number}


def actor_in(grant: Grant) -> Actor:
    """The person as the grant stands now: whom they act for, and which roles they still hold there."""
    return actor_of(grant.account, acting_for=grant.organisation_id or 0, second_factor=grant.second_factor)


def user_info(grant: Grant, scopes: list[str]) -> dict[str, Any]:
    """The answer of the userinfo endpoint. Four queries at most."""
    account = grant.account
    scopes = [s for s in scopes if s in grant.client.scopes]  # what the system may see today
    found = who(grant)
    if "profile" in scopes:
        found |= _profile(account)
    if "phone" in scopes and account.phone and account.phone_verified_at:
        found |= {"phone_number": account.phone, "phone_number_verified": True}
    if "organisation" in scopes:
        found |= _organisation(grant)
    return found


def _profile(account: Account) -> dict[str, Any]:
    natural = account.kind == Kind.NATURAL
    who: Person | Organisation | None = (
        Person.objects.filter(account=account).first()
        if natural
        else Organisation.objects.filter(account=account).first()
    )
    return {
        "name": who.name if who else "",
        "locale": "en" if account.language == "en" else "zh-CN",
        "account_kind": account.kind,
        "real_name_status": who.real_name if who else "not_started",
    }


def _organisation(grant: Grant) -> dict[str, Any]:
    if grant.organisation is None:
        return {"organisation": None, "roles": []}
    actor = actor_in(grant)
    number = grant.organisation.uscc or ""
    place = unit_numbers.place_of(number)
    seen = [code for code in sorted(actor.roles) if roles.role(code).service in grant.client.services]
    return {
        "organisation": {
            "name": grant.organisation.name,
            "uscc": number if number and place == unit_numbers.MAINLAND else None,
            "registered_in": place if number else None,
            "registered_as": unit_numbers.bare(number) or None,
            "kind": grant.organisation.kind,
            "real_name_status": grant.organisation.real_name,
        },
        "roles": seen,
    }


def id_token_claims(grant: Grant, *, nonce: bool) -> dict[str, Any]:
    """Who signed in, when and how. Personal data is left to the userinfo endpoint: ID tokens end up in logs."""
    claims: dict[str, Any] = {
        **who(grant),
        "aud": grant.client.client_id,
        "auth_time": grant.auth_time,
        "acr": rules.TWO_FACTORS if grant.second_factor else rules.ONE_FACTOR,
        "sid": grant.sid,
    }
    if grant.second_factor:
        claims["amr"] = ["mfa"]
    if nonce and grant.nonce:
        claims["nonce"] = grant.nonce
    return claims
