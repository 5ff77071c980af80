"""What the records of an earlier system are compared with: verified units by code and name, verified people by number and
phone. And the one thing a link gives at the door: the old login name (F8)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from waizhuan.identity.models import (
    Account,
    FormerCode,
    FormerName,
    LoginAlias,
    Organisation,
    OrganisationKind,
    Person,
    RealName,
)
from waizhuan.identity.realname.models import FormerDocument
from waizhuan.shared.refdata import old_logins
from waizhuan.shared.refdata.identity_numbers import check_document


@dataclass(frozen=True, slots=True)
class Known:
    """What the platform has verified about a person: fingerprints only, no number leaves."""

    verified: bool
    documents: frozenset[str]
    phone: str


def known_of(account_id: int) -> Known:
    """Two queries. Only what was verified counts; a document that the person had before counts too, unless it turned out to
    be somebody else's (D3)."""
    person = Person.objects.select_related("account").filter(pk=account_id, account__closed_at=None).first()
    if person is None:
        return Known(False, frozenset(), "")
    verified = person.real_name == RealName.PASSED
    others = Person.objects.exclude(pk=account_id).exclude(doc_index="").values("doc_index")
    before = FormerDocument.objects.filter(account_id=account_id).exclude(doc_index__in=others)
    former = before.values_list("doc_index", flat=True) if verified else ()
    documents = frozenset(d for d in (person.doc_index, *former) if d) if verified else frozenset()
    phone = person.account.phone_index if person.account.phone_verified_at else ""
    return Known(verified, documents, phone)


def verified_unit(id: int) -> Organisation | None:
    """The unit of this id, if it is verified. One query."""
    return Organisation.objects.filter(
        pk=id, kind=OrganisationKind.UNIT, real_name=RealName.PASSED, active_until=None
    ).first()


_CALLED = """
SELECT 'name', name_key FROM identity_organisation
 WHERE id = %s AND kind = 'unit' AND real_name = 'passed' AND active_until IS NULL
UNION ALL SELECT 'code', uscc FROM identity_organisation WHERE id = %s AND uscc <> ''
UNION ALL SELECT 'former', name_key FROM identity_formername WHERE organisation_id = %s
UNION ALL SELECT 'code', uscc FROM identity_formercode f WHERE organisation_id = %s
  AND NOT EXISTS (SELECT 1 FROM identity_organisation o WHERE o.uscc = f.uscc)
  AND NOT EXISTS (SELECT 1 FROM identity_formercode g WHERE g.uscc = f.uscc AND g.organisation_id <> f.organisation_id)
"""


def called_by(id: int) -> tuple[set[str], set[str]] | None:
    """A verified unit's name keys and credit codes (see `codes_of`), present and former; None where it is none. One statement,
    written by hand (docs/adr/0007): every look at old projects asks."""
    with connection.cursor() as cursor:
        cursor.execute(_CALLED, [id, id, id, id])
        rows = cursor.fetchall()
    if not any(how == "name" for how, _ in rows):
        return None
    return {key for how, key in rows if how != "code"}, {code for how, code in rows if how == "code"}


def codes_of(unit: Organisation) -> set[str]:
    """The unit's credit code and those that it had before, without what another one has or had. One query."""
    now = Organisation.objects.filter(uscc=OuterRef("uscc"))
    others = FormerCode.objects.filter(uscc=OuterRef("uscc")).exclude(organisation=unit)
    before = FormerCode.objects.filter(~Exists(now), ~Exists(others), organisation=unit).values_list("uscc", flat=True)
    return {unit.uscc or "", *before} - {""}


