"""What a row of the file with the tree must look like (F5). Pure: text in, values and complaints out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from waizhuan.kernel.ui import marks
from waizhuan.kernel.words import Words, say
from waizhuan.projects.columns import LOST, Column
from waizhuan.projects.departments import rules
from waizhuan.shared.refdata.names import name_key, tidy
from waizhuan.shared.refdata.text import compact

MOST_ROWS = 5_000
LONGEST = {"public_phone": 40, "public_hours": 80, "address": 300}


COLUMNS = (
    Column("tier", "类别", ("归口单位类别", "级别"), required=True),
    Column("parent", "上级", ("上级代码", "上级名称", "上级归口单位", "上级单位")),
    Column("name", "名称", ("归口单位", "归口单位名称", "单位名称", "全称"), required=True),
    Column("division", "地区代码", ("代码", "行政区划代码", "行政区划", "区划代码")),
    Column("public_phone", "电话", ("咨询电话", "联系电话")),
    Column("public_hours", "办公时间", ("时间",)),
    Column("address", "地址", ("办公地址", "通信地址")),
)
HEADINGS = {c.name: c.heading for c in COLUMNS} | {"parent_id": "上级"}
#: How people write the kinds.
TIERS = {
    "province": ("省级", "省", "省级外国专家局", "直辖市", "自治区"),
    "subprovincial": ("副省级城市", "副省级", "计划单列市"),
    "corps": ("兵团", "新疆生产建设兵团"),
    "central": ("部委与中央单位", "部委", "中央单位", "中央"),
    "city": ("市级", "市", "地市", "地市级"),
}
_TIER_OF = {text: tier for tier, texts in TIERS.items() for text in texts}


@dataclass(frozen=True, slots=True)
class There:
    """A department that is there already, as a row is compared with it."""

    id: int
    values: Mapping[str, object]


@dataclass(slots=True)
class Row:
    """A row once it was read: `values` as they will be kept, everything that is wrong with it, and what comes of it:
    "fresh", "changed", "same" or "wrong". `above`: the name of the department above; `root`: it has none above it, by the
    kind that it has now, else by the row's."""

    line: int
    values: dict[str, object] = field(default_factory=dict)
    wrong: list[tuple[str, Words]] = field(default_factory=list)  # (column, what to do)
    id: int | None = None
    above: str = ""
    root: bool = False

    @property
    def name(self) -> str:
        return str(self.values.get("name") or "")

    @property
    def key(self) -> str:
        return name_key(self.name)


def read(
    cells: Sequence[tuple[int, Mapping[str, str]]],
    there: Mapping[str, There],
    former: Mapping[str, str],
) -> list[Row]:
    """Every row of the file, compared with what is there: `there` by name key, `former` name key → what it is called now."""
    rows = [_row(line, given) for line, given in cells]
    first: dict[str, int] = {}
    for row in rows:
        if row.name and first.setdefault(row.key, row.line) != row.line:
            row.wrong.append(("name", say("和第 {line} 行是同一个归口单位，请去掉一行", line=first[row.key])))
        if row.key in former and row.key not in there:
            row.wrong.append(("name", say("已经改名为“{name}”，请写现在的名称", name=former[row.key])))
    roots = Roots(there)
    for row in rows:
        row.root = (there[row.key].values if row.key in there else row.values).get("tier") in rules.ROOTS
    for row in roots_first(rows):
        now, row.id = (there[row.key].values, there[row.key].id) if row.key in there else ({}, None)
        _compare(row, now, _above(row, roots), roots)
        if row.name:
            roots.take(row, now)
    _those_below_wrong_ones(rows)
    return rows


def roots_first(rows: Sequence[Row]) -> list[Row]:
    """What lies above comes first, wherever it stands in the file: what lies below is compared with it."""
    return sorted(rows, key=lambda row: not row.root)


