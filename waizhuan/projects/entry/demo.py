"""Unit profiles in every state."""

from __future__ import annotations

from waizhuan.identity.api import Account, Organisation, actor_of
from waizhuan.kernel.actor import Actor
from waizhuan.projects.entry import actions
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.entry.process import PROFILE
from waizhuan.shared.flow.api import perform

GIVEN = {
    "address": "科技大道 8 号",
    "postcode": "310000",
    "contact_phone": "+8657188881204",
    "contact_email": "office@example.org",
    "field": "海洋工程、材料科学",
    "introduction": "长期与国外大学和研究所合作，有接待外国专家的经验和场所。",
}


def profile(unit: Organisation, admin: Account, department: Organisation, clerk: Actor, *, state: str) -> UnitProfile:
    """The unit's profile, brought to `state` by the real actions."""
    actor = actor_of(admin, acting_for=unit.pk)
    row = actions.profile_for(actor)
    row = actions.save(
        actor=actor, profile=row, given={**GIVEN, "contact_name": unit.agent_name}, department=department.pk
    )
    if state == "draft":
        return row
    row = actions.submit(actor=actor, profile=row, version=row.version)
    steps = {
        "review": [],
        "approved": [("approve", "")],
        "asked": [("ask", "请补充法人证书的扫描件，有效期要在三个月以上。")],
        "declined": [("decline", "简介与登记的业务范围不符，请核对后重新提交。")],
        "withdrawn": [],
    }
    for name, note in steps[state]:
        row = perform(PROFILE, row, name, clerk, note=note)
    return perform(PROFILE, row, "withdraw", actor) if state == "withdrawn" else row
