"""What a department may be, when a change takes effect, and who takes over from one that ends (F5). Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import YES, Remedy, Verdict, all_no, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.refdata import divisions
from waizhuan.shared.refdata.names import check_organisation_name
from waizhuan.shared.refdata.text import plain_hyphens

ROOTS = ("province", "subprovincial", "corps", "central")
CITY = "city"
#: Roots that have cities below them.
WITH_CITIES = ("province", "corps")
AHEAD = 366  # days that a change may be laid down in advance
SPLIT, MERGE, CLOSE = "split", "merge", "close"
#: What is done to departments, as messages name it.
NAMES: dict[str, Words] = {
    SPLIT: say("拆分"),
    MERGE: say("合并"),
    CLOSE: say("撤销"),
    "add": say("新设"),
    "edit": say("变更"),
}
LABELS: dict[str, Words] = {
    "name": say("名称"),
    "tier": say("类别"),
    "division": say("地区代码"),
    "parent_id": say("上级"),
    "public_phone": say("电话"),
    "public_hours": say("办公时间"),
    "address": say("地址"),
}
_PHONE = re.compile(r"[+0-9()\-.\s转#]+")
_BETWEEN = re.compile(r"[、;；,，/]")


@dataclass(frozen=True, slots=True)
class Parent:
    """What is known of the department above. `also`: codes of the cities that are or were below it; when the root of
    another province gave way, its cities came below this one and keep the codes of their own province."""

    id: int
    tier: str
    division: str
    also: Collection[str] = ()

    def covers(self, code: str) -> bool:
        """May a city of this place stand below it?"""
        return code[:2] in {known[:2] for known in (self.division, *self.also)}


def can_take_effect(day: dt.date | None, today: dt.date) -> Verdict:
    """From today, at most a year ahead: what was is never rewritten."""
    if day is None:
        return no(say("请填写生效日期"), field="effective_on", code="F5")
    if day < today:
        return no(say("生效日期不能早于今天"), field="effective_on", code="F5")
    if (day - today).days > AHEAD:
        return no(say("生效日期最多提前一年"), field="effective_on", code="F5")
    return YES


def not_public_yet() -> Verdict:
    return no(say("只能看今天和以前的归口单位，以后的到了那天再公布"), field="on", code="F5")


def has_reason(reason: str) -> Verdict:
    return YES if reason.strip() else no(say("请填写依据的文号，例如：外专发〔2026〕12号"), field="reason", code="F5")


def check_values(given: Mapping[str, object], parent: Parent | None) -> list[Verdict]:
    """Everything that is wrong with a department's data, each at its field."""
    name = check_organisation_name(str(given.get("name") or "")).verdict
    found = [name] if not name.ok else []
    tier = str(given.get("tier") or "")
    known = bool(given.get("parent_id"))
    found += all_no([_tier(tier, parent, known), _division(tier, str(given.get("division") or ""), parent)])
    phone = check_phone(str(given.get("public_phone") or ""))
    return found if phone.ok else [*found, phone]


def _tier(tier: str, parent: Parent | None, known: bool) -> Verdict:
    if tier == CITY and parent is None:
        gone = say("上级归口单位已经撤并，请另选上级")
        return no(gone if known else say("市级归口单位要写明上级"), field="parent", code="F5")
    if tier not in (*ROOTS, CITY):
        return no(say("请选择类别"), field="tier", code="F5")
    if tier != CITY and parent is not None:
        return no(say("只有市级归口单位有上级"), field="parent", code="F5")
    if parent is not None and parent.tier not in WITH_CITIES:
        return no(say("上级要是省级或兵团的归口单位"), field="parent", code="F5")
    return YES


