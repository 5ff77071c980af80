"""What the ministry types about departments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.identity.api import Tier
from waizhuan.kernel import clock
from waizhuan.kernel.ui.forms import Choice, Day, Form, LongText, Text, dress
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.projects.departments import queries, rules

TIERS = [(str(t), t.label) for t in (*queries.ROOTS, Tier.CITY)]
REASON = _("要求这样改的文件：它的文号，也可以加上名称。例如：外专发〔2026〕12号。")
NOBODY: tuple[str, Any] = ("", _("没有"))


class SearchForm(Form):
    q = Text(label=_("名称、电话或地区代码"), max_length=100, required=False)
    kind = Choice(
        label=_("类别"), choices=[("", _("全部")), *[(str(t), t.label) for t in queries.ROOTS]], required=False
    )
    on = Day(label=_("哪一天的"), required=False)


class DayForm(Form):
    effective_on = Day(label=_("生效日期"), help_text=_("今天或以后的一天；到那天自动生效。"), required=False)
    reason = LongText(label=_("依据的文号"), help_text=REASON, max_length=300, rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"effective_on": clock.today(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        for name in ("effective_on", "reason"):
            self.fields[name].needed = True  # type: ignore[attr-defined]

    @property
    def day(self) -> dt.date | None:
        found: dt.date | None = self.cleaned_data.get("effective_on")
        return found


class DepartmentForm(DayForm):
    """`new`: tier and parent are asked too. What is missing is said by the rules, all at once."""

    tier = Choice(label=_("类别"), choices=TIERS, required=False)
    parent = Choice(label=_("上级"), help_text=_("只有市级要选。"), required=False)
    name = Text(label=_("名称"), max_length=100, required=False)
    division = Text(
        label=_("地区代码"),
        help_text=_("六位，按 GB/T 2260，例如 330100；部委与中央单位不填。"),
        max_length=6,
        inputmode="numeric",
        width="10",
        required=False,
    )
    public_phone = Text(label=_("咨询电话"), max_length=40, inputmode="tel", width="20", required=False)
    public_hours = Text(label=_("办公时间"), help_text=_("例如：工作日 9:00 – 17:30"), max_length=80, required=False)
    address = Text(label=_("地址"), max_length=300, required=False)
    field_order = (
        "tier", "parent", "name", "division", "public_phone", "public_hours", "address", "effective_on", "reason",
    )  # fmt: skip

    def __init__(self, *args: Any, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "tier"):
            self.fields[name].needed = True  # type: ignore[attr-defined]
        if new:
            parents = [(str(d.pk), d.name) for t in rules.WITH_CITIES for d in queries.roots(t)]
            self.fields["parent"].choices = [NOBODY, *parents]  # type: ignore[attr-defined]
        else:
            del self.fields["tier"], self.fields["parent"]

    def values(self) -> dict[str, object]:
        """Column → value."""
        given: dict[str, object] = {n: self.clean_text(n) for n in rules.LABELS if n in self.fields}
        if "parent" in self.fields:
            chosen = self.clean_text("parent")
            given["parent_id"] = int(chosen) if chosen else None
        return given


class ReorganiseForm(DayForm):
    """Who ends besides (merger), and who takes over: departments that are there, by name, or new ones."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.numbers: dict[str, list[int]] = {}  # which fields of each sort were filled in
        self.count = {rules.SPLIT: 4, rules.MERGE: 1, rules.CLOSE: 1}[kind]
        if kind == rules.MERGE:
            for n in range(1, 4):
                label = _("和它合并的归口单位") if n == 1 else _("还有（可以不填）")
                self.fields[f"other_{n}"] = _named(label)
        for n in range(1, self.count + 1):
            self.fields[f"successor_{n}"] = _named(_("现有的归口单位"))
            if kind != rules.CLOSE:
                self.fields[f"name_{n}"] = Text(label=_("或者新设：名称"), max_length=100, required=False)
                self.fields[f"division_{n}"] = Text(
                    label=_("地区代码"), max_length=6, inputmode="numeric", width="10", required=False
                )
                self.fields[f"public_phone_{n}"] = Text(
                    label=_("咨询电话"), max_length=40, inputmode="tel", width="20", required=False
                )
        for field in self.fields.values():
            dress(field)
        self.order_fields([n for n in self.fields if n not in ("effective_on", "reason")])

    def others(self) -> list[Any]:
        return [self[n] for n in self.fields if n.startswith("other_")]

    def successors(self) -> list[list[Any]]:
        """The fields of each successor."""
        return [
            [self[n] for n in self.fields if n.endswith(f"_{i}") and n[:5] != "other"] for i in range(1, self.count + 1)
        ]

    def chosen(self) -> tuple[list[int], list[Any]]:
        """Ids of the others that end, and the successors in order. Names that nobody has become errors of their fields."""
        names = {f: self.clean_text(f) for f in self.fields if f.startswith(("other_", "successor_"))}
        ids = queries.named([n for n in names.values() if n])
        unknown = [
            no(say("没有叫“{name}”的归口单位", name=name), field=f, code="F5")
            for f, name in names.items()
            if name and name not in ids
        ]
        others = [ids[names[f]] for f in names if f.startswith("other_") and names[f] in ids]
        heirs: list[Any] = []
        self.numbers = {"other": [int(f[6:]) for f in names if f.startswith("other_") and names[f] in ids]}
        taking = self.numbers["successor"] = []
        for n in range(1, self.count + 1):
            name = names[f"successor_{n}"]
            new = self.clean_text(f"name_{n}") if f"name_{n}" in self.fields else ""
            if name in ids or new:
                taking.append(n)
            if name in ids:
                heirs.append(ids[name])
            elif new:
                more = {f: self.clean_text(f"{f}_{n}") for f in ("division", "public_phone")}
                heirs.append({"name": new, **{f: text for f, text in more.items() if text}})
            if name and new:
                unknown.append(no(say("现有的和新设的只能选一个"), field=f"name_{n}", code="F5"))
        super().take(*unknown)
        return others, heirs

    def take(self, *verdicts: Verdict) -> bool:
        """The rules count the departments that were named; here empty fields may stand between them."""
        return super().take(*(replace(v, field=self._field(v.field)) for v in verdicts))

    def _field(self, name: str) -> str:
        base, _, n = name.rpartition("_")
        numbers = self.numbers.get("other" if base == "other" else "successor", [])
        if n.isdecimal() and 0 < int(n) <= len(numbers):
            name = f"{base}_{numbers[int(n) - 1]}"
            if name not in self.fields:  # kind and parent of a new one are not asked for
                name = f"name_{numbers[int(n) - 1]}"
        return name


def _named(label: Any) -> Text:
    field = Text(label=label, max_length=100, required=False)
    field.widget.attrs["list"] = "offices"
    return field


class UnitForm(Form):
    """A unit that goes elsewhere than its place says."""

    unit = Text(label=_("单位全称，或统一社会信用代码"), max_length=200, required=False)
    unit_to = Choice(label=_("由谁接手"), required=False)

    def __init__(self, *args: Any, successors: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_to"].choices = [(str(n), name) for n, name in enumerate(successors)]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.needed = True  # type: ignore[attr-defined]


class ImportForm(Form):
    file = forms.FileField(
        label=_("文件"),
        help_text=_("Excel 或 CSV（UTF-8、GBK 都认得），第一行是表头。"),
        max_length=400,
        required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt,text/csv"}),
    )
    reason = LongText(label=_("依据的文号"), help_text=REASON, max_length=300, rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.needed = True  # type: ignore[attr-defined]
