"""The steps of the two registrations."""

from __future__ import annotations

from typing import Any

from django.forms import CharField, HiddenInput
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Choice, Day, Form, Password, Text, Tick
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.refdata import divisions, identity_numbers, names, phones, tables, unit_numbers
from waizhuan.shared.refdata.fields import Country


def doc_types() -> list[tuple[str, Any]]:
    return [(t.value, identity_numbers.label(t)) for t in identity_numbers.DocType]


def province_choices() -> list[tuple[str, Any]]:
    return [("", _("请选择")), *divisions.provinces()]


def mainland_kinds() -> list[tuple[str, Any]]:
    return [kind for kind in tables.UNIT_KINDS if kind[0] not in ("hkmt", "foreign")]


def check_identity(form: Form, given: dict[str, Any], prefix: str = "") -> None:
    """Name and document together: each wrong thing beside its own field; the normal forms into `given`."""
    name = names.check_name(given.get(prefix + "name") or "")
    if given.get(prefix + "name"):
        form.take(no(name.verdict.reason, field=prefix + "name") if not name.verdict.ok else name.verdict)
        given[prefix + "name"] = name.name
    number, kind = given.get(prefix + "doc_number"), given.get(prefix + "doc_type")
    if number and kind:
        country = given.get(prefix + "doc_country") or ("" if kind == "passport" else "CHN")
        if kind == "passport" and not country:
            form.take(no(say("请选择签发护照的国家或地区"), field=prefix + "doc_country", code="D7"))
            return
        given[prefix + "doc_country"] = country if kind == "passport" else "CHN"
        checked = identity_numbers.check_document(kind, number, country)
        if not checked.verdict.ok:
            form.take(no(checked.verdict.reason, field=prefix + "doc_number", code=checked.verdict.code))
        given[prefix + "doc_number"], given[prefix + "doc_key"] = checked.number, checked.key


class IdentityForm(Form):
    name = Text(label=_("姓名"), help_text=_("与证件上一致。"), max_length=100, autocomplete="name")
    doc_type = Choice(label=_("证件类型"), choices=doc_types)
    doc_country = Country(
        label=_("签发护照的国家或地区"), help_text=_("只有护照要填。输入名称的一部分，再从列表里选。"), required=False
    )
    doc_number = Text(label=_("证件号码"), max_length=40)
    doc_expires = Day(label=_("证件有效期至"), help_text=_("长期有效的不填。"), required=False)

    def clean(self) -> dict[str, Any]:
        check_identity(self, self.cleaned_data)
        return self.cleaned_data


class LoginForm(Form):
    """`words`: names of the account that the password must not be like."""

    login_name = Text(
        label=_("登录名"),
        help_text=_("字母、数字、下划线，4 到 20 位，不分大小写。"),
        max_length=40,
        autocomplete="username",
    )
    password = Password(label=_("密码"), autocomplete="new-password")
    password2 = Password(label=_("再输入一次密码"), autocomplete="new-password")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("password") and given.get("password2") and given["password"] != given["password2"]:
            self.take(no(say("与上面的密码不一样"), field="password2", code="B4"))
        return given


class PhoneForm(Form):
    phone = Text(
        label=_("手机号"),
        help_text=_("境外号码请带国家代码，例如 +46 70 123 45 67。"),
        max_length=40,
        autocomplete="tel",
        inputmode="tel",
    )

    def clean(self) -> dict[str, Any]:
        text = self.cleaned_data.get("phone")
        if text:
            phone = phones.read_phone(text, mobile=True)
            if not phone.verdict.ok:
                self.take(no(phone.verdict.reason, field="phone", code="D8"))
            self.cleaned_data["phone"] = phone.e164
        return self.cleaned_data


class CodeForm(Form):
    code = Text(
        label=_("验证码"),
        help_text=_("6 位数字，10 分钟内有效。"),
        max_length=12,
        autocomplete="one-time-code",
        inputmode="numeric",
        width="10",
    )
    consent = Tick(label=_("我已阅读并同意个人信息保护说明"))


