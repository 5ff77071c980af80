"""What is typed about another system, and on the way into one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from waizhuan.identity.openid import claims, rules
from waizhuan.identity.openid.entering import NEEDS
from waizhuan.identity.openid.models import Client, Subject
from waizhuan.kernel import roles
from waizhuan.kernel.ui.forms import Choice, Form, LongText, MultipleChoice, Password, Text
from waizhuan.kernel.verdict import Verdict, all_no, no
from waizhuan.kernel.words import Words, say

AT_MOST = 10  # addresses of a kind
KINDS = (("web", say("网站：有自己的服务器，能保管密钥")), ("app", say("桌面或手机应用：没有密钥，只靠 PKCE")))
SUBJECTS = (
    (Subject.PAIRWISE.value, say("每个系统用不同的编号（推荐，系统之间不能对照）")),
    (Subject.PUBLIC.value, say("所有系统用同一个编号")),
)
#: services whose roles a system may be told of
SERVICES: dict[str, Words] = {"platform": say("政务服务平台"), "projects": say("外国专家项目管理")}


class PasswordForm(Form):
    password = Password(label=_("密码"))


class ClientForm(Form):
    """A system, as the operator registers it."""

    name = Text(label=_("系统名称"), max_length=60)
    name_en = Text(label=_("英文名称"), max_length=120)
    purpose = Text(label=_("一句话说明能办什么"), max_length=120)
    purpose_en = Text(label=_("英文说明"), max_length=240)
    owner = Text(label=_("由谁负责"), help_text=_("单位全称，会写在征求同意的页面上"), max_length=100)
    kind = Choice(label=_("哪一类"), choices=KINDS, radio=True, initial="web")
    entry_uri = Text(
        label=_("入口地址"), help_text=_("服务事项里的入口打开它，要能直接开始登录"), max_length=500, inputmode="url"
    )
    redirect_uris = LongText(
        label=_("回跳地址"), help_text=_("redirect_uri，一行一个，登录时要一字不差"), max_length=5100, rows=3
    )
    post_logout_uris = LongText(
        label=_("退出后的地址"),
        help_text=_("post_logout_redirect_uri，一行一个"),
        max_length=5100,
        rows=2,
        required=False,
    )
    logout_uri = Text(
        label=_("接收退出通知的地址"),
        help_text=_("backchannel_logout_uri：有人退出、被锁定或收回授权时，平台通知它"),
        max_length=500,
        required=False,
        inputmode="url",
    )
    scopes = MultipleChoice(
        label=_("可以看到什么"),
        choices=[(code, claims.SCOPE_WORDS[code][0]) for code in rules.SCOPES if code != "openid"],
        required=False,
    )
    services = MultipleChoice(label=_("可以看到哪些服务里的角色"), choices=list(SERVICES.items()), required=False)
    needs = MultipleChoice(label=_("进入前要办好什么"), choices=NEEDS, required=False)
    subject = Choice(label=_("用户编号"), choices=SUBJECTS, radio=True, initial=Subject.PAIRWISE.value)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for verdict in self._objections(cleaned):
            if verdict.field not in self.errors:
                self.take(verdict)
        return cleaned

    def _objections(self, cleaned: dict[str, Any]) -> list[Verdict]:
        strict, app = settings.PRODUCTION, cleaned.get("kind") == "app"
        found = []
        for field in ("redirect_uris", "post_logout_uris"):
            cleaned[field] = rules.lines(cleaned.get(field) or "")
            if len(cleaned[field]) > AT_MOST:
                found.append(no(say("最多 {n} 个地址", n=AT_MOST), field=field))
            found += [rules.address(u, strict=strict, loopback=app, field=field) for u in cleaned[field]]
        for field in ("entry_uri", "logout_uri"):
            if cleaned.get(field):
                found.append(rules.address(cleaned[field], strict=strict, field=field))
        if cleaned.get("subject") == Subject.PAIRWISE:
            found.append(rules.one_host(cleaned["redirect_uris"]))
        known = {role.service for role in roles.all_roles()}
        if not set(cleaned.get("services") or ()) <= known:
            found.append(no(say("没有这个服务"), field="services"))
        return all_no(found)


def initial_of(client: Client) -> dict[str, Any]:
    """A registered system as the form shows it."""
    plain = (
        "name",
        "name_en",
        "purpose",
        "purpose_en",
        "owner",
        "entry_uri",
        "logout_uri",
        "scopes",
        "services",
        "needs",
    )
    return {
        **{field: getattr(client, field) for field in plain},
        "subject": client.subject,
        "kind": "web" if client.confidential else "app",
        "redirect_uris": "\n".join(client.redirect_uris),
        "post_logout_uris": "\n".join(client.post_logout_uris),
    }


class ReasonForm(Form):
    reason = Text(label=_("理由"), max_length=200, help_text=_("会记入审计日志"), autocomplete="off")
