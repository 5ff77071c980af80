"""Correcting what was typed, completing a unit's data, replacing a renewed document."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from waizhuan.identity import consents
from waizhuan.identity.actors import ANOTHER, UNAGREED
from waizhuan.identity.models import Account
from waizhuan.identity.rate import limit
from waizhuan.identity.realname import corrections, folding, rules
from waizhuan.identity.realname.forms import DocumentForm, RenewalForm, UnitForm
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.queries import open_case, own_person, own_unit
from waizhuan.identity.realname.screens import after_check, agreed, own_account
from waizhuan.identity.recovery import known
from waizhuan.identity.sign_in import sessions
from waizhuan.kernel.access import natural_person, screen, unit_account
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.ui.steps import Step
from waizhuan.kernel.ui.text import plain
from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import say

#: Trying numbers to learn whose are registered gets nobody far.
TRIES, PER = 10, 3600


def not_too_often(actor: Actor) -> Verdict:
    return limit(f"realname.correct:{actor.account_id}", times=TRIES, seconds=PER)


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _offered_below(error: Refused) -> list[Verdict]:
    """D3–D5 without their button: the page itself offers the way to the other account, and that ends this registration."""
    return [replace(v, remedy=None) if v.code in ("D3", "D4", "D5") else v for v in error.verdicts]


@screen("realname.correct", access=natural_person)
@agreed
def correct(request: HttpRequest) -> HttpResponse:
    """D10: put a typing error right while nothing is verified; D3: the number belongs to another account."""
    actor = _actor(request)
    person = own_person(actor)
    case = open_case(actor.account_id, rules.Kind.PERSON)
    may = rules.may_correct(person.real_name, case.state if case else "")
    if not may.ok:
        return render(request, "realname/fixed.html", {"may": may, "subject": case, "person": person})
    form = DocumentForm(request.POST or None, initial=DocumentForm.about(person))
    contested = False
    if request.method == "POST" and form.is_valid() and form.take(not_too_often(actor)):
        try:
            corrected = corrections.correct_person(actor, form.document(), claim=bool(request.POST.get("claim")))
        except Refused as error:
            form.take(*_offered_below(error))
            contested = any(v.code == "D3" for v in error.verdicts)
        else:
            after = _onwards(corrected) if corrected is not None else redirect("realname.status")
            another = consents.missing(actor.account_id or 0, consents.IDENTITY)
            return _agrees_first(request, after.url) if another else after
    context = {"form": form, "person": person, "contested": contested}
    return render(request, "realname/correct.html", context, status=422 if form.errors else 200)


def _agrees_first(request: HttpRequest, back: str) -> HttpResponse:
    """Somebody else than before: they agree for themselves, here; elsewhere they sign in anew."""
    account: Account = request.user  # type: ignore[assignment]
    sessions.end_others(account, but=request.session.session_key or "")
    sessions.go_on(request, account)
    request.session[UNAGREED] = ANOTHER
    return redirect(consents.page(back, consents.IDENTITY))


def _onwards(case: Case) -> HttpResponseRedirect:
    return redirect("realname.upload", case.pk) if case.state == "upload" else redirect("realname.status")


@screen("realname.renew", access=natural_person)
@agreed
def renew(request: HttpRequest) -> HttpResponse:
    """D10: the renewed document of the same person, by manual review."""
    actor = _actor(request)
    person = own_person(actor)
    case = open_case(actor.account_id, rules.Kind.PERSON)
    may = rules.may_renew(person.real_name, case.state if case else "")
    if not may.ok:
        return redirect("realname.case", case.pk) if case else redirect("realname.status")
    known = {"name": person.name, "doc_type": person.doc_type, "doc_country": person.doc_country}
    form = RenewalForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            begun = corrections.renew(actor, form.document())
        except Refused as error:
            form.take(*error.verdicts)
        else:
            return _onwards(begun)
    context = {"form": form, "person": person}
    return render(request, "realname/renew.html", context, status=422 if form.errors else 200)


@screen("realname.unit", access=unit_account)
@agreed
def unit(request: HttpRequest) -> HttpResponse:
    """D6: one form in three named parts; an error marks its part in the step list and links to its field."""
    actor = _actor(request)
    found = own_unit(actor)
    form = UnitForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            corrections.save_unit(actor, form.unit())
        except Refused as error:
            form.take(*_offered_below(error))
        else:
            another = consents.missing(found.account_id or 0, consents.IDENTITY)
            return _agrees_first(request, reverse("realname.status")) if another else after_check(actor)
    codes = {e.code for errors in form.errors.as_data().values() for e in errors}
    context = {
        "contested": bool(codes & {"D4", "D5"}),
        "renamed": "D5" in codes and "D4" not in codes,
        "form": form,
        "unit": found,
        "steps": _parts(form),
        "parts": _drawn(form),
    }
    return render(request, "realname/unit.html", context, status=422 if form.errors else 200)


@screen("realname.fold", access=own_account, methods=("POST",))
def fold(request: HttpRequest) -> HttpResponse:
    """D3–D5: give this registration up and recover the account that was there first, with what was typed here."""
    actor = _actor(request)
    unit = actor.kind == "legal"
    name, number = (_typed(request, n) for n in (("name", "uscc") if unit else ("name", "doc_number")))
    renamed = unit and request.POST.get("way") == "rename"
    folding.fold(actor)
    logout(request)
    known.keep(request, kind="unit" if unit else "person", name=name, number=number)
    if renamed:
        return redirect("appeals.details", "rename")
    return redirect(reverse("recovery.start") + ("?have=unit" if unit else "?have=number"))


def _typed(request: HttpRequest, name: str) -> str:
    return plain(request.POST.get(name, "")).replace("\x00", "").strip()[:200]


PARTS = (
    ("unit", say("单位信息"), UnitForm.UNIT),
    ("agent", say("授权信息：主代办人"), UnitForm.AGENT),
    ("rep", say("法定代表人"), UnitForm.REP),
)


def _parts(form: UnitForm) -> list[Step]:
    steps = []
    for code, label, names in PARTS:
        wrong = form.is_bound and form.is_wrong(names)
        complete = all(form[n].value() for n in names if form.fields[n].required)
        state = "bad" if wrong else "done" if complete else "next"
        small = say("有要改的地方") if wrong else say("填好了") if complete else say("还没有填全")
        steps.append(Step(label, state, small, f"#part-{code}"))
    return steps


def _drawn(form: UnitForm) -> list[dict[str, object]]:
    drawn = []
    for code, label, names in PARTS:
        fields = form.part(names)
        drawn.append({"code": code, "label": label, "fields": fields, "fixed": all(f.field.disabled for f in fields)})
    return drawn
