"""What the experts system holds about an account: for the copy of one's data, and for its deletion (Art. 45, 47)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.db.models import Q

from waizhuan.identity.api import DataKind, Obstacle, declare_data
from waizhuan.kernel import clock
from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import Remedy, no
from waizhuan.kernel.words import say, say_n
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.assignment.models import Wish
from waizhuan.projects.handover.models import HandOver
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject
from waizhuan.projects.lookup.models import Export, SavedFilter
from waizhuan.shared.flow.api import link

Row = Mapping[str, object]
NAMED = 3  # projects of a unit, on the page


def _projects(account_id: int) -> list[Row]:
    found = Application.objects.filter(Q(lead_id=account_id) | Q(asker_account_id=account_id))
    return [
        {
            "number": a.number,
            "project_number": a.project_number,
            "title": a.title,
            "unit": a.unit.name,
            "state": a.state,
            "lead": a.lead_id == account_id,
            "created_at": a.created_at.isoformat(),
        }
        for a in found.select_related("unit").order_by("-pk")
    ]


def _running(account_id: int) -> list[Obstacle]:
    """Whoever leads projects that are under way, or that run, hands them over first; the unit names somebody else."""
    over = [s.name for s in PROCESS.states if s.final and s.name != "approved"]
    running = Application.objects.filter(lead_id=account_id).exclude(state__in=over)
    running = running.exclude(state="approved", ends_on__lt=clock.today())
    by_unit: dict[tuple[int, str], list[str]] = {}
    for unit, name, title in running.order_by("unit_id", "pk").values_list("unit_id", "unit__name", "title"):
        by_unit.setdefault((unit, name), []).append(title)
    return [
        Obstacle(
            no(
                say_n(
                    "您在{unit}负责 {n} 个没有结束的项目（{titles}）。请单位先交给别人；在办的申报跟着转过去，不用先办完，也不用撤回",
                    len(titles),
                    unit=name,
                    titles=marks.listed([*titles[:NAMED], *(["…"] if len(titles) > NAMED else [])]),
                ),
                code="F4",
                remedy=Remedy("applications.list", say("看我的项目")),
            ),
            unit,
            "unit.admin",
            link("assignment.list", ()) + "?" + urlencode({"lead": account_id}),
            say("交给另一位负责人"),
        )
        for (unit, name), titles in by_unit.items()
    ]


def _old(account_id: int) -> list[Row]:
    accounts = LegacyAccount.objects.filter(account_id=account_id).order_by("pk")
    projects = LegacyProject.objects.filter(lead_id=account_id).order_by("pk")
    return [
        *({"login_name": a.login_name, "name": a.name, "phone": a.phone, "email": a.email} for a in accounts),
        *({"project": p.number, "title": p.title} for p in projects),
    ]


def _hand_overs(account_id: int) -> list[Row]:
    found = HandOver.objects.filter(Q(leaver_id=account_id) | Q(successor_id=account_id)).select_related("organisation")
    return [
        {"number": h.number, "organisation": h.organisation.name, "post": h.post, "from": h.effective_on.isoformat()}
        for h in found.order_by("-pk")
    ]


def _wishes(account_id: int) -> list[Row]:
    found = Wish.objects.filter(account_id=account_id).select_related("unit").order_by("pk")
    return [{"unit": w.unit.name, "at": w.asked_at.isoformat()} for w in found]


def _look_ups(account_id: int) -> list[Row]:
    filters = SavedFilter.objects.filter(account_id=account_id).order_by("pk")
    exports = Export.objects.filter(account_id=account_id).order_by("pk")
    return [
        *({"filter": f.name, "kind": f.kind, "conditions": f.conditions} for f in filters),
        *({"export": e.kind, "at": e.asked_at.isoformat(), "purpose": e.purpose} for e in exports),
    ]


def _forget_own(account_id: int) -> None:
    for model in (Wish, SavedFilter, Export):
        model.objects.filter(account_id=account_id).delete()


def declare() -> None:
    state_money = say("保留：国家经费项目的档案，由单位和主管部门依法保管（档案法、会计档案管理办法）")
    declare_data(
        DataKind("projects", say("项目"), _projects, False, state_money, against=_running, keeps_name=True),
        DataKind("old_projects", say("旧系统的账号和项目"), _old, False, state_money, keeps_name=True),
        DataKind("hand_overs", say("岗位交接"), _hand_overs, False, state_money),
        DataKind("project_wishes", say("分配项目的申请"), _wishes, True, say("全部删除"), _forget_own),
        DataKind("look_ups", say("常用查询和导出"), _look_ups, True, say("全部删除")),
    )
