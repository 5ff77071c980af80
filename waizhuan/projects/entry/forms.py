"""The form of the profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from waizhuan.identity.api import Organisation, Tier
from waizhuan.kernel.ui.forms import Choice, Form, LongText, Text
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import SILENCE, Words
from waizhuan.projects.departments import queries
from waizhuan.projects.departments.rules import Office
from waizhuan.projects.entry.rules import REQUIRED, wrong_tier
from waizhuan.shared.refdata.phones import read_phone, show_phone

KINDS = [
    ("city", _("市级外国专家局")),
    ("province", _("省级外国专家局")),
    ("subprovincial", _("副省级城市外国专家局")),
    ("corps", _("兵团外国专家局")),
    ("central", _("部委或中央单位")),
]


PLEASE = ("", _("请选择"))


class DepartmentForm(Form):
    """Type of bureau and province (or the office itself), in whichever order, then the city. Each list holds only what fits
    what was chosen before, so an impossible combination cannot be built; whoever begins with a province is offered both
    its own bureau and those of its cities (F5)."""

    kind = Choice(label=_("归口单位的类型"), choices=[PLEASE, *KINDS], required=False)
    root = Choice(label=_("省份或部门"), required=False)
    city = Choice(label=_("城市"), required=False)
    #: what `advise` found
    advice: Verdict = YES
    right: Office | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = str(self["kind"].value() or "")
        kind = kind if kind in dict(KINDS) else ""
        roots = queries.roots(Tier.PROVINCE if kind == "city" else kind)
        self._offer("root", [PLEASE, *grouped(roots, by_kind=not kind)])
        chosen = next((d for d in roots if str(d.pk) == str(self["root"].value() or "")), None)
        self._only = None if chosen is None or kind or chosen.tier == Tier.PROVINCE else chosen
        if self._only is not None:  # nothing is left to choose
            self.initial["kind"] = str(self._only.tier)
        elif chosen is not None and not kind:
            self._offer("kind", [PLEASE, *KINDS[:2]])
        if kind == "city":
            cities = queries.cities_of(chosen.pk) if chosen is not None else []
            self._offer("city", [PLEASE, *((str(d.pk), d.name) for d in cities)])
        else:
            del self.fields["city"]
        for field in self.fields.values():
            field.needed = True  # type: ignore[attr-defined]

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def advise(self, unit: Organisation) -> None:
        """Warn where the choice that stands there is most likely the wrong tier, with the right office. One query."""
        kind = str(self["kind"].value() or "")
        name = "city" if kind == "city" else "root"
        id = self._only.pk if self._only else self[name].value() if kind and name in self.fields else None
        offices = queries.offices(queries.tree()) if id else []
        chosen = next((o for o in offices if str(o.id) == str(id)), None)
        if chosen is not None:
            self.advice, self.right = wrong_tier(
                division=unit.division, uscc=unit.uscc or "", chosen=chosen, offices=offices
            )

    def is_half(self) -> bool:
        """Something is chosen, and it does not name an office yet."""
        return any(self.cleaned_data.values()) and self.department() is None

    def department(self) -> int | None:
        """The office that is chosen, or None as long as the choice is not complete."""
        given = self.cleaned_data
        if self._only is not None:
            return int(self._only.pk)
        kind = given.get("kind")
        chosen = given.get("city") if kind == "city" else given.get("root") if kind else None
        return int(chosen) if chosen else None


def grouped(roots: Sequence[Any], *, by_kind: bool) -> list[Any]:
    """The offices as choices; under the name of their type as long as no type is chosen."""
    if not by_kind:
        return [(str(d.pk), d.name) for d in roots]
    groups = [(label, [(str(d.pk), d.name) for d in roots if d.tier == tier]) for tier, label in KINDS]
    return [group for group in groups if group[1]]


def initial_of(department: Any) -> dict[str, str]:
    """The three choices that lead to this department."""
    if department is None:
        return {}
    if department.tier == Tier.CITY:
        return {"kind": "city", "root": str(department.parent_id), "city": str(department.pk)}
    return {"kind": department.tier, "root": str(department.pk)}


def with_office(posted: QueryDict) -> QueryDict:
    """What was typed, with the office that the warning's button named instead of the one that was chosen."""
    id = whole(posted.get("office", ""))
    office = queries.department(id) if id is not None else None
    if office is None:
        return posted
    changed = posted.copy()
    for name in ("kind", "root", "city"):
        changed.pop(name, None)
    changed.update(initial_of(office))
    return changed


class ProfileForm(Form):
    """Nothing is required while it is a draft: what is missing is said when it is handed in."""

    address = Text(label=_("通信地址"), max_length=300, autocomplete="street-address", required=False)
    postcode = Text(
        label=_("邮政编码"), max_length=10, autocomplete="postal-code", inputmode="numeric", width="10", required=False
    )
    contact_name = Text(
        label=_("联系人"), help_text=_("审核时有问题会找这个人。"), max_length=100, autocomplete="name", required=False
    )
    contact_phone = Text(
        label=_("联系电话"),
        help_text=_("手机，或带区号的座机，例如 0571-8888 1204。"),
        max_length=40,
        autocomplete="tel",
        inputmode="tel",
        required=False,
    )
    contact_email = forms.EmailField(label=_("联系邮箱"), max_length=200, required=False)
    field = Text(label=_("主要领域"), help_text=_("例如：海洋工程、材料科学。"), max_length=200, required=False)
    introduction = LongText(label=_("单位简介"), max_length=1000, required=False)
    #: what is wrong with the file that was sent along
    file_problem: Words = SILENCE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = kwargs.get("initial") or {}
        if initial.get("contact_phone"):
            initial["contact_phone"] = show_phone(initial["contact_phone"])
        super().__init__(*args, **kwargs)
        for name, _reason in REQUIRED:
            if name in self.fields:
                self.fields[name].needed = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        text = self.cleaned_data.get("contact_phone")
        if text:
            phone = read_phone(text)
            if phone.verdict.ok:
                self.cleaned_data["contact_phone"] = phone.stored
            else:
                self.take(no(phone.verdict.reason, field="contact_phone", code="D8"))
        return self.cleaned_data


class DecisionForm(Form):
    transition = Text(label=_("决定"), max_length=40, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)
    note = LongText(
        label=_("给单位的话"),
        help_text=_("请补充或不通过时要写明理由；通过时可以不写。"),
        max_length=2000,
        required=False,
    )
    department = forms.IntegerField(required=False, widget=forms.HiddenInput)
