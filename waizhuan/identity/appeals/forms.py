"""What an appeal asks: only what is needed to find the account, prove who one is, and reach one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from waizhuan.identity.appeals.models import Appeal
from waizhuan.identity.appeals.rules import CONSENT, PERSON, PHONE, RENAME, UNIT
from waizhuan.identity.models import Organisation
from waizhuan.identity.registration.forms import check_identity, doc_types
from waizhuan.kernel.ui.forms import Choice, Form, LongText, Text, Tick
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.refdata import identity_numbers, names, phones, unit_numbers
from waizhuan.shared.refdata.fields import Country


class KindForm(Form):
    kind = Choice(
        label=_("您要找回什么"),
        choices=[
            ("person", _("个人账号：预留的手机和邮箱都不能用了，或者两步验证丢了")),
            ("phone", _("以前的外专账号：没有身份证信息，也没有预留手机")),
            ("unit", _("单位账号：主代办人离开了，或者收不到验证码")),
            ("rename", _("单位账号：单位改过名，按新名称找回")),
        ],
        radio=True,
        error_messages={"required": _("请选一项")},
    )


class _Appeal(Form):
    name = Text(label=_("您的姓名"), help_text=_("与证件上一致。"), max_length=100, autocomplete="name")
    doc_type = Choice(label=_("证件类型"), choices=doc_types)
    doc_country = Country(
        label=_("签发护照的国家或地区"), help_text=_("只有护照要填。输入名称的一部分，再从列表里选。"), required=False
    )
    doc_number = Text(label=_("证件号码"), max_length=40)
    phone = Text(
        label=_("新的手机号"),
        help_text=_("用来收验证码和结果，以后用它登录。境外号码请带国家代码。"),
        max_length=40,
        autocomplete="tel",
        inputmode="tel",
    )
    email = Text(label=_("新的电子邮箱"), max_length=120, required=False, autocomplete="email", inputmode="email")
    words = LongText(label=_("还有什么要说明"), max_length=500, rows=3, required=False)
    identity = Tick(
        label=_("我单独同意为核对这件申诉处理我的证件信息"),
        help_text=_(
            "姓名、证件号码和证件照片是敏感个人信息：只用来由人工核对这件申诉、防止冒用；加密存放，看全号都有记录。可以不同意：不能申诉，别的找回办法不受影响。撤回申诉，就是收回同意。"
        ),
        error_messages={"required": _("同意才能申诉，请勾选")},
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        check_identity(self, given)
        if given.get("phone"):
            phone = phones.read_phone(given["phone"], mobile=True)
            self.take(no(phone.verdict.reason, field="phone", code="D8") if not phone.verdict.ok else phone.verdict)
            given["phone"] = phone.e164
        if given.get("email") and ("@" not in given["email"][1:-1] or " " in given["email"]):
            self.take(no(say("电子邮箱的格式不对，例如 name@example.com"), field="email"))
        return given

    @classmethod
    def about(cls, appeal: Appeal) -> dict[str, object]:
        """What is in the draft already."""
        given = {name: getattr(appeal, name) for name in cls.base_fields if name != "identity"}
        return {**given, "identity": appeal.consent_version == CONSENT}


class PersonForm(_Appeal):
    login_name = Text(label=_("登录名"), help_text=_("记得就填，不记得不用填。"), max_length=60, required=False)
    field_order = ("name", "doc_type", "doc_country", "doc_number", "login_name", "phone", "email", "words")


class PhoneForm(_Appeal):
    """An account of the old system without any contact (F7, 附件1): only its login name is known."""

    login_name = Text(label=_("以前的登录名"), help_text=_("带不带 WGZJXM_ 都可以。"), max_length=60)
    field_order = ("login_name", "name", "doc_type", "doc_country", "doc_number", "phone", "email", "words")


LIKE_A_CODE = range(15, 21)  # characters: a credit code, maybe with some missing or doubled


def _is_known(text: str) -> bool:
    """Has a unit of some place this number? One query."""
    return Organisation.objects.filter(uscc__in=unit_numbers.may_mean_anywhere(text)).exists()


class UnitForm(_Appeal):
    unit_name = Text(
        label=_("单位全称"), help_text=_("与登记证书上一致。"), max_length=200, autocomplete="organization"
    )
    uscc = Text(
        label=_("统一社会信用代码"),
        help_text=_("18 位，在登记证书上。境外和港澳台单位填当地的登记号码。"),
        max_length=60,
    )
    name = Text(
        label=_("新的主代办人姓名"),
        help_text=_("与证件上一致。"),
        max_length=100,
        autocomplete="name",
    )
    field_order: tuple[str, ...] = (
        "unit_name",
        "uscc",
        "name",
        "doc_type",
        "doc_country",
        "doc_number",
        "phone",
        "email",
        "words",
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("unit_name"):
            name = names.check_organisation_name(given["unit_name"])
            self.take(no(name.verdict.reason, field="unit_name") if not name.verdict.ok else name.verdict)
            given["unit_name"] = name.name
        if given.get("uscc"):
            meant = unit_numbers.may_mean(given["uscc"])
            code = identity_numbers.check_uscc(given["uscc"])
            abroad = unit_numbers.check(unit_numbers.ABROAD, given["uscc"])
            # the place of another number is found out by the unit; what looks like a credit code, and is no unit's number
            # elsewhere, is checked as one
            if not meant and (
                not abroad.verdict.ok or (len(code.number) in LIKE_A_CODE and not _is_known(given["uscc"]))
            ):
                self.take(no(code.verdict.reason, field="uscc"))
            given["uscc"] = code.number if code.verdict.ok else unit_numbers.bare(abroad.number)
        return given


class RenameForm(UnitForm):
    old_name = Text(
        label=_("单位的原名称"), help_text=_("改名以前的全称，会印在更名说明上。"), max_length=200, autocomplete="off"
    )
    unit_name = Text(
        label=_("单位的新名称"), help_text=_("与现在的登记证书上一致。"), max_length=200, autocomplete="organization"
    )
    field_order = ("old_name", *UnitForm.field_order)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("old_name"):
            name = names.check_organisation_name(given["old_name"])
            self.take(no(name.verdict.reason, field="old_name", code="E11") if not name.verdict.ok else name.verdict)
            given["old_name"] = name.name
        if given.get("old_name") and names.name_key(given["old_name"]) == names.name_key(given.get("unit_name", "")):
            self.take(no(say("原名称和新名称一样。没有改名的，请选“收不到验证码”那一项"), field="old_name", code="E11"))
        return given


FORMS: dict[str, type[_Appeal]] = {PERSON: PersonForm, PHONE: PhoneForm, UNIT: UnitForm, RENAME: RenameForm}


class FindForm(Form):
    number = Text(
        label=_("申诉编号"), help_text=_("形如 SS-2026-000012，在短信里。"), max_length=40, autocomplete="off"
    )
    phone = Text(label=_("申诉时填的手机号"), max_length=40, autocomplete="tel", inputmode="tel")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("phone"):
            phone = phones.read_phone(given["phone"], mobile=True)
            self.take(no(phone.verdict.reason, field="phone", code="D8") if not phone.verdict.ok else phone.verdict)
            given["phone"] = phone.e164
        return given


class ObjectionForm(Form):
    note = LongText(
        label=_("您为什么不同意"), help_text=_("例如：我还在用这个账号，没有申请找回。"), max_length=500, rows=3
    )