def _division(tier: str, code: str, parent: Parent | None) -> Verdict:
    """Six digits of GB/T 2260; a city's within its root's province, or one whose cities stand below that root already: so
    a root's code can be corrected before those of its cities. Central units are of no place."""
    if tier == "central":
        return no(say("部委与中央单位不填地区代码"), field="division", code="F5") if code else YES
    if not code:
        return no(say("请填写地区代码，例如 330100"), field="division", code="F5")
    if not re.fullmatch(r"[0-9]{6}", code) or not divisions.division_name(code):
        return no(say("没有这个地区代码，请查 GB/T 2260"), field="division", code="F5")
    whole = code.endswith("0000")
    if tier == "province" and not whole:
        return no(say("省级的地区代码以 0000 结尾"), field="division", code="F5")
    if tier in ("subprovincial", CITY) and whole:
        return no(say("这是一个省的代码，请填写城市的代码"), field="division", code="F5")
    if parent is not None and not parent.covers(code):
        return no(say("地区代码不在上级的省内"), field="division", code="F5")
    return YES


def check_phone(text: str) -> Verdict:
    """A number or several that people can call: short numbers such as 12345 and extensions too. May be empty."""
    for part in _BETWEEN.split(plain_hyphens(text)) if text.strip() else ():
        digits = sum(c.isdecimal() for c in part)
        if not _PHONE.fullmatch(part.strip()) or not 5 <= digits <= 18:
            return no(
                say("这不是电话号码。请写成 010-58880000 这样；几个号码用“、”隔开"), field="public_phone", code="D8"
            )
    return YES


def changed(before: Mapping[str, object], given: Mapping[str, object]) -> dict[str, object]:
    """What is really another value than now."""
    return {n: v for n, v in given.items() if n in LABELS and (v or "") != (before.get(n) or "")}


def not_overwritten(seen: int, newest: int) -> Verdict:
    """Somebody else changed this department while the page was open."""
    if seen == newest:
        return YES
    return no(say("同事刚才也改了这个归口单位。请看下面最新的内容，再改一次"), code="F5")


def no_change() -> Verdict:
    return no(say("还没有改动任何一项"), code="F5")


def name_taken(name: str) -> Verdict:
    return no(say("已经有叫“{name}”的归口单位", name=name), field="name", code="F5")


# ---------------------------------------------------------------- who takes over


@dataclass(frozen=True, slots=True)
class Holding:
    """What still hangs on a department."""

    units: int = 0
    work: int = 0
    cases: int = 0  # under way or done
    cities: int = 0
    staff: int = 0
    invitations: int = 0

    def __bool__(self) -> bool:
        return any((self.units, self.work, self.cases, self.cities, self.staff, self.invitations))


def may_close(holding: Holding, *, successors: int, id: int) -> Verdict:
    """Nothing is ever left behind: what hangs on a department has a successor, or the department stays."""
    if successors or not holding:
        return YES
    return no(
        say(
            "还不能撤销：名下有 {units} 个单位、{cases} 件申报和申请、{work} 件在办的事、{cities} 个市级归口单位、{staff} 个岗位、"
            "{invitations} 个等对方注册的邀请。"
            "请选择接手的归口单位，它们会一起转过去",
            units=holding.units,
            work=holding.work,
            cases=holding.cases,
            cities=holding.cities,
            staff=holding.staff,
            invitations=holding.invitations,
        ),
        field="successor_1",
        code="F5",
        remedy=Remedy("departments.reorganise", say("选择接手的归口单位"), (id, CLOSE)),
    )


@dataclass(frozen=True, slots=True)
class Heir:
    """A successor as the rules read it, the `number`th; `id` None: founded on the day."""

    number: int
    id: int | None
    tier: str

    @property
    def field(self) -> str:
        return f"successor_{self.number}" if self.id is not None else f"name_{self.number}"