class Roots:
    """The departments that may have cities below them, as they will be once the file is loaded: by name key (id, values);
    one that only the file has is 0."""

    def __init__(self, there: Mapping[str, There]) -> None:
        self.found = {k: (d.id, d.values) for k, d in there.items() if str(d.values.get("tier")) in rules.WITH_CITIES}
        self.below: dict[int, set[str]] = {}
        for d in there.values():
            self.below.setdefault(int(str(d.values.get("parent_id") or 0)), set()).add(
                str(d.values.get("division") or "")
            )

    def take(self, row: Row, now: Mapping[str, object]) -> None:
        """What a row says of one, but where it is wrong about a department that is there."""
        merged = {**now, **row.values}
        if str(merged.get("tier")) in rules.WITH_CITIES and not (row.id and row.wrong):
            self.found[row.key] = (row.id or 0, merged)

    def parent(self, id: int, values: Mapping[str, object]) -> rules.Parent:
        return rules.Parent(
            id,
            str(values.get("tier") or ""),
            str(values.get("division") or ""),
            frozenset(self.below.get(id, ())) if id else (),
        )

    def of(self, id: object) -> rules.Parent | None:
        """The department of this id."""
        return next((self.parent(i, values) for i, values in self.found.values() if i and i == id), None)


def _row(line: int, given: Mapping[str, str]) -> Row:
    row = Row(line)
    for name, text in given.items():
        if text == LOST:
            row.wrong.append((name, say("Excel 把它当成数字，末几位已经丢了，请设为文本后重新填写")))
            continue
        text = tidy("".join(c for c in text if c.isprintable() or c.isspace()))
        if len(text) > LONGEST.get(name, 100):
            row.wrong.append((name, say("太长了，至多 {n} 个字", n=LONGEST.get(name, 100))))
            continue
        if text:
            row.values[name] = text
    kind = str(row.values.get("tier") or "")
    if kind and compact(kind) in _TIER_OF:
        row.values["tier"] = _TIER_OF[compact(kind)]
    elif kind:
        names = marks.listed(texts[0] for texts in TIERS.values())
        row.wrong.append(("tier", say("没有“{kind}”这一类，可以写：{names}", kind=kind, names=names)))
        row.values.pop("tier")
    if "division" in row.values:
        row.values["division"] = compact(str(row.values["division"]))
    return row


def _above(row: Row, roots: Roots) -> rules.Parent | None:
    """The department above, by name or by division code, in the register or in the file (then its id is 0)."""
    wanted = str(row.values.pop("parent", "") or "")
    if not wanted:
        return None
    by_key, found = name_key(wanted), roots.found
    code = compact(wanted)
    fitting = [k for k, (_, v) in found.items() if k == by_key or (code.isdecimal() and v.get("division") == code)]
    if len(fitting) > 1 and any(found[k][1].get("tier") == "province" for k in fitting):
        fitting = [k for k in fitting if found[k][1].get("tier") == "province"]
    if len(fitting) != 1:
        said = say("没有叫“{name}”的省级或兵团归口单位", name=wanted) if not fitting else say(
            "有几个归口单位的代码是 {name}，请写上级的名称", name=wanted
        )  # fmt: skip
        row.wrong.append(("parent", said))
        return None
    id, values = found[fitting[0]]
    row.above = str(values.get("name") or "")
    return roots.parent(id, values)


def _compare(row: Row, now: Mapping[str, object], above: rules.Parent | None, roots: Roots) -> None:
    """Empty cells change nothing; the kind of a department that is there does not change by a file."""
    if now and row.values.get("tier", now.get("tier")) != now.get("tier"):
        label = TIERS[str(now.get("tier"))][0] if str(now.get("tier")) in TIERS else ""
        row.wrong.append(("tier", say("和现在的类别（{kind}）不同。类别不能用文件改", kind=label)))
    said = {column for column, _ in row.wrong}
    merged = {**now, **row.values}
    parent = above
    if parent is None and "parent" not in said:  # the cell is empty: the one that is above it now
        parent = roots.of(now.get("parent_id"))
    for verdict in rules.check_values(merged, parent):
        column = "parent" if verdict.field == "parent_id" else verdict.field
        if column not in said and not (column == "tier" and "parent" in said):
            row.wrong.append((column, verdict.reason))
    if above is not None:
        row.values["parent_id"] = above.id


def _those_below_wrong_ones(rows: Sequence[Row]) -> None:
    """A city whose province comes with the same file cannot come before it."""
    wrong = {row.key for row in rows if row.wrong and row.id is None}
    for row in rows:
        if row.values.get("parent_id") == 0 and name_key(row.above) in wrong:
            row.wrong.append(("parent", say("上级“{name}”那一行要先改好", name=row.above)))


def outcome(row: Row, now: Mapping[str, object]) -> str:
    if row.wrong:
        return "wrong"
    if row.id is None:
        return "fresh"
    return "changed" if rules.changed(now, row.values) else "same"
