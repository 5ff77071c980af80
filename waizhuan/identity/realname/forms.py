"""What is typed: a document, and a unit in its three parts (D6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from waizhuan.identity.models import Organisation, Person
from waizhuan.identity.realname import rules
from waizhuan.identity.realname.actions import Document, Registered
from waizhuan.identity.realname.corrections import UnitData
from waizhuan.identity.registration.forms import check_identity
from waizhuan.kernel import clock
from waizhuan.kernel.ui.forms import Choice, Day, Form, LongText, Password, Text
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.refdata import divisions, unit_numbers
from waizhuan.shared.refdata.fields import Country
from waizhuan.shared.refdata.identity_numbers import LABELS, DocType
from waizhuan.shared.refdata.masks import mask_number
from waizhuan.shared.refdata.names import check_organisation_name
from waizhuan.shared.refdata.tables import UNIT_KINDS

DOC_TYPES = [(str(kind), label) for kind, label in LABELS.items()]


def _beside(verdict: Verdict, field: str) -> Verdict:
    return Verdict(verdict.ok, verdict.reason, verdict.code, field, verdict.remedy)


def _places() -> Iterator[tuple[Any, Any]]:
    """Cities under their provinces: one list, so that province and city cannot contradict each other."""
    for code, province in divisions.provinces():
        cities = [(c, name) for c, name in divisions.cities(code)]
        yield (province, [(code, province), *cities])


class DocumentForm(Form):
    """A name and an identity document (D7)."""

    name = Text(
        label=_("姓名"), help_text=_("和证件上的一样。外国人填护照上的拼写。"), max_length=50, autocomplete="name"
    )
    doc_type = Choice(label=_("证件类型"), choices=DOC_TYPES)
    doc_country = Country(
        label=_("签发护照的国家或地区"), required=False, help_text=_("只有护照要填。输入名称的一部分，再从列表里选。")
    )
    doc_number = Text(
        label=_("证件号码"), help_text=_("空格、横线、全角数字都可以，系统会整理"), max_length=40, autocomplete="off"
    )
    doc_expires = Day(label=_("有效期至"), required=False, help_text=_("长期有效的不用填"))

    @classmethod
    def about(cls, person: Person) -> dict[str, object]:
        """What is known already."""
        return {
            "name": person.name,
            "doc_type": person.doc_type,
            "doc_country": person.doc_country if person.doc_type == DocType.PASSPORT else "",
            "doc_number": person.doc_number,
            "doc_expires": person.doc_expires,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_identity(self, data)
        expires = data.get("doc_expires")
        if expires and expires < clock.today():
            self.take(no(say("证件已经过期，请用有效的证件"), field="doc_expires"))
        return data

    def document(self) -> Document:
        data = self.cleaned_data
        return Document(
            data["name"],
            data["doc_type"],
            data["doc_number"],
            data["doc_country"],
            data.get("doc_expires"),
        )


class NoteForm(Form):
    """A word to the other side, beside buttons whose refusals the page itself sums up."""

    note = LongText(label=_("给审核员的话"), max_length=500, rows=2, required=False)

    @classmethod
    def with_refusals(cls, data: Any, verdicts: Sequence[Verdict]) -> NoteForm:
        """What was typed, with the refusals: they count in the page's title, the page draws the summary."""
        form = cls(data) if verdicts else cls()
        form.take(*(v for v in verdicts if v.field != "note"))  # the field says its own
        form.summed_up = True
        return form

    summed_up = False


