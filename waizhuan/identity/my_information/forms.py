"""Requests, answers, and the question before closing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from waizhuan.identity.models import Account, Kind
from waizhuan.identity.my_information import closing, correcting, rules
from waizhuan.identity.my_information.models import RequestKind
from waizhuan.kernel.ui.forms import Choice, Form, LongText, Password, Text, Tick
from waizhuan.kernel.verdict import Verdict


class RequestForm(Form):
    kind = Choice(label=_("您要什么"), radio=True)
    field = Choice(label=_("更正哪一项"), required=False, help_text=_("只有更正要填。手机、邮箱在“我的信息”里自己改。"))
    value = Text(label=_("改成什么"), required=False, help_text=_("只有更正要填。和证件上的一样。"), max_length=80)
    words = LongText(label=_("具体说明"), help_text=_("为什么要更正或删除，有什么依据。"), max_length=1000, rows=4)

    def __init__(self, *args: Any, account: Account, acting_for: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account, self.acting_for = account, acting_for
        other = RequestKind.DELETE if account.kind == Kind.LEGAL else RequestKind.CLOSE_UNIT
        self.fields["kind"].choices = [c for c in RequestKind.choices if c[0] != other]  # type: ignore[attr-defined]
        fields = [("", "—"), *rules.FIELDS[account.kind].items()]
        self.fields["field"].choices = fields  # type: ignore[attr-defined]
        for name in ("field", "value"):  # a correction is refused without them: not "optional"
            self.fields[name].needed = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Whatever stands in the way is said when it is asked, and not fifteen working days later."""
        given = self.cleaned_data
        if given.get("kind") == RequestKind.CORRECT:
            value, refused = correcting.checked(self.account, given.get("field", ""), given.get("value", ""))
            given["value"] = value
            self.take(*refused)
        else:
            given["field"] = given["value"] = ""
        if given.get("kind") == RequestKind.DELETE:
            against = closing.against(self.account, acting_for=self.acting_for)
            self.take(*(Verdict(False, v.reason, v.code, "kind", v.remedy) for v in against))
        return given


class ConsentForm(Form):
    """A tick for each text: agreeing to one is not agreeing to the other (PIPL, Art. 29)."""

    privacy = Tick(label=_("我已阅读并同意个人信息保护说明"))
    identity = Tick(
        label=_("我单独同意为实名认证处理我的证件信息"),
        help_text=_(
            "姓名、证件号码和证件照片是敏感个人信息：只用来向权威库核对身份、由人工核验、防止冒用；加密存放，看全号都有记录。不同意就不能实名认证，也就不能办事。"
        ),
    )

    def __init__(self, *args: Any, texts: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {name: field for name, field in self.fields.items() if name in texts}


class AnswerForm(Form):
    transition = Text(max_length=40)
    note = LongText(label=_("答复或理由"), max_length=1000, rows=3, required=False)


class CloseForm(Form):
    password = Password(label=_("登录密码"))
