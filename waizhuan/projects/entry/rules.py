"""What a profile needs, who may work on it, and what is missing to enter the experts system (A4, A5). Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.projects.departments.rules import CITY, Office, right_office
from waizhuan.shared.refdata.divisions import division_name

DAYS = 5  # working days that the department has
FILES_AT_MOST = 20
EDITABLE = ("draft", "asked", "declined", "withdrawn")
CENTRAL = "central"  # tier of the departments of ministries
NOT_YOURS = no(say("这一步不由您办理"))


@dataclass(frozen=True, slots=True)
class Content:
    """The profile as the rules read it."""

    department: int | None
    address: str
    contact_name: str
    contact_phone: str
    field: str
    introduction: str


REQUIRED: tuple[tuple[str, Words], ...] = (
    ("department", say("请选择归口单位")),
    ("address", say("请填写通信地址")),
    ("contact_name", say("请填写联系人")),
    ("contact_phone", say("请填写联系电话")),
    ("field", say("请填写主要领域")),
    ("introduction", say("请填写单位简介")),
)


def missing(content: Content) -> list[Verdict]:
    """Everything that is missing, at once, each at its field."""
    return [
        no(reason, field=name, code="F5" if name == "department" else "")
        for name, reason in REQUIRED
        if not getattr(content, name)
    ]


def may_enter(actor: Actor, *, approved: bool, state: str) -> list[Verdict]:
    """What is missing to work in the experts system, each with its button; empty: nothing."""
    if not actor.signed_in:
        return [no(say("请先登录"), remedy=Remedy("sign_in.start", say("登录")))]
    found = []
    if not actor.verified:
        found.append(no(say("还没有实名认证"), code="D1", remedy=Remedy("realname.status", say("去实名认证"))))
    if actor.organisation_kind and actor.organisation_kind != "unit":
        return found
    if actor.organisation_id is None or not actor.roles:
        remedy = (
            Remedy("organisations.switch", say("选择单位"))
            if actor.organisations
            else Remedy("delegation.ask", say("请单位授权"))
        )
        found.append(no(say("还没有单位授权您办理"), code="A5", remedy=remedy))
        return found
    if not actor.organisation_verified:
        finish = Remedy("realname.status", say("去实名认证")) if actor.kind == "legal" else None
        found.append(no(say("单位还没有实名认证"), code="C5", remedy=finish))
    if not approved:
        found.append(_profile(state, administrator=actor.has("unit.admin")))
    return found


def _profile(state: str, *, administrator: bool) -> Verdict:
    """Why the unit's profile does not let anybody in yet. Only an administrator can do something about it."""
    if state == "review":
        reason, label, code = say("单位信息正在审核"), say("看审核进度"), "F1"
    elif state == "asked":
        reason, label, code = say("归口单位请单位补充信息"), say("补充单位信息"), "F1"
    elif state == "declined":
        reason, label, code = say("单位信息没有通过审核，改好后可以重新提交"), say("看理由，修改"), "F2"
    elif state in ("draft", "withdrawn"):
        reason, label, code = say("单位信息还没有提交"), say("填写单位信息"), "A5"
    else:
        reason, label, code = say("还没有填写单位信息"), say("填写单位信息"), "A5"
    return no(reason, code=code, remedy=Remedy("entry.profile", label) if administrator else None)


def not_overwritten(labels: Sequence[object]) -> Verdict:
    """Two administrators in one profile: what the other one has written is not replaced without a word."""
    if not labels:
        return YES
    return no(
        say("同事刚才也改了单位信息，和您的不一样：{fields}。下面是您写的，还没有保存；再保存一次就用您的。",
            fields=marks.listed(labels))
    )  # fmt: skip


def registered_elsewhere(place: str, now: str) -> bool:
    """Is the unit registered at another place (`now`) than its department was chosen for? GB/T 2260; "" where not known."""
    return bool(place and now and place != now)


def department_stands(*, place: str, now: str, department: str) -> Verdict:
    """A unit that is registered elsewhere since its department was chosen stays with it, and says whether that is right (F5):
    who is responsible is not written in an address. `department`: its name."""
    if not registered_elsewhere(place, now):
        return YES
    return no(
        say(
            "单位登记的地区从{before}变成了{now}，归口单位没有跟着变，仍是{department}。请确认还归不归它管",
            before=division_name(place) or place,
            now=division_name(now) or now,
            department=department,
        ),
        code="F5",
    )


def goes_along(*, now: str, chosen: Office, offices: Collection[Office]) -> bool:
    """Nobody need be asked: the department is the one of the new place as well (from a province to its city, or to where the
    department is), or one to which no place matters."""
    right = right_office(now, offices)
    return chosen.tier == CENTRAL or (right is not None and right.id == chosen.id)


# ---------------------------------------------------------------- the wrong tier (F5)

NATIONAL = "100000"  # the place in the credit code of what is registered with the state's own offices


def wrong_tier(
    *, division: str, uscc: str, chosen: Office, offices: Collection[Office]
) -> tuple[Verdict, Office | None]:
    """Is this most likely not the office that is responsible? A warning, not a refusal: who is responsible is not written in
    an address. With the office that most likely is."""
    if chosen.tier not in ("province", "subprovincial", CITY):
        return YES, None
    if uscc[2:8] == NATIONAL:
        if chosen.tier != CITY:
            return YES, None
        reason = say("单位是在国家机关登记的，一般归主管的部委或中央单位，不归市级管。确实归它管的，不用改")
        return no(reason, code="F5", field="department"), None
    right = right_office(division, offices)
    if right is None or right.id == chosen.id:
        return YES, None
    place = division_name(division)
    if chosen.id == right.parent:
        reason = say(
            "单位在{place}，那里有市级归口单位，一般归它管：{name}。确实归省级管的，不用改",
            place=place,
            name=right.name,
        )
    else:
        reason = say(
            "单位在{place}，一般归{name}管。确实归{chosen}管的，不用改",
            place=place,
            name=right.name,
            chosen=chosen.name,
        )
    return no(reason, code="F5", field="department"), right
