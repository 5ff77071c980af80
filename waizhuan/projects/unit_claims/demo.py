"""Claims to old units in every state that waits, and one that was taken back: by the real actions, with papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from waizhuan.kernel.actor import Actor
from waizhuan.projects.applications.demo import paper as drawn
from waizhuan.projects.legacy.models import LegacyUnit
from waizhuan.projects.unit_claims import actions
from waizhuan.projects.unit_claims.models import UnitClaim
from waizhuan.projects.unit_claims.process import CLAIM
from waizhuan.shared.flow.api import perform

#: state → (name in the old system, its code if known, why, the paper)
CLAIMS: Mapping[str, tuple[str, str, str, str]] = {
    "ministry": (
        "青屿仪表厂",
        "",
        "1998 年改名为青屿海洋仪器厂，2014 年并入本所，批文是青政函〔2014〕12 号。",
        "并入的批文",
    ),
    "asked": ("澄湖水产试验站", "", "2009 年由试验站改建为本所。", "改建的通知"),
    "decision": (
        "汐州第二机床厂",
        "D0105",
        "2012 年改制为本公司，登记机关的变更通知附后。",
        "变更登记通知",
    ),
    "withdrawn": ("汐州工人医院", "", "以为是本院的前身，查了档案，不是。", "院史"),
}


def build(asks: Callable[[str], Actor], clerk: Actor) -> None:
    """`asks(state)`: the administrator of the unit whose claim is brought to that state."""
    for state, given in CLAIMS.items():
        _claim(asks(state), clerk, state, *given)


def _claim(actor: Actor, clerk: Actor, state: str, name: str, code: str, why: str, paper: str) -> None:
    claim = actions.draft_for(actor)
    actions.save(actor=actor, claim=claim, old_name=name, old_code=code, why=why, seen=None)
    actions.PAPERS.add(actor, claim, drawn(paper))
    claim = actions.submit(actor=actor, claim=UnitClaim.objects.get(pk=claim.pk))
    if state == "asked":
        perform(CLAIM, claim, "ask", clerk, note="请补充登记机关的变更通知，要看得出改建以前的全称。")
    elif state == "decision":
        old = LegacyUnit.objects.get(code=code)
        perform(CLAIM, claim, "propose", clerk, note="名称、代码和变更通知一致。", data={"old": old.pk})
    elif state == "withdrawn":
        perform(CLAIM, claim, "withdraw", actor)
