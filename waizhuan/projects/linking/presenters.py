"""Plain data for the pages of old accounts and administrators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from waizhuan.identity import api as identity
from waizhuan.kernel.words import Words
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject
from waizhuan.projects.linking import queries, rules
from waizhuan.projects.linking.rules import Finding
from waizhuan.shared.refdata import old_logins
from waizhuan.shared.refdata.masks import mask_name


@dataclass(frozen=True, slots=True)
class OldAccount:
    """One old account with its projects and why it is, or is not, linked."""

    login_name: str
    unit: str
    projects: Sequence[LegacyProject]
    more: int
    mine: bool
    why: Words | None
    since: dt.datetime | None
    findings: Sequence[Finding]

    @property
    def full_name(self) -> str:
        return old_logins.PREFIX + self.login_name


SHOWN = 5


def old_accounts(account_id: int, login_name: str, seen: queries.Seen) -> list[OldAccount]:
    """Every old account that something speaks for. One query, however many there are."""
    projects: dict[int, list[LegacyProject]] = {}
    for project in LegacyProject.objects.filter(account__in=[r.pk for r in seen.rows]).order_by("-year", "-id")[:400]:
        projects.setdefault(project.account_id or 0, []).append(project)
    return [
        _shown(row, queries.evidence(row, account_id, seen, login_name), projects.get(row.pk, [])) for row in seen.rows
    ]


def _shown(row: LegacyAccount, found: rules.Evidence, projects: Sequence[LegacyProject]) -> OldAccount:
    count: int = row.project_count  # type: ignore[attr-defined]
    # what a mere phone number finds is not told before it is sure whose it is
    told = found.linked == "me" or found.number == "same"
    if told and found.number != "same" and row.linked_how != rules.NUMBER:
        # what a unit or a department said of its account opens the projects of that unit alone
        projects = [p for p in projects if _of_its_unit(p, row)]
        count = len(projects)
    return OldAccount(
        login_name=row.login_name,
        unit=row.unit.name if row.unit else "",
        projects=projects[:SHOWN] if told else (),
        more=max(0, count - SHOWN) if told else count,
        mine=found.linked == "me",
        why=rules.HOW.get(row.linked_how) if found.linked == "me" else None,
        since=row.linked_at if found.linked == "me" else None,
        findings=rules.findings(found),
    )


def _of_its_unit(project: LegacyProject, old: LegacyAccount) -> bool:
    organisation = old.unit.organisation_id if old.unit else None
    return project.unit_id == old.unit_id or (organisation is not None and project.organisation_id == organisation)


@dataclass(frozen=True, slots=True)
class Administrator:
    """One line of the unit's administrators: `first` and `last` are dates, None where they are not known."""

    name: str
    login_name: str
    first: dt.date | dt.datetime | None
    last: dt.date | dt.datetime | None
    present: bool
    old: bool


def administrators(unit: int) -> list[Administrator]:
    """The present and past administrators of a unit, names masked (F3): the platform's by their mandates, the old system's
    as they were brought over. Two queries."""
    mandates = (
        identity.Mandate.objects.filter(organisation_id=unit, role="unit.admin")
        .select_related("account__person")
        .order_by("-granted_at")[:100]
    )
    active = set(
        identity.active_mandates().filter(organisation_id=unit, role="unit.admin").values_list("pk", flat=True)
    )
    found = [
        Administrator(
            name=mask_name(m.account.person.name),
            login_name=_masked(m.account.login_name),
            first=m.valid_from,
            last=m.withdrawn_at or m.valid_until,
            present=m.pk in active,
            old=False,
        )
        for m in mandates
    ]
    old = LegacyAccount.objects.filter(unit__organisation_id=unit, admin_from__isnull=False).order_by(
        "-admin_from", "id"
    )
    found += [
        Administrator(mask_name(a.name), old_logins.PREFIX + a.login_name, a.admin_from, a.admin_until, False, True)
        for a in old[:100]
    ]
    return found


def _masked(login_name: str) -> str:
    return login_name[:2] + "***" + login_name[-1:]