class UnitForm(Form):
    """A unit, by the place where it is registered: the fields of that place alone stand on the page."""

    place = CharField(required=False, widget=HiddenInput)
    country = Country(label=_("在哪个国家或地区登记"), help_text=_("输入名称的一部分，再从列表里选。"), required=False)
    name = Text(label=_("单位全称"), help_text=_("与登记证书上一致。"), max_length=200, autocomplete="organization")
    uscc = Text(label=_("统一社会信用代码"), help_text=_("18 位，在登记证书上。"), max_length=60)
    unit_kind = Choice(label=_("单位类型"), choices=mainland_kinds)
    province = Choice(label=_("所在省份"), choices=province_choices)
    address = Text(label=_("地址"), max_length=300, autocomplete="street-address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.data if self.is_bound else self.initial
        asked = str(source.get("place") or unit_numbers.MAINLAND)
        self.where = asked if asked in dict(unit_numbers.PLACES) else unit_numbers.MAINLAND
        self.initial["place"] = self.where
        if ":" in str(self.initial.get("uscc") or ""):
            self.initial["uscc"] = unit_numbers.bare(self.initial["uscc"])
        label, hint = unit_numbers.CALLED[self.where]
        self.fields["uscc"].label, self.fields["uscc"].help_text = str(label), str(hint)
        if self.where != unit_numbers.ABROAD:
            del self.fields["country"]
        if self.where != unit_numbers.MAINLAND:
            del self.fields["unit_kind"], self.fields["province"]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        given["place"] = place = self.where
        if given.get("name"):
            name = names.check_organisation_name(given["name"])
            self.take(no(name.verdict.reason, field="name") if not name.verdict.ok else name.verdict)
            given["name"] = name.name
        if place == unit_numbers.ABROAD:
            if not given.get("country"):
                self.take(no(say("请选择登记的国家或地区"), field="country", code="A3"))
            elif given["country"] in (unit_numbers.MAINLAND, *unit_numbers.DIVISIONS):
                self.take(no(say("内地、香港、澳门、台湾的单位，请在上面选对应的地方"), field="country", code="A3"))
        if given.get("uscc"):
            code = unit_numbers.check(given.get("country") or place, given["uscc"])
            self.take(
                no(code.verdict.reason, field="uscc", code=code.verdict.code) if not code.verdict.ok else code.verdict
            )
            given["uscc"] = code.number
        if place != unit_numbers.MAINLAND:
            given["unit_kind"] = unit_numbers.unit_kind(place)
            given["province"] = unit_numbers.DIVISIONS.get(place, "")
        return given


class AgentForm(Form):
    """主代办人: anybody of the unit."""

    agent_name = Text(label=_("主代办人姓名"), help_text=_("与证件上一致。"), max_length=100, autocomplete="name")
    agent_doc_type = Choice(label=_("主代办人证件类型"), choices=doc_types)
    agent_doc_country = Country(
        label=_("签发护照的国家或地区"), help_text=_("只有护照要填。输入名称的一部分，再从列表里选。"), required=False
    )
    agent_doc_number = Text(label=_("主代办人证件号码"), max_length=40)

    def clean(self) -> dict[str, Any]:
        check_identity(self, self.cleaned_data, "agent_")
        return self.cleaned_data


class RepForm(Form):
    """法定代表人."""

    rep_name = Text(label=_("法定代表人姓名"), help_text=_("与登记证书上一致。"), max_length=100, autocomplete="off")
    rep_doc_type = Choice(label=_("法定代表人证件类型"), choices=doc_types)
    rep_doc_country = Country(
        label=_("签发护照的国家或地区"), help_text=_("只有护照要填。输入名称的一部分，再从列表里选。"), required=False
    )
    rep_doc_number = Text(label=_("法定代表人证件号码"), max_length=40)

    def clean(self) -> dict[str, Any]:
        check_identity(self, self.cleaned_data, "rep_")
        return self.cleaned_data


class LookupForm(Form):
    sought = Text(label=_("登录名、证件号码或信用代码"), max_length=60, autocomplete="off")
