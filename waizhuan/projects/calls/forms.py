"""The ministry's form of a call."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from waizhuan.kernel import clock
from waizhuan.kernel.ui.forms import Choice, Day, Form, LongText, Money, MultipleChoice, Text, Tick, Whole
from waizhuan.projects.applications.kinds import ATTACHMENTS
from waizhuan.projects.calls.models import BudgetStandard, Tier


class CallForm(Form):
    year = Whole(label=_("年度"), low=2000, high=2100)
    label_zh = Text(label=_("类别名称（中文）"), max_length=100)
    label_en = Text(label=_("类别名称（英文）"), max_length=150)
    about_zh = LongText(label=_("说明（中文）"), max_length=4000, required=False)
    about_en = LongText(label=_("说明（英文）"), max_length=4000, required=False)
    opens_on = Day(label=_("开始受理日期"), help_text=_("当天 9:00 开始。"))
    closes_on = Day(label=_("截止日期"), help_text=_("当天 17:00 截止。"))
    max_age = Whole(label=_("专家年龄上限（周岁）"), low=18, high=120, required=False)
    age_on = Day(label=_("年龄计算到哪一天"), required=False)
    min_days = Whole(label=_("每位专家至少来华天数"), low=1, high=1098, required=False)
    max_days = Whole(label=_("每位专家至多来华天数"), low=1, high=1098, required=False)
    min_experts = Whole(label=_("至少几位专家"), low=1, high=50)
    one_running_project = Tick(label=_("一位专家只能参加一个在执行的项目"), required=False)
    max_total_fen = Money(label=_("每项至多申请"), required=False)
    standard = Choice(label=_("经费标准"))
    number_pattern = Text(label=_("项目编号格式"), help_text=_("例如 G{year}-{serial:04d}。"), max_length=60)
    required_attachments = MultipleChoice(label=_("必须上传的附件"), choices=list(ATTACHMENTS.items()), required=False)
    recommended_by = Choice(label=_("由谁推荐"), choices=Tier.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standards = [(str(s.pk), f"{s.document} {s.title}") for s in BudgetStandard.objects.order_by("document")]
        self.fields["standard"].choices = standards  # type: ignore[attr-defined]


class ExtendForm(Form):
    closes_on = Day(label=_("新的截止日期"), help_text=_("当天 17:00 截止。"))
    announcement_zh = LongText(label=_("公告（中文）"), help_text=_("会显示在首页和申报页面上。"), max_length=500)
    announcement_en = LongText(label=_("公告（英文）"), max_length=500)


def at(day: dt.date, hour: int) -> dt.datetime:
    """That hour of that day in China."""
    return dt.datetime.combine(day, dt.time(hour), clock.CHINA)
