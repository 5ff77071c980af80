"""What the support desk types."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waizhuan.identity.operators.rules import BY, PURPOSES
from waizhuan.kernel.ui.forms import Choice, Form, LongText, Text


class SearchForm(Form):
    by = Choice(label=_("按什么查"), choices=BY, radio=True, initial="document")
    value = Text(
        label=_("准确的号码或名称"), help_text=_("要完整、准确，不能只填一部分"), max_length=100, autocomplete="off"
    )
    purpose = Choice(label=_("查看的用途"), choices=PURPOSES, help_text=_("会和您的姓名一起记入审计日志"))


class PurposeForm(Form):
    purpose = Choice(label=_("查看的用途"), choices=PURPOSES, help_text=_("会和您的姓名一起记入审计日志"))


class ReasonForm(Form):
    reason = Text(label=_("理由"), max_length=200, help_text=_("会记入审计日志，本人也会收到消息"), autocomplete="off")


class ProposalForm(Form):
    """Nobody is told of a proposal: its reason goes to whoever decides, and with the decision to whom it concerns."""

    reason = Text(
        label=_("理由"), max_length=200, help_text=_("复核的人会看到；撤回以后也写在给对方的消息里"), autocomplete="off"
    )


class DecisionForm(Form):
    transition = Text(max_length=40)
    version = Text(max_length=10, required=False)
    note = LongText(
        label=_("理由"), max_length=1000, rows=3, required=False, help_text=_("不撤回时要写，提出的人会看到")
    )
