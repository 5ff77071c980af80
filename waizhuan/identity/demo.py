"""Building blocks of the demonstration data: people, units and organisations. Everything is fictitious."""

from __future__ import annotations

import datetime as dt
from functools import cache

from django.contrib.auth.hashers import make_password
from stdnum.iso7064 import mod_11_2

from waizhuan.identity import consents
from waizhuan.identity.models import Account, Kind, Mandate, Organisation, OrganisationKind, Person, RealName
from waizhuan.identity.registration.models import Consent
from waizhuan.kernel import clock
from waizhuan.shared.refdata import identity_numbers, names

#: The one documented password of every demonstration account.
PASSWORD = "Waizhuan-2026"  # noqa: S105

SURNAMES = "赵钱孙李周吴郑王冯陈沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
GIVEN = [
    "知微",
    "沐阳",
    "若川",
    "清和",
    "望舒",
    "景行",
    "云帆",
    "思齐",
    "明远",
    "子衿",
    "致远",
    "静姝",
    "怀瑾",
    "修齐",
    "安澜",
    "书白",
    "青禾",
    "听澜",
    "嘉树",
    "南乔",
]
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@cache
def hashed_password() -> str:
    """Hashed once: a hundred Argon2 hashes would be most of the time that the demonstration takes."""
    return make_password(PASSWORD)


def person_name(n: int) -> str:
    """A plausible name, different for the first 540 numbers."""
    return SURNAMES[n % len(SURNAMES)] + GIVEN[(n // len(SURNAMES) + n) % len(GIVEN)]


def resident_id(n: int, division: str = "330106") -> str:
    """A resident ID number with the right check digit (GB 11643-1999), different for each `n` below 10 million."""
    born = dt.date(1960, 1, 1) + dt.timedelta(days=(n * 37) % 14000)
    body = f"{division}{born:%Y%m%d}{n % 1000:03d}"
    return body + mod_11_2.calc_check_digit(body)


def credit_code(n: int, division: str = "330100", category: str = "12") -> str:
    """A unified social credit code (GB 32100-2015) with both check digits, different for each `n`."""
    serial, subject = n, ""
    for _ in range(8):
        serial, rest = divmod(serial, 10)
        subject = str(rest) + subject
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(int(c) * w for c, w in zip(subject, weights, strict=True)) % 11
    subject += {10: "X", 11: "0"}.get(rest, str(rest))
    body = category + division + subject
    total = sum(LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + LETTERS[(31 - total) % 31]


def mobile(n: int) -> str:
    """A mobile number in E.164, different for each `n`."""
    return f"+86138{n:08d}"


def account(login_name: str, kind: str, phone: str, language: str = "zh-hans") -> Account:
    now = clock.now()
    made = Account.objects.create(
        login_name=login_name,
        kind=kind,
        phone=phone,
        phone_verified_at=now,
        password=hashed_password(),
        language=language,
        created_at=now,
        email=f"{login_name}@example.org",
        email_verified_at=now,
    )
    agreed = [Consent(account=made, text=text, version=version) for text, version in consents.VERSIONS.items()]
    Consent.objects.bulk_create(agreed)
    return made


def person(
    login_name: str, name: str, n: int, *, verified: bool = True, language: str = "zh-hans", passport: str = ""
) -> Account:
    """A natural person with a resident ID, or a passport ("IRL:PB7654321"); `n` makes the numbers."""
    made = account(login_name, Kind.NATURAL, mobile(n), language)
    country, _, number = passport.partition(":") if passport else ("CHN", "", resident_id(n))
    kind = identity_numbers.DocType.PASSPORT if passport else identity_numbers.DocType.RESIDENT_ID
    Person.objects.create(
        account=made,
        name=name,
        name_key=names.name_key(name),
        doc_type=kind,
        doc_country=country,
        doc_number=number,
        doc_key=identity_numbers.check_document(kind, number, country).key,
        real_name=RealName.PASSED if verified else RealName.NOT_STARTED,
        verified_at=clock.now() if verified else None,
    )
    return made


def old_account(login_name: str, name: str, phone: str = "") -> Account:
    """An account that came over from the old system: no identity document, and maybe no phone (F7)."""
    made = Account.objects.create(
        login_name=login_name, kind=Kind.NATURAL, phone=phone, password=hashed_password(), created_at=clock.now()
    )
    Person.objects.create(account=made, name=name, name_key=names.name_key(name), doc_type="", doc_number="")
    return made


def unit(
    login_name: str,
    name: str,
    n: int,
    *,
    division: str = "330100",
    verified: bool = True,
    unit_kind: str = "institution",
    address: str = "",
) -> Organisation:
    """A legal entity with its account; its main agent is person-like data of its own."""
    made = account(login_name, Kind.LEGAL, mobile(n))
    agent, head = person_name(n + 3), person_name(n + 7)
    passed = RealName.PASSED if verified else RealName.NOT_STARTED
    return Organisation.objects.create(
        kind=OrganisationKind.UNIT,
        name=name,
        name_key=names.name_key(name),
        uscc=credit_code(n, division),
        unit_kind=unit_kind,
        division=division,
        address=address,
        account=made,
        agent_name=agent,
        agent_doc_type="resident_id",
        agent_doc_number=resident_id(n + 500_000),
        agent_real_name=passed,
        rep_name=head,
        rep_doc_type="resident_id",
        rep_doc_number=resident_id(n + 600_000),
        real_name=passed,
        verified_at=clock.now() if verified else None,
    )


def organisation(kind: str, name: str, **fields: object) -> Organisation:
    """A department, the ministry or the operator: verified from the start."""
    return Organisation.objects.create(
        kind=kind,
        name=name,
        name_key=names.name_key(name),
        real_name=RealName.PASSED,
        verified_at=clock.now(),
        **fields,
    )


def mandate(holder: Account, at: Organisation, *roles: str, until: dt.datetime | None = None) -> None:
    """Give the posts to the holder, from now."""
    for role in roles:
        Mandate.objects.create(
            account=holder, organisation=at, role=role, granted_by=at.account, valid_until=until, valid_from=clock.now()
        )