class RenewalForm(DocumentForm):
    """The same person's renewed document: the name stays (D10)."""

    doc_expires = Day(label=_("新证件有效期至"), required=False, help_text=_("长期有效的不用填"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].disabled = True


def _number_of_its_place(form: Form, unit: Organisation) -> str:
    """Call the number of a unit from elsewhere as it is called there; gives the place back."""
    place = unit_numbers.place_of(unit.uscc or "")
    if place != unit_numbers.MAINLAND:
        label, hint = unit_numbers.CALLED.get(place, unit_numbers.CALLED[unit_numbers.ABROAD])
        form.fields["uscc"].label, form.fields["uscc"].help_text = str(label), str(hint)
        form.initial["uscc"] = unit_numbers.bare(unit.uscc or "")
        for name in ("unit_kind", "division"):  # the place has decided both
            form.fields[name].disabled, form.fields[name].required = True, False
    return place


def _keep_choosable(field: Any, code: str) -> None:
    """A place that the list does not have (a county, or none) stays as it is until another one is chosen."""
    if code and not field.valid_value(code):
        field.choices = [(code, divisions.division_name(code) or code), *field.choices]
    field.required = field.required and bool(code)


def _check_unit(form: Form, data: dict[str, Any], place: str) -> None:
    """Full name and number, each wrong thing beside its field; the normal forms into `data`."""
    if data.get("name"):
        named = check_organisation_name(data["name"])
        if form.take(_beside(named.verdict, "name")):
            data["name"] = named.name
    if data.get("uscc"):
        code = unit_numbers.check(place, data["uscc"])
        form.take(code.verdict)
        data["uscc"] = code.number


class UnitForm(Form):
    """A unit in its three parts; `PARTS` says which field belongs to which (D6)."""

    name = Text(label=_("单位全称"), help_text=_("和登记证书上的一样"), max_length=100, autocomplete="organization")
    uscc = Text(label=_("统一社会信用代码"), help_text=_("18 位数字和大写字母"), max_length=60, autocomplete="off")
    unit_kind = Choice(label=_("单位类型"), choices=UNIT_KINDS)
    division = Choice(label=_("所在地区"), choices=_places)
    address = Text(label=_("单位地址"), max_length=200, required=False, autocomplete="street-address")
    agent_name = Text(label=_("主代办人姓名"), help_text=_("单位里经办这些事的人，任何一位都可以"), max_length=50)
    agent_doc_type = Choice(label=_("主代办人证件类型"), choices=DOC_TYPES)
    agent_doc_country = Country(label=_("签发主代办人护照的国家或地区"), help_text=_("只有护照要填。"), required=False)
    agent_doc_number = Text(label=_("主代办人证件号码"), max_length=40, autocomplete="off")
    rep_name = Text(label=_("法定代表人姓名"), help_text=_("登记证书上的法定代表人或负责人"), max_length=50)
    rep_doc_type = Choice(label=_("法定代表人证件类型"), choices=DOC_TYPES)
    rep_doc_country = Country(label=_("签发法定代表人护照的国家或地区"), help_text=_("只有护照要填。"), required=False)
    rep_doc_number = Text(label=_("法定代表人证件号码"), max_length=40, autocomplete="off")

    UNIT = ("name", "uscc", "unit_kind", "division", "address")
    AGENT = ("agent_name", "agent_doc_type", "agent_doc_country", "agent_doc_number")
    REP = ("rep_name", "rep_doc_type", "rep_doc_country", "rep_doc_number")

    def __init__(self, unit: Organisation, *args: Any, **kwargs: Any) -> None:
        known = {name: getattr(unit, name) or "" for name in (*self.UNIT, *self.AGENT, *self.REP)}
        for who in ("agent", "rep"):
            if known[f"{who}_doc_type"] != DocType.PASSPORT:
                known[f"{who}_doc_country"] = ""
        super().__init__(*args, initial=known, **kwargs)
        self.place = _number_of_its_place(self, unit)
        fixed: tuple[str, ...] = self.AGENT if unit.agent_real_name == "passed" else ()
        fixed += (*self.UNIT, *self.REP) if unit.real_name == "passed" else ()
        for name in fixed:
            self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        _check_unit(self, data, self.place)
        check_identity(self, data, "agent_")
        check_identity(self, data, "rep_")
        return data

    def part(self, names: tuple[str, ...]) -> list[Any]:
        return [self[name] for name in names]

    def is_wrong(self, names: tuple[str, ...]) -> bool:
        return any(name in self.errors for name in names)

    def _document(self, who: str) -> Document:
        data = self.cleaned_data
        return Document(
            data[f"{who}_name"], data[f"{who}_doc_type"], data[f"{who}_doc_number"], data[f"{who}_doc_country"]
        )

    def unit(self) -> UnitData:
        data = self.cleaned_data
        return UnitData(
            data["name"],
            data["uscc"],
            data["unit_kind"],
            data["division"],
            data.get("address") or "",
            self._document("agent"),
            self._document("rep"),
        )


class ChangeForm(Form):
    """What a verified unit is registered as from now on (E11). The representative's number stays out of the page: left empty,
    it is as it was."""

    name = Text(
        label=_("单位全称"), help_text=_("和变更后的登记证书上的一样"), max_length=100, autocomplete="organization"
    )
    uscc = Text(label=_("统一社会信用代码"), help_text=_("18 位数字和大写字母"), max_length=60, autocomplete="off")
    unit_kind = Choice(label=_("单位类型"), choices=UNIT_KINDS)
    division = Choice(label=_("所在地区"), choices=_places)
    address = Text(
        label=_("单位地址"),
        help_text=_("登记证书上的住所"),
        max_length=200,
        required=False,
        autocomplete="street-address",
    )
    rep_name = Text(label=_("法定代表人姓名"), help_text=_("登记证书上的法定代表人或负责人"), max_length=50)
    rep_doc_type = Choice(label=_("法定代表人证件类型"), choices=DOC_TYPES)
    rep_doc_country = Country(label=_("签发法定代表人护照的国家或地区"), help_text=_("只有护照要填。"), required=False)
    rep_doc_number = Text(label=_("法定代表人证件号码"), max_length=40, required=False, autocomplete="off")
    password = Password(label=_("单位账号的密码"))

    def __init__(self, unit: Organisation, *args: Any, **kwargs: Any) -> None:
        passport = unit.rep_doc_type == DocType.PASSPORT
        known = {n: getattr(unit, n) or "" for n in ("name", "uscc", *rules.PARTICULARS, "rep_name", "rep_doc_type")}
        super().__init__(
            *args, initial={**known, "rep_doc_country": unit.rep_doc_country if passport else ""}, **kwargs
        )
        self.unit = unit
        self.place = _number_of_its_place(self, unit)
        _keep_choosable(self.fields["division"], unit.division)
        now = say("现在登记的是 {number}，没有变就不用填。", number=mask_number(unit.rep_doc_number))
        self.fields["rep_doc_number"].help_text = str(now)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        _check_unit(self, data, self.place)
        if not data.get("rep_doc_number"):
            self._keep_document(data)
        check_identity(self, data, "rep_")
        if self.unit.address and not data.get("address") and "address" not in self.errors:
            self.take(no(say("单位地址不能改成空的"), field="address", code="E11"))
        return data

    def _keep_document(self, data: dict[str, Any]) -> None:
        unit = self.unit
        same = data.get("rep_name") == unit.rep_name and data.get("rep_doc_type") == unit.rep_doc_type
        if same and unit.rep_doc_type == DocType.PASSPORT:
            same = data.get("rep_doc_country") in ("", unit.rep_doc_country)
        if same:
            data["rep_doc_number"], data["rep_doc_country"] = unit.rep_doc_number, unit.rep_doc_country
        else:
            self.take(no(say("换了法定代表人或证件，请填写证件号码"), field="rep_doc_number", code="E11"))

    def registered(self) -> Registered:
        data = self.cleaned_data
        rep = Document(data["rep_name"], data["rep_doc_type"], data["rep_doc_number"], data["rep_doc_country"])
        return Registered(
            data["name"], data["uscc"], rep, data["unit_kind"], data["division"], data.get("address") or ""
        )
