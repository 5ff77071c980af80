"""The filters of the queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Choice, Form, Text
from waizhuan.shared.flow.posts import Colleague
from waizhuan.shared.flow.process import all_processes


class FilterForm(Form):
    q = Text(label=_("名称、编号或单位"), max_length=100, required=False)
    process = Choice(label=_("事项"), required=False)
    assignee = Choice(label=_("经办人"), required=False)

    def __init__(self, *args: Any, colleagues: Sequence[Colleague] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["process"].choices = [("", _("全部")), *((p.name, p.label) for p in all_processes())]  # type: ignore[attr-defined]
        people = [(str(c.account_id), c.name) for c in colleagues]
        some = [("colleague", _("同事")), *people] if people else []
        self.fields["assignee"].choices = [("", _("全部")), ("mine", _("我")), ("nobody", _("没有人")), *some]  # type: ignore[attr-defined]


class NameForm(Form):
    name = Text(
        label=_("标签名称"),
        max_length=30,
        error_messages={"required": _("请给标签起一个名称")},
    )