def check_plan(kind: str, *, sources: Collection[int], heirs: Sequence[Heir], cities: int) -> list[Verdict]:
    """Are these departments and successors a split, a merger or a closing?"""
    found: list[Verdict] = []
    ids = [h.id for h in heirs if h.id is not None]
    if kind == SPLIT and len(heirs) < 2:
        found.append(no(say("拆分后至少要有两个归口单位"), field="successor_1", code="F5"))
    if kind == MERGE and len(sources) + (1 if ids else 0) < 2:
        found.append(no(say("请选择至少两个要合并的归口单位"), field="other_1", code="F5"))
    if kind == MERGE and len(heirs) != 1:
        found.append(no(say("请选择合并后由哪一个归口单位接手"), field="successor_1", code="F5"))
    if kind == CLOSE and len(heirs) > 1:
        found.append(no(say("由几个归口单位接手，请用“拆分”"), field="successor_2", code="F5"))
    for n, heir in enumerate(heirs):
        if heir.id is not None and heir.id in [h.id for h in heirs[:n]]:
            found.append(no(say("同一个归口单位选了两次"), field=heir.field, code="F5"))
        if heir.id in sources:
            found.append(no(say("要撤并的归口单位不能同时接手"), field=heir.field, code="F5"))
    return found + take_cities(heirs, cities=cities)


def take_cities(heirs: Iterable[Heir], *, cities: int) -> list[Verdict]:
    """Cities come below a province's department or the Corps's alone."""
    return [
        no(say("下面有市级归口单位，接手的要是省级或兵团的归口单位"), field=heir.field, code="F5")
        for heir in heirs
        if cities and heir.tier not in WITH_CITIES
    ]


def successor_of(division: str, by_division: Mapping[str, int], default: int = 0) -> int:
    """Whose is a unit of this place: the exception that fits best (a county before its city, a city before the province),
    else the default. Positions of successors."""
    for width in (6, 4, 2):
        code = division[:width].ljust(6, "0") if len(division) >= width else ""
        if code and code in by_division:
            return by_division[code]
    return default


def one_unit(text: str, names: Sequence[str], *, most: int, sure: bool = True) -> Verdict:
    """A unit that is named as an exception is one that the department has, and only one. Not `sure`: only a part of its
    name was given, and nobody would see which one it is before it moves."""
    if not names:
        return no(say("名下没有叫“{text}”的单位", text=text), field="unit", code="F5")
    if len(names) == 1 and not sure:
        only = say(
            "“{text}”只是名称的一部分。指的是“{name}”的话，请写全称，或先加上这个单位再确认", text=text, name=names[0]
        )
        return no(only, field="unit", code="F5")
    if len(names) == 1:
        return YES
    listed = marks.listed(names[: most - 1])
    some = say("有几个单位符合：{names}。请写全称", names=listed)
    many = say("有好多单位符合，例如：{names}。请写全称", names=listed)
    return no(some if len(names) < most else many, field="unit", code="F5")


def takes_it(position: int | None, heirs: int) -> Verdict:
    """A unit that is named goes to one of the successors, said by whoever named it."""
    if position is not None and 0 <= position < heirs:
        return YES
    return no(say("请选择由谁接手"), field="unit_to", code="F5")


def busy(name: str, who: str, day: dt.date, *, field: str = "") -> Verdict:
    """Two operators at one department: the second learns of the first."""
    return no(
        say("{name}的撤并已经由{who}在办（{day} 生效）。请先办完或取消那一个", name=name, who=who, day=day.isoformat()),
        field=field,
        code="F5",
    )


# ---------------------------------------------------------------- the wrong tier


@dataclass(frozen=True, slots=True)
class Office:
    id: int
    name: str
    tier: str
    division: str
    parent: int | None


def right_office(unit_division: str, offices: Collection[Office]) -> Office | None:
    """The office nearest to a unit's place: its district's, its city's or sub-provincial city's, else its province's. None
    where several are as near."""
    if len(unit_division) != 6:
        return None
    city = [o for o in offices if o.tier in (CITY, "subprovincial") and o.division[:4] == unit_division[:4]]
    district = [o for o in city if o.division == unit_division]
    whole = [o for o in city if o.division.endswith("00")]
    province = [o for o in offices if o.tier == "province" and o.division[:2] == unit_division[:2]]
    near = district or whole or city or province
    return near[0] if len(near) == 1 else None
