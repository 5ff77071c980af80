"""What an appellant prints (附件1 and its like, G5; the statement of a change of name, E11): filled in, with a code by which
the scan finds its case."""

from __future__ import annotations

from django.utils.translation import get_language, override

from waizhuan.identity.appeals import rules
from waizhuan.identity.appeals.models import Appeal
from waizhuan.identity.appeals.papers import CODES
from waizhuan.kernel.words import Words, say
from waizhuan.shared.letters import api as letters
from waizhuan.shared.letters import codes
from waizhuan.shared.refdata.identity_numbers import label as doc_label
from waizhuan.shared.refdata.unit_numbers import bare, called

TITLES = {
    rules.PERSON: say("账号申诉书"),
    rules.PHONE: say("外国专家项目系统账号添加手机号申请（附件1）"),
    rules.UNIT: say("单位账号申诉书"),
    rules.RENAME: say("单位改名找回账号申诉书"),
}
STATEMENTS = {
    rules.PERSON: say("本人因收不到验证码等原因无法登录，申请找回账号，并改用上面的手机号。以上内容属实。"),
    rules.PHONE: say(
        "上面的账号是以前在外国专家项目管理系统使用的，当初没有预留手机号，无法用忘记密码的方式找回登录密码。现申请增加上面的预留手机号，用它重设密码，由上面的人使用。以上内容属实。"
    ),
    rules.UNIT: say("本单位因主代办人变动等原因无法登录，申请找回单位账号，由上面的人担任主代办人。以上内容属实。"),
    rules.RENAME: say(
        "本单位已更名为上面的名称，登记的号码没有变。申请找回单位账号，更新名称，由上面的人担任主代办人。以上内容属实。"
    ),
}


def pdf_of(appeal: Appeal) -> bytes:
    """The filled-in form, in the reader's language. 0.1 to 0.3 s."""
    unit = appeal.kind in rules.UNITS
    sealed = unit or appeal.kind == rules.PHONE
    rows: list[tuple[Words, str]] = []
    if appeal.old_name:
        rows.append((say("原名称"), appeal.old_name))
    if unit:
        rows += [(say("单位全称"), appeal.unit_name), (called(appeal.uscc), bare(appeal.uscc))]
    if appeal.login_name:
        rows.append((say("登录名"), appeal.login_name))
    rows += [
        (say("新的主代办人") if unit else say("姓名"), appeal.name),
        (doc_label(appeal.doc_type), appeal.doc_number),
        (say("新的手机号"), appeal.phone),
    ]
    if appeal.email:
        rows.append((say("新的电子邮箱"), appeal.email))
    if appeal.words:
        rows.append((say("说明"), appeal.words))
    data = {
        "title": str(TITLES[appeal.kind]),
        "number": appeal.number or "",
        "rows": [(str(label), value) for label, value in rows],
        "statement": str(STATEMENTS[appeal.kind]),
        "sign": str(say("主代办人签名：") if unit else say("本人签名：")),
        "dated": str(say("日期：")),
        "seal": str(say("单位公章")) if sealed else "",
        "code": codes.svg(CODES["form"] + (appeal.number or "")),
        "footer": str(
            say(
                "请签名{seal}后扫描或拍照，在申诉页面上传。右上角的二维码要拍清楚。",
                seal=say("、盖章") if sealed else "",
            )
        ),
    }
    return letters.render("appeals/appeal", data, language=get_language() or "zh-hans")


def statement_of(appeal: Appeal) -> bytes:
    """The statement of a unit's change of name, to be signed and sealed: in Chinese, as the certificates that it goes with."""
    with override("zh-hans"):
        rows = [
            (say("原名称"), appeal.old_name),
            (say("现名称"), appeal.unit_name),
            (called(appeal.uscc), bare(appeal.uscc)),
            (say("更名日期"), "　　　　年　　　月　　　日"),
            (say("主代办人"), appeal.name),
        ]
        data = {
            "title": str(say("单位更名说明")),
            "number": appeal.number or "",
            "rows": [(str(label), value) for label, value in rows],
            "statement": str(
                say("本单位已在登记机关办理更名，原名称不再使用，登记的号码没有变。新旧名称为同一单位。以上内容属实。")
            ),
            "sign": str(say("法定代表人或主代办人签名：")),
            "dated": str(say("日期：")),
            "seal": str(say("单位公章")),
            "code": codes.svg(CODES["statement"] + (appeal.number or "")),
            "footer": str(say("请填写更名日期，签名、盖章后扫描或拍照，在申诉页面上传。右上角的二维码要拍清楚。")),
        }
        return letters.render("appeals/appeal", data)
