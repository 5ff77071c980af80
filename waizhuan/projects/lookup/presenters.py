"""What stands in a row of a look-up; personal numbers only by their ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from waizhuan.identity.api import RealName
from waizhuan.kernel import clock, roles
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.ui.addresses import address_of
from waizhuan.kernel.words import Words, say
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.applications.reading import choices
from waizhuan.projects.entry.process import PROFILE
from waizhuan.projects.lookup import rules
from waizhuan.shared.refdata.labels import Label
from waizhuan.shared.refdata.masks import mask_name, mask_number, mask_phone, mask_uscc


@dataclass(frozen=True, slots=True)
class Shown:
    """A badge of what has no process."""

    tone: str
    label: Words


TERMS = {
    "active": Shown("ok", say("在任")),
    "ended": Shown("none", say("已结束")),
    "waiting": Shown("wait", say("还没有开始")),
}


def state_of(mandate: Any) -> Shown:
    """Of a post that somebody holds or held (the row of a list, or its object)."""
    term = rules.term_of(
        begins=mandate.valid_from, ends=mandate.valid_until, withdrawn=mandate.withdrawn_at, now=clock.now()
    )
    return TERMS[term]


def row_of(kind: str, row: Any, actor: Actor, wrong_links: Collection[int] = ()) -> dict[str, Any]:
    """What stands in one row, of the columns that were read (queries.LISTED); personal numbers only by their ends."""
    if kind == "projects":
        return {
            "title": row.title,
            "url": address_of("applications.case", row.id),
            "line": f"{row.unit__name}　{row.call__year} {Label(row.call__label_zh, row.call__label_en)}",
            "number": row.project_number or row.number,
            "state": PROCESS.state(row.state).to(
                asker=actor.account_id == row.lead_id or actor.holds(row.unit_id, "unit.admin")
            ),
            "who": row.lead__person__name,
            "at": row.updated_at,
        }
    if kind == "units":
        mine = any(actor.holds(row.department_id, r) for r in ("department.clerk", "department.head"))
        own = actor.holds(row.unit_id, "unit.admin")
        url = reverse("entry.profile") if own else address_of("entry.review", row.id) if mine else ""
        return {
            "title": row.unit__name,
            "url": url,
            "line": mask_uscc(row.unit__uscc or ""),
            "number": row.number,
            "state": PROFILE.state(row.state).to(asker=own),
            "who": row.department__name,
            "at": row.updated_at,
        }
    if kind == "people":
        unverified = "" if row.account__person__real_name == RealName.PASSED else str(say("没有通过实名认证"))
        return {
            "title": row.account__person__name or "—",
            "url": "",
            "line": "　".join(x for x in (row.organisation__name, str(roles.role(row.role).label), unverified) if x),
            "number": mask_number(row.account__person__doc_number or ""),
            "state": state_of(row),
            "who": mask_phone(row.account__phone),
            "at": row.valid_from,
            "until": row.withdrawn_at or row.valid_until,
        }
    if kind == "old":
        held = ("ok", say("有负责人")) if row.lead_id else ("none", say("归单位"))
        return {
            "title": row.title,
            "url": "",
            "unlink": row.account_id if row.account_id in wrong_links else None,
            "line": f"{row.organisation__name or row.unit__name}　{row.year or ''}",
            "number": row.number,
            "state": Shown(*(held if row.organisation_id else ("warn", say("单位还没有对上")))),
            "who": mask_name(row.lead__person__name) if row.lead_id else "",
            "at": row.updated_at,
        }
    return {
        "title": row.name_latin,
        "url": "",
        "line": "　".join(x for x in (row.name_zh, row.employer if row.ours else "") if x),
        "number": mask_number(row.passport),
        "state": None,
        "who": choices("country").get(row.nationality, row.nationality),
        "at": row.updated_at,
    }
