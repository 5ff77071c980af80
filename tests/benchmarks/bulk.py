"""What is done in bulk, on the database that the environment names; prints JSON: importing the old system's accounts in
rows a second, and merging an account that leads 10,000 projects in seconds. The floor of an import is reading its file."""

from __future__ import annotations

import json
import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waizhuan.web.settings")
django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402

from waizhuan.identity.api import Account, Mandate, actor_of  # noqa: E402
from waizhuan.kernel.actor import Actor  # noqa: E402
from waizhuan.projects import sheets  # noqa: E402
from waizhuan.projects.entry.models import UnitProfile  # noqa: E402
from waizhuan.projects.legacy import actions as legacy  # noqa: E402
from waizhuan.projects.legacy import loading  # noqa: E402
from waizhuan.projects.legacy.tests import old_system  # noqa: E402
from waizhuan.projects.merges import actions as merges  # noqa: E402
from waizhuan.projects.merges.process import MERGE  # noqa: E402
from waizhuan.shared.flow.api import perform  # noqa: E402
from waizhuan.web.seed import Seeder  # noqa: E402

ROWS, PROJECTS = 20_000, 10_000


def holding(role: str, organisation: int | None = None) -> Actor:
    """Somebody who has this post (of this organisation)."""
    held = Mandate.objects.filter(role=role, withdrawn_at=None).select_related("account")
    mandate = (held.filter(organisation=organisation) if organisation else held).earliest("id")
    return actor_of(mandate.account, acting_for=mandate.organisation_id)


def imported() -> dict[str, float]:
    """Checked and loaded, as the ministry does it with a file from the old system; both ways count."""
    head, seconds, rows = holding("ministry.head"), 0.0, 0
    made = old_system.export(1000, ROWS, ROWS)
    floor = 0.0
    for kind, sheet in (("units", made.units), ("accounts", made.accounts), ("projects", made.projects)):
        data = old_system.as_csv(sheet)
        file = SimpleUploadedFile(f"{kind}.csv", data)
        row = legacy.upload(actor=head, kind=kind, file=file)
        began = time.perf_counter()
        sheets.read(data)
        floor += time.perf_counter() - began
        loading.work(row.pk, seconds=600)
        legacy.load(actor=head, id=row.pk)
        loading.work(row.pk, seconds=600)
        seconds += time.perf_counter() - began
        rows += row.total
    return {"rows": rows, "seconds": seconds, "floor_seconds": floor}


def merged() -> dict[str, float]:
    """The department's approval, which moves everything in one transaction."""
    lead, heir = (Account.objects.get(login_key=name) for name in ("limuyang", "linwangshu"))
    unit = Mandate.objects.get(account=lead, role="projects.lead").organisation_id
    Seeder(lambda _: None).projects(PROJECTS, unit, 1, lead.pk, 1)
    admin = holding("unit.admin", unit)
    merge = merges.ask(actor=admin, old=None, person=lead.pk, target=str(heir.pk), reason="原负责人离职")
    merges.confirm(actor=admin, merge=merge)
    asked = merges.submit(actor=admin, merge=merge, version=None)
    department = UnitProfile.objects.get(unit=unit).department_id
    began = time.perf_counter()
    perform(MERGE, asked, "approve", holding("department.clerk", department))
    return {"projects": asked.lines.count(), "seconds": time.perf_counter() - began}


if __name__ == "__main__":
    print(json.dumps({"import": imported(), "merge": merged()}))
