"""Bulk data for scale: whole provinces of departments, units, people and projects, as fast as the database takes them.

Nothing is validated row by row: the rows are made so that the constraints hold. The shape is the product's own: every
project has its history, its work item where somebody holds it, and its experts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Mandate, Organisation, Person
from waizhuan.kernel import clock
from waizhuan.projects.applications.contents import dump
from waizhuan.projects.applications.drafts import Draft
from waizhuan.projects.applications.models import Application, ApplicationExpert, Section
from waizhuan.projects.calls.models import Call
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject, LegacyUnit
from waizhuan.projects.merges.models import Merge
from waizhuan.shared.flow.engine import NO_PROMISE
from waizhuan.shared.flow.models import Step, WorkItem
from waizhuan.web import bulk

#: state → (holder's role, of ten projects how many); "": nobody holds it
MIX = {
    "draft": ("lead", 1),
    "recommend": ("department.clerk", 2),
    "ministry_check": ("ministry.clerk", 1),
    "approved": ("", 5),
    "declined": ("", 1),
}
WAYS = {
    "draft": ["start"],
    "recommend": ["start", "submit", "confirm"],
    "ministry_check": ["start", "submit", "confirm", "recommend"],
    "approved": ["start", "submit", "confirm", "recommend", "pass_check", "approve"],
    "declined": ["start", "submit", "confirm", "not_recommend"],
}
A_HOLDER = 100  # projects of an account of the old system
Tell = Callable[[str], object]


class Seeder:
    """Adds `units`, `people` and `projects` to what is there. Needs departments, a ministry and a call (`demo` makes them)."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.now = clock.now()
        self.departments = list(Organisation.objects.filter(kind="department").order_by("id").values_list("id", "name"))
        self.call = Call.objects.filter(published_at__isnull=False).order_by("id").first()
        if not self.departments or self.call is None:
            raise SystemExit("There is no department or no call yet: run `python -m waizhuan demo` first.")

    def _progress(self, what: str, total: int) -> Callable[[int], None]:
        def progress(n: int) -> None:
            self.tell(f"  {what}: {n:,} of {total:,}")

        return progress

    def run(self, units: int, people: int, projects: int) -> None:
        with transaction.atomic():
            first_person = self.people(people)
            first_unit = self.units(units)
            self.mandates(first_unit, units, first_person, people)
            self.old_system(projects)
        for begin in range(0, projects, 50_000):
            with transaction.atomic():  # what is in is in: an interrupted run can be followed by another
                self.projects(min(50_000, projects - begin), first_unit, units, first_person, people)
            self.tell(f"  projects: {min(projects, begin + 50_000):,} of {projects:,}")

    # ------------------------------------------------------------ people and units

    def _accounts(self, count: int, kind: str, prefix: str) -> int:
        first = bulk.next_id(Account)
        password = demo.hashed_password()
        bulk.insert(
            Account,
            (
                {
                    "id": n,
                    "login_name": f"{prefix}{n}",
                    "login_key": f"{prefix}{n}",
                    "kind": kind,
                    "password": password,
                    "phone": f"+86139{n:08d}",
                    "phone_verified_at": self.now,
                }
                for n in range(first, first + count)
            ),
            progress=self._progress(f"{kind} accounts", count),
        )
        return first

    def people(self, count: int) -> int:
        first = self._accounts(count, "natural", "p")
        bulk.insert(
            Person,
            (
                {
                    "account_id": n,
                    "name": demo.person_name(n),
                    "name_key": demo.person_name(n),
                    "doc_type": "resident_id",
                    "doc_number": f"S{n:017d}",
                    "doc_key": f"S{n:017d}",
                    "real_name": "passed",
                    "verified_at": self.now,
                }
                for n in range(first, first + count)
            ),
            progress=self._progress("people", count),
        )
        return first

    def units(self, count: int) -> int:
        accounts = self._accounts(count, "legal", "u")
        first = bulk.next_id(Organisation)
        bulk.insert(
            Organisation,
            (
                {
                    "id": first + i,
                    "kind": "unit",
                    "name": f"第{first + i}研究院",
                    "name_key": f"第{first + i}研究院",
                    "uscc": f"S{first + i:017d}",
                    "unit_kind": "institution",
                    "division": "330100",
                    "account_id": accounts + i,
                    "real_name": "passed",
                    "agent_real_name": "passed",
                    "agent_name": demo.person_name(i),
                    "rep_name": demo.person_name(i + 5),
                    "verified_at": self.now,
                }
                for i in range(count)
            ),
            progress=self._progress("units", count),
        )
        bulk.insert(
            UnitProfile,
            (
                {
                    "unit_id": first + i,
                    "number": f"DW-S-{first + i}",
                    "state": "approved",
                    "version": 2,
                    "asker_organisation_id": first + i,
                    "department_id": self.departments[i % len(self.departments)][0],
                }
                for i in range(count)
            ),
        )
        return first

    def mandates(self, first_unit: int, units: int, first_person: int, people: int) -> None:
        if not units or not people:
            return
        bulk.insert(
            Mandate,
            (
                {
                    "account_id": first_person + i,
                    "organisation_id": first_unit + i % units,
                    "role": "unit.admin" if i < units else "projects.lead",
                }
                for i in range(people)
            ),
        )

    # ------------------------------------------------------------ the old system, and merges

    def old_system(self, count: int) -> None:
        """Old projects, a hundred in each account; half of the accounts are the demonstration unit's, of the others nobody knows
        the unit. And of that unit one merge for each of its accounts, which was withdrawn."""
        unit = Organisation.objects.filter(account__login_key="yunxi").first()
        accounts = count // A_HOLDER
        if unit is None or not accounts:
            return
        department = self.departments[0][0]
        first_unit, first = bulk.next_id(LegacyUnit), bulk.next_id(LegacyAccount)
        known = {"key": f"#S{first_unit}", "name": unit.name, "name_key": unit.name_key, "digest": "s"}
        unknown = {"key": f"#S{first_unit + 1}", "name": "不知名的研究所", "name_key": "不知名的研究所", "digest": "s"}
        owner = {"organisation_id": unit.pk, "matched_at": self.now}
        bulk.insert(
            LegacyUnit,
            ({"id": first_unit, **known, **owner}, {"id": first_unit + 1, **unknown, **dict.fromkeys(owner)}),
        )
        bulk.insert(
            LegacyAccount,
            (
                {"id": n, "login_name": f"s{n}", "login_key": f"s{n}", "unit_id": first_unit + n % 2, "digest": "s"}
                for n in range(first, first + accounts)
            ),
        )
        bulk.insert(
            LegacyProject,
            (
                {
                    "number": f"S{first + i // A_HOLDER}-{i % A_HOLDER}",
                    "title": f"旧项目{i}",
                    "year": 2005 + i % 15,
                    "unit_id": first_unit + (first + i // A_HOLDER) % 2,
                    "account_id": first + i // A_HOLDER,
                    "organisation_id": None if (first + i // A_HOLDER) % 2 else unit.pk,
                    "digest": "s",
                }
                for i in range(accounts * A_HOLDER)
            ),
            progress=self._progress("old projects", accounts * A_HOLDER),
        )
        bulk.insert(
            Merge,
            (
                {
                    "number": f"HB-S-{n}",
                    "state": "withdrawn",
                    "version": 1,
                    "asker_organisation_id": unit.pk,
                    "unit_id": unit.pk,
                    "old_id": n,
                    "department_id": department,
                    "role": "department.clerk",
                    "reason": "原管理员离职",
                }
                for n in range(first, first + accounts)
                if n % 2 == 0
            ),
        )

    # ------------------------------------------------------------ projects

    def projects(self, count: int, first_unit: int, units: int, first_person: int, people: int) -> None:
        assert self.call is not None
        first = bulk.next_id(Application)
        rows = [self._project(n, first_unit, units, first_person, people) for n in range(first, first + count)]
        bulk.insert(Application, (r["application"] for r in rows))
        bulk.insert(Step, (s for r in rows for s in self._steps(r)))
        bulk.insert(WorkItem, (self._item(r) for r in rows if MIX[r["state"]][0]))
        bulk.insert(ApplicationExpert, (self._expert(r["id"]) for r in rows if r["state"] != "draft"))
        content = dump(Draft({"title": "批量项目", "summary": "联合研究。"}, {"title": 1}))
        bulk.insert(
            Section,
            (
                {"application_id": r["id"], "name": "basic", "version": 1, "content": content}
                for r in rows
                if r["state"] == "draft"
            ),
        )

    def _project(self, n: int, first_unit: int, units: int, first_person: int, people: int) -> dict[str, Any]:
        assert self.call is not None
        state = next(s for s, top in self._tops() if n % 10 < top)
        unit = first_unit + n % max(1, units)
        lead = first_person + n % max(1, people)
        department = self.departments[n % len(self.departments)][0]
        left = state not in ("draft",)
        when = self.now - dt.timedelta(minutes=n % 500_000)
        application = {
            "id": n,
            "number": f"SB-S-{n}",
            "state": state,
            "version": len(WAYS[state]) - 1,
            "asker_account_id": lead,
            "asker_organisation_id": unit,
            "call_id": self.call.pk,
            "unit_id": unit,
            "lead_id": lead,
            "department_id": department if left else None,
            "title": f"批量项目{n}",
            "title_key": f"批量项目{n}",
            "starts_on": dt.date(2027, 1, 1),
            "ends_on": dt.date(2027, 12, 31),
            "expert_count": 1,
            "total_fen": 3_460_000,
            "project_number": f"S{n}" if state == "approved" else None,
            "approved_at": when if state == "approved" else None,
            "created_at": when,
            "updated_at": when,
        }
        return {
            "id": n,
            "state": state,
            "unit": unit,
            "lead": lead,
            "department": department,
            "when": when,
            "application": application,
        }

    @staticmethod
    def _tops() -> list[tuple[str, int]]:
        top, found = 0, []
        for state, (_, share) in MIX.items():
            top += share
            found.append((state, top))
        return found

    def _steps(self, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for seq, name in enumerate(WAYS[row["state"]]):
            yield {
                "process": "applications.application",
                "subject_id": row["id"],
                "seq": seq,
                "transition": name,
                "source": "",
                "target": row["state"],
                "at": row["when"],
                "account_id": row["lead"],
                "account_name": "张三",
                "organisation_id": row["unit"],
                "organisation_name": "研究院",
            }

    def _item(self, row: dict[str, Any]) -> dict[str, Any]:
        assert self.call is not None
        role = MIX[row["state"]][0]
        lead = role == "lead"
        holder = None if lead else self.call.organisation_id if role == "ministry.clerk" else row["department"]
        due = NO_PROMISE if lead else self.now + dt.timedelta(days=1 + row["id"] % 30)
        return {
            "process": "applications.application",
            "subject_id": row["id"],
            "state": row["state"],
            "number": f"SB-S-{row['id']}",
            "title": f"批量项目{row['id']}",
            "line": "研究院　2026 高端外国专家引进计划",
            "organisation_id": holder,
            "role": "" if lead else role,
            "account_id": row["lead"] if lead else None,
            "asker_account_id": row["lead"],
            "asker_organisation_id": row["unit"],
            "opened_at": row["when"],
            "due_at": due,
            "promised": not lead,
        }

    def _expert(self, n: int) -> dict[str, Any]:
        return {
            "application_id": n,
            "position": 0,
            "key": "e00000000",
            "name_latin": f"Expert {n}",
            "nationality": "SWE",
            "passport": f"X{n}",
            "passport_key": f"SWE:X{n}",
            "birth": dt.date(1975, 1, 1),
            "degree": "11",
            "title": "011",
            "employer": "Institute",
            "speciality": "Engineering",
            "days": 20,
        }
