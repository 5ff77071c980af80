"""The conditions of a look-up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.search import SHORTEST
from waizhuan.kernel.ui.forms import Choice, Form, LongText, Text, Tick
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.entry.process import PROFILE
from waizhuan.projects.lookup import queries
from waizhuan.projects.lookup.rules import posts_seen

CONDITIONS = ("q", "year", "category", "role", "state")
STATES: dict[str, list[tuple[str, Any]]] = {
    "projects": [(s.name, s.label) for s in PROCESS.states],
    "units": [(s.name, s.label) for s in PROFILE.states if s.name != "draft"],
    "people": [("active", _("在任")), ("ended", _("已结束")), ("waiting", _("还没有开始"))],
    "old": [("lead", _("有负责人")), ("unit", _("归单位")), ("unmatched", _("单位还没有对上"))],
    "experts": [("running", _("正在参加项目")), ("over", _("没有在执行的项目"))],
}
HINTS = {
    "projects": _("项目名称、单位、编号"),
    "units": _("单位名称、登记号码、编号"),
    "people": _("姓名（从姓开始）、单位名称、登记号码"),
    "old": _("项目名称、项目编号、单位、旧登录名"),
    "experts": _("姓名、国外工作单位、项目编号"),
}
#: besides the name and the state
ASKED_OF = {
    "projects": {"year", "category"},
    "units": {"year"},
    "people": {"role"},
    "old": {"year"},
    "experts": {"year", "category"},
}


class ConditionsForm(Form):
    q = Text(label=_("名称或编号"), max_length=100, required=False)
    year = Text(label=_("年度"), max_length=4, inputmode="numeric", required=False)
    category = Choice(label=_("项目类别"), required=False)
    role = Choice(label=_("岗位"), required=False)
    state = Choice(label=_("状态"), required=False)

    def __init__(self, *args: Any, kind: str, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].label = HINTS[kind]
        self._offer("state", STATES[kind])
        for name in {"year", "category", "role"} - ASKED_OF[kind]:
            del self.fields[name]
        if "category" in self.fields:
            self._offer("category", list(queries.categories().items()))
        if "role" in self.fields:
            self._offer("role", [(r.code, r.label) for r in posts_seen(actor)])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = [("", _("全部")), *((code, str(label)) for code, label in choices)]  # type: ignore[attr-defined]

    def clean_q(self) -> str:
        """One character is in every tenth name or in none: the first is no help, and for the second all would be read."""
        text = str(self.cleaned_data["q"] or "")
        if 0 < len(text) < SHORTEST:
            raise forms.ValidationError(_("请至少写两个字"))
        return text

    def conditions(self) -> dict[str, str]:
        """What is asked for and can be asked; a condition with an error is left out and says so."""
        self.is_valid()
        given = self.cleaned_data if self.is_bound else {}
        return {name: str(given[name]) for name in CONDITIONS if given.get(name)}


class SaveForm(Form):
    name = Text(label=_("给这组条件起个名字"), max_length=60)


class NumberForm(Form):
    number = Text(
        label=_("证件号码"),
        help_text=_("号码不会留在网址和日志里。"),
        max_length=40,
        autocomplete="off",
        required=False,
    )
    purpose = Text(
        label=_("用途"),
        help_text=_("会和您的姓名一起记入审计日志。"),
        max_length=300,
        autocomplete="off",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # the rule says what is missing, both at once
            field.needed = True  # type: ignore[attr-defined]


class ExportForm(Form):
    personal = Tick(label=_("包括未打码的个人信息（证件号码、出生日期、联系方式）"), required=False)
    purpose = LongText(
        label=_("用途"),
        help_text=_("只在导出未打码的个人信息时要写，会记入审计日志。"),
        max_length=300,
        rows=2,
        required=False,
    )
