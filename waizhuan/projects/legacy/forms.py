"""Choosing a file of the old system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Choice, Form, LongText, Text, Tick
from waizhuan.projects.legacy.models import Kind


class UploadForm(Form):
    kind = Choice(
        label=_("文件里是什么"),
        help_text=_("先导入单位，再导入账号，最后导入项目：后面的要用到前面的。"),
        choices=[("", _("请选择")), *Kind.choices],
    )
    file = forms.FileField(
        label=_("文件"),
        help_text=_("Excel 或 CSV（UTF-8、GBK 都认得），第一行是表头，至多 20 万行。"),
        max_length=400,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt,text/csv"}),
    )


class LeadForm(Form):
    """Who has the old project from now on: a lead of the unit, or the unit itself."""

    lead = Choice(label=_("由谁负责"), error_messages={"required": _("请选择由谁负责")})

    def __init__(self, *args: Any, people: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [("", _("请选择")), ("unit", _("单位自己")), *((str(id), name) for id, name in people.items())]
        self.fields["lead"].choices = chosen  # type: ignore[attr-defined]


class OtherUnitForm(Form):
    """Which unit an old one is, where neither code nor name says it. `found`: the unit that was shown, once it was."""

    unit = Text(
        label=_("现在的单位"),
        help_text=_("全称（现在的或以前的），或统一社会信用代码、登记号码。"),
        max_length=200,
    )
    why = LongText(
        label=_("依据"),
        help_text=_("例如更名或合并的批文名称和文号。会记入审计日志，单位管理员也会看到。"),
        max_length=300,
        rows=2,
    )
    answer = LongText(
        label=_("给认领的单位的理由"),
        help_text=_("勾选了一并不通过的认领才要写，那些单位会看到。"),
        max_length=2000,
        rows=2,
        required=False,
    )
    found = forms.IntegerField(required=False, min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)


class PartForm(Form):
    why = LongText(
        label=_("为什么不是这个单位"),
        help_text=_("会记入审计日志，单位管理员也会看到。"),
        max_length=300,
        rows=3,
        error_messages={"required": _("请写明为什么不是这个单位，单位会看到")},
    )
    cut = Tick(label=_("一并撤销上面这些关联，理由相同，有关的人会看到"), required=False)

    def __init__(self, *args: Any, linked: bool, **kwargs: Any) -> None:
        """`linked`: there are old accounts whose links would have to be cut."""
        super().__init__(*args, **kwargs)
        if not linked:
            del self.fields["cut"]