def _by_code(units: QuerySet[Organisation], codes: Collection[str]) -> list[tuple[str, str, Organisation]]:
    """Among `units`: how ("code", "former_code"), which code, and whose it is or was; a code that somebody has now is
    nobody's former one. Two queries, none for no codes."""
    if not codes:
        return []
    now = Organisation.objects.filter(uscc=OuterRef("uscc"))
    before = FormerCode.objects.filter(~Exists(now), uscc__in=codes, organisation__in=units)
    return [
        *(("code", str(u.uscc), u) for u in units.filter(uscc__in=codes)),
        *(("former_code", f.uscc, f.organisation) for f in before.select_related("organisation").order_by("pk")),
    ]


def verified_units(*, codes: Collection[str], names: Collection[str]) -> dict[str, Organisation]:
    """Verified units by (present or former) credit code and by (present or former) name key; what several have or had is
    nobody's. Four queries at most."""
    units = Organisation.objects.filter(kind=OrganisationKind.UNIT, real_name=RealName.PASSED, active_until=None)
    whose: dict[str, dict[int, Organisation]] = {}
    for _, code, unit in _by_code(units, codes):
        whose.setdefault(code, {})[unit.pk] = unit
    if names:
        before = FormerName.objects.filter(name_key__in=names, organisation__in=units).select_related("organisation")
        for key, unit in (
            *((f.name_key, f.organisation) for f in before),
            *((u.name_key, u) for u in units.filter(name_key__in=names)),
        ):
            whose.setdefault(key, {})[unit.pk] = unit
    return {key: next(iter(those.values())) for key, those in whose.items() if len(those) == 1}


def verified_like(*, codes: Collection[str], names: Collection[str]) -> list[tuple[str, Organisation]]:
    """Every verified unit that has or had one of these credit codes or name keys, with what it was found by ("code:…",
    "former_code:…", "name:…", "former:…"): for a person who decides which of them it is. Four queries."""
    units = Organisation.objects.filter(kind=OrganisationKind.UNIT, real_name=RealName.PASSED, active_until=None)
    found = [(f"{how}:{code}", unit) for how, code, unit in _by_code(units, codes)]
    if names:
        found += [(f"name:{u.name_key}", u) for u in units.filter(name_key__in=names)]
        before = FormerName.objects.filter(name_key__in=names, organisation__in=units).select_related("organisation")
        found += [(f"former:{f.name_key}", f.organisation) for f in before]
    return found


def add_login_alias(account_id: int, login_name: str) -> bool:
    """The old login name signs in to this account from now on, with its prefix and, unless somebody else signs in by it,
    without. False: only what was free (maybe nothing) was taken."""
    plain = login_name.lower()
    prefixed = old_logins.KEY_PREFIX + plain  # the plain name signs in to an account that is called so, too
    taken = Account.objects.filter(login_key__in=[plain, prefixed]).exclude(pk=account_id).exists()
    wanted = [(prefixed, old_logins.PREFIX + login_name)]
    if not taken:
        wanted.append((plain, login_name))
    done = True
    for key, shown in wanted:
        try:
            with transaction.atomic():
                alias, _ = LoginAlias.objects.get_or_create(
                    key=key[:60], defaults={"shown": shown[:60], "account_id": account_id}
                )
        except IntegrityError:
            done = False
        else:
            done = done and alias.account_id == account_id
    return done and not taken


def drop_login_alias(account_id: int, login_name: str) -> None:
    """A link was undone: the old login name is nobody's again."""
    plain = login_name.lower()
    LoginAlias.objects.filter(account_id=account_id, key__in=[plain, old_logins.KEY_PREFIX + plain]).delete()


def is_main_agent(organisation_id: int, account_id: int) -> bool:
    """Is this person the one who signs in as the unit (主代办人), by the document of both? Two queries."""
    unit = Organisation.objects.filter(pk=organisation_id).first()
    person = Person.objects.filter(pk=account_id).exclude(doc_index="").first()
    if unit is None or person is None or not unit.agent_doc_number:
        return False
    agent = check_document(unit.agent_doc_type, unit.agent_doc_number, unit.agent_doc_country)
    return bool(agent.key) and agent.key == person.doc_key
