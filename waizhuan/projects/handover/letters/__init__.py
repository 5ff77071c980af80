"""What stands in the official letter by which a department names its new approval administrator (F12)."""

from __future__ import annotations

from waizhuan.kernel import clock, roles
from waizhuan.projects.handover.models import HandOver
from waizhuan.shared.letters import api as letters


def letter_pdf(row: HandOver) -> bytes:
    """The letter as a PDF, with room for the red head, the number and the seal."""
    data = {
        "number": row.number or "",
        "date": f"{clock.today():%Y年%-m月%-d日}",
        "from": row.organisation.name,
        "to": row.ministry.name if row.ministry else row.organisation.name,
        "role": str(roles.role(row.post).label),
        "leaver": row.leaver.person.name if row.leaver else "",
        "successor": row.successor.person.name,
        "effective": f"{row.effective_on:%Y年%-m月%-d日}",
        "why": row.why,
    }
    return letters.render("handover/handover", data)
