"""The application as a PDF, with all its fields."""

from __future__ import annotations

import datetime as dt

from waizhuan.kernel.ui import dates, marks
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.applications.summary import Facts, summary
from waizhuan.shared.letters import api as letters


def application_pdf(application: Application) -> bytes:
    """All sections as they were filled in, passports in full: it is the unit's own copy and the reviewers'."""
    whole = summary(application, masked=False)

    def facts(rows: Facts) -> list[list[str]]:
        return [[str(label), _text(value) or "—"] for label, value in rows]

    data = {
        "title": application.title,
        "number": application.number or "",
        "project": application.project_number or "",
        "unit": application.unit.name,
        "call": f"{application.call.year} {application.call.label}",
        "lead": application.lead.person.name if application.lead else "—",
        "state": str(PROCESS.state(application.state).label),
        "sections": [str(label) for label in whole.sections.values()],
        "basic": facts(whole.basic),
        "people": [
            {
                "name": p.name,
                "facts": facts(p.facts),
                "stays": [list(map(str, s)) for s in p.stays],
                "days": str(p.days),
            }
            for p in whole.people
        ],
        "columns": [str(c) for c in whole.columns],
        "money": [{"name": m.name, "amounts": list(m.amounts), "total": m.total, "why": m.why} for m in whole.money],
        "sums": list(whole.sums),
        "total": whole.total,
        "funding": facts(whole.funding),
        "performance": facts(whole.performance),
        "files": [[str(f.label), str(marks.listed(a.document.name for a in f.given))] for f in whole.files],
    }
    return letters.render("applications/application", data)


def _text(value: object) -> str:
    return dates.full_day(value) if isinstance(value, dt.date) else str(value)
