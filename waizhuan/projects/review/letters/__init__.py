"""What stands in the letter of approval."""

from __future__ import annotations

from waizhuan.kernel import clock
from waizhuan.projects.applications.models import Application
from waizhuan.shared.letters import api as letters


def approval_pdf(application: Application) -> bytes:
    """The letter of approval (批复) as a PDF. Four queries at most: the experts and their stays."""
    approved = application.approved_at or clock.now()
    lead = application.lead.person.name if application.lead else ""
    data = {
        "number": application.project_number,
        "case": application.number,
        "date": f"{approved.astimezone(clock.CHINA):%Y年%-m月%-d日}",
        "from": application.call.organisation.name,
        "to": application.unit.name,
        "department": application.department.name if application.department else "",
        "title": application.title,
        "call": f"{application.call.year} 年度 {application.call.label_zh}",
        "lead": lead,
        "starts": f"{application.starts_on:%Y年%-m月%-d日}" if application.starts_on else "",
        "ends": f"{application.ends_on:%Y年%-m月%-d日}" if application.ends_on else "",
        "total": yuan(application.total_fen),
        "match": yuan(application.match_fen),
        "standard": application.call.standard.document,
        "experts": [
            {"name": e.name_latin, "chinese": e.name_zh, "days": e.days}
            for e in application.experts.order_by("position")
        ],
    }
    return letters.render("review/approval", data)


def yuan(fen: int) -> str:
    """Money as letters write it: 91,000.00"""
    return f"{fen // 100:,}.{fen % 100:02d}"
