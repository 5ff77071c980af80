"""From whom to whom, and why."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Choice, Form, LongText
from waizhuan.projects.legacy.models import LegacyAccount
from waizhuan.shared.refdata import old_logins


class MergeForm(Form):
    """`olds`: old accounts of the unit; `people`: who leads something in it; `leads`: whom it has authorised."""

    source = Choice(label=_("原账号"), help_text=_("旧系统里本单位的账号，或者原来的项目负责人。"))
    target = Choice(label=_("新账号"), help_text=_("单位自己，或者一位本单位授权、实名过的项目负责人。"))
    reason = LongText(label=_("原因"), help_text=_("例如：原单位管理员离职，不再负责。会印在申请上。"), max_length=500)

    def __init__(
        self, *args: Any, olds: list[LegacyAccount], people: dict[int, str], leads: dict[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        sources = [("", _("请选择")), *((f"o{a.pk}", old_logins.PREFIX + a.login_name) for a in olds)]
        self.fields["source"].choices = [*sources, *((f"p{i}", name) for i, name in people.items())]  # type: ignore[attr-defined]
        targets = [("", _("请选择")), ("unit", _("单位账号")), *((str(i), name) for i, name in leads.items())]
        self.fields["target"].choices = targets  # type: ignore[attr-defined]
