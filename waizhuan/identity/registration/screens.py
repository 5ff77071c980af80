"""Registering as a person or as a unit, step by step; and looking up whether one has registered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language

from waizhuan.identity import password_check, rate
from waizhuan.identity.recovery import known
from waizhuan.identity.registration import actions, rules
from waizhuan.identity.registration.forms import CodeForm, IdentityForm, LookupForm
from waizhuan.identity.registration.journeys import JOURNEYS, PERSON, UNIT, Journey, Stage
from waizhuan.identity.registration.models import Draft
from waizhuan.identity.sign_in import sessions
from waizhuan.identity.sign_in.captcha import add_captcha
from waizhuan.kernel import clock, crypto
from waizhuan.kernel.access import anyone, screen
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.ui.forms import Form
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.shared.notify import api as notify
from waizhuan.shared.refdata import masks, unit_numbers

TOKEN = "registration_{kind}"  # noqa: S105 (a session key, and the name of a cookie)
LEFT = "registration"  # salt of that cookie
DAY = 86400  # seconds
JUST_NOW = dt.timedelta(minutes=5)


def _draft(request: HttpRequest, kind: str) -> Draft | None:
    """The registration that this browser has under way: of this session, or left here earlier and not finished.

    A moment after the end the cookie still finds it: of two presses at once, the first has changed the session (B5).
    """
    token = request.session.get(TOKEN.format(kind=kind))
    if token:
        return Draft.objects.select_related("account").filter(token=token, kind=kind).first()
    left = request.get_signed_cookie(TOKEN.format(kind=kind), default="", salt=LEFT, max_age=actions.KEPT_DAYS * DAY)
    unfinished = Q(account=None) | Q(updated_at__gt=clock.now() - JUST_NOW)
    return Draft.objects.select_related("account").filter(unfinished, token=left, kind=kind).first() if left else None


def _begin(request: HttpRequest, kind: str) -> Draft:
    draft = Draft.objects.create(kind=kind)
    request.session[TOKEN.format(kind=kind)] = draft.token
    return draft


def _leave_open(request: HttpRequest, response: HttpResponse, draft: Draft) -> HttpResponse:
    """The session ends after an idle hour; this cookie brings the draft back as long as it is kept."""
    response.set_signed_cookie(
        TOKEN.format(kind=draft.kind),
        draft.token,
        salt=LEFT,
        max_age=actions.KEPT_DAYS * DAY,
        path=reverse("registration.lookup").removesuffix("lookup/"),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


@screen("registration.person", access=anyone, methods=("GET",))
def person(request: HttpRequest) -> HttpResponse:
    return _entrance(request, PERSON)


@screen("registration.unit", access=anyone, methods=("GET",))
def unit(request: HttpRequest) -> HttpResponse:
    return _entrance(request, UNIT)


def _entrance(request: HttpRequest, journey: Journey) -> HttpResponse:
    """To where this browser left off, or to the first step of a new registration."""
    draft = _draft(request, journey.kind)
    if draft is None or draft.account is not None:
        _begin(request, journey.kind)
        return redirect("registration.step", journey.kind, journey.stages[0].name)
    return redirect("registration.step", journey.kind, _furthest(journey, draft).name)


def _furthest(journey: Journey, draft: Draft) -> Stage:
    """The first step that is not filled in yet."""
    data = actions.data_of(draft)
    for stage in journey.stages:
        wanted = {"unit": ["name", "uscc", "address"], "login": ["login_name"], "code": ["never"]}.get(stage.name)
        names = wanted or [n for n, f in stage.form.base_fields.items() if f.required]
        if any(not data.get(n) for n in names) or (stage.name == "login" and not draft.password):
            return stage
    return journey.stages[-1]


@screen("registration.step", access=anyone)
def step(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    journey = JOURNEYS.get(kind)
    stage = journey.stage(name) if journey else None
    if journey is None or stage is None:
        raise Hidden
    draft = _draft(request, kind)
    if draft is not None and draft.account is not None:
        return redirect("registration.done", kind)  # a reload, a second press, the back button: the same success (B5)
    if draft is None:
        if stage is not journey.stages[0]:
            return redirect("registration.step", kind, journey.stages[0].name)
        draft = _begin(request, kind)
    elif journey.position(stage) > journey.position(_furthest(journey, draft)):
        return redirect("registration.step", kind, _furthest(journey, draft).name)
    form = _form(request, stage, draft)
    if request.method == "POST" and not _only_redraws(request):
        answer = _submitted(request, journey, stage, draft, form)
        if answer is not None:
            return _leave_open(request, answer, draft)
    response = render(
        request,
        "registration/step.html",
        _page(journey, stage, draft, form),
        status=422 if form.is_bound and form.errors else 200,
    )
    return _leave_open(request, response, draft)


@screen("registration.discard", access=anyone, methods=("POST",))
def discard(request: HttpRequest, kind: str) -> HttpResponse:
    """Forget what was typed: this is somebody else's device, or one begins anew."""
    draft = _draft(request, kind) if kind in JOURNEYS else None
    if draft is not None:
        actions.discard(draft)
        request.session.pop(TOKEN.format(kind=kind), None)
    return redirect("sign_in.start")


def _form(request: HttpRequest, stage: Stage, draft: Draft) -> Form:
    renewing = _only_redraws(request)
    typed = actions.data_of(draft)
    posted = request.POST.dict() if renewing else {}
    if "switch" in posted:  # to a unit of another place; what was typed stays
        posted["place"] = posted["switch"]
    form = stage.form(None if renewing else request.POST or None, initial={**typed, **posted})
    if stage.name in ("identity", "unit"):
        add_captcha(form)  # nobody harvests who is registered
    return form


def _only_redraws(request: HttpRequest) -> bool:
    """Another captcha, or the fields of another place: nothing is judged."""
    return "renew" in request.POST or "switch" in request.POST


def _submitted(request: HttpRequest, journey: Journey, stage: Stage, draft: Draft, form: Form) -> HttpResponse | None:
    """Go on, or None with the errors in the form."""
    if stage.name == "login":
        data = actions.data_of(draft)
        form.is_valid()
        form.take(*actions.login_objections(form.cleaned_data, _names(data)))
    if not form.is_valid():
        return None
    if stage.name in ("identity", "unit"):
        within = rate.limit(f"registration:{rate.network_of(request)}", times=30, seconds=3600)
        form.take(*([within] if not within else _collisions(request, stage, form.cleaned_data)))
    elif stage.name == "code":
        return _finish(request, journey, draft, form)
    if form.errors:
        return None
    actions.keep(draft, {**form.cleaned_data, "language": get_language() or "zh-hans"})
    if stage.name == "phone":
        verdict = _send_code(request, draft, form.cleaned_data["phone"])
        if not form.take(verdict):
            return None
    following = journey.after(stage)
    assert following is not None
    return redirect("registration.step", journey.kind, following.name)


def _collisions(request: HttpRequest, stage: Stage, given: dict[str, Any]) -> list[Verdict]:
    """What is registered already. What was typed goes along to recovery, which the refusal's button opens."""
    if stage.form is IdentityForm:
        found = actions.person_collision(given.get("doc_key", ""))
        if found is None:
            return []
        _carry(request, "person", given)
        return [found]
    taken = actions.unit_collisions(given["name"], given["uscc"])
    if taken:
        _carry(request, "unit", given)
    return taken


def _carry(request: HttpRequest, kind: str, given: dict[str, Any]) -> None:
    names = ("name", "doc_type", "doc_country")
    number = given.get("uscc" if kind == "unit" else "doc_number", "")
    known.keep(request, kind=kind, number=number, **{n: given[n] for n in names if n in given})


def _send_code(request: HttpRequest, draft: Draft, phone: str) -> Verdict:
    within = rate.limit(f"code-net:{rate.network_of(request)}", times=20, seconds=3600)
    verdict = within and notify.codes.issue("registration", phone, holder=str(draft.pk)).verdict
    return verdict if verdict.ok else no(verdict.reason, field="phone")


def _finish(request: HttpRequest, journey: Journey, draft: Draft, form: Form) -> HttpResponse | None:
    phone = actions.data_of(draft)["phone"]
    index = crypto.blind_index("phone", phone)
    if draft.phone_verified != index:
        verdict = notify.codes.check("registration", phone, form.cleaned_data["code"], holder=str(draft.pk))
        if not form.take(verdict):
            return None
        draft.phone_verified = index
        draft.save(update_fields=["phone_verified"])
    bound = actions.phone_collision(phone) if draft.kind == "person" else None
    if bound is not None:
        form.take(bound)
        return None
    try:
        account = actions.complete(draft)
    except Refused as refusal:
        _carry(request, journey.kind, actions.data_of(draft))
        form.take(*[no(v.reason, code=v.code, remedy=v.remedy) for v in refusal.verdicts])
        return None
    sessions.begin(request, account, how="registration")
    request.session[TOKEN.format(kind=journey.kind)] = draft.token
    response = redirect("registration.done", journey.kind)
    sessions.remember(request, response, account)
    return response


def _names(data: dict[str, Any]) -> list[str]:
    """The names that a password must not be like."""
    return [data[n] for n in ("name", "agent_name") if data.get(n)]


def _page(journey: Journey, stage: Stage, draft: Draft, form: Form) -> dict[str, Any]:
    data = actions.data_of(draft)
    given = ""
    if stage.name in ("login", "phone", "code"):
        number = (
            masks.mask_number(data["doc_number"]) if data.get("doc_number") else masks.mask_uscc(data.get("uscc", ""))
        )
        given = f"{data.get('name', '')}　{number}"
    before = journey.stages[max(0, journey.position(stage) - 2)]
    return {
        "form": form,
        "places": unit_numbers.PLACES if stage.name == "unit" else (),
        "journey": journey,
        "stage": stage,
        "steps": journey.step_list(stage),
        "given": given,
        "position": journey.position(stage),
        "count": len(journey.stages),
        "first": journey.stages[0],
        "before": before if before is not stage else None,
        "rules": password_check.sheet(_names(data)) if stage.name == "login" else None,
        "free": actions.free_names(form["login_name"].value() or "") if "login_name" in form.errors else (),
        "sent_to": masks.mask_phone(data["phone"]) if stage.form is CodeForm and data.get("phone") else "",
    }


@screen("registration.done", access=anyone, methods=("GET",))
def done(request: HttpRequest, kind: str) -> HttpResponse:
    """The one success page, however often it is asked for."""
    draft = _draft(request, kind) if kind in JOURNEYS else None
    if draft is None or draft.account is None:
        return redirect("registration.lookup")
    return render(request, "registration/done.html", {"account": draft.account, "kind": kind})


@screen("registration.check_name", access=anyone, methods=("GET",))
def check_name(request: HttpRequest) -> HttpResponse:
    """Is this login name free? A fragment beside the field, while typing."""
    name = request.GET.get("login_name", "")[:40]
    within = rate.limit(f"check-name:{rate.network_of(request)}", times=200, seconds=3600)
    verdict = within and rules.login_name_verdict(name, taken=actions.login_name_taken(name))
    free = actions.free_names(name) if not verdict.ok and within else []
    return render(request, "registration/check_name.html", {"verdict": verdict, "free": free, "typed": name})


@screen("registration.lookup", access=anyone)
def lookup(request: HttpRequest) -> HttpResponse:
    """Did my registration go through? Yes: sign in. No: register."""
    form = LookupForm(None if "renew" in request.POST else request.POST or None, initial=request.POST.dict())
    add_captcha(form)
    found: bool | None = None
    if request.method == "POST" and "renew" not in request.POST and form.is_valid():
        within = rate.limit(f"lookup:{rate.network_of(request)}", times=20, seconds=3600)
        if form.take(within if within else no(within.reason, field="sought")):
            found = actions.is_registered(form.cleaned_data["sought"])
    return render(
        request,
        "registration/lookup.html",
        {"form": form, "found": found, "unfinished": _unfinished(request)},
        status=422 if form.is_bound and form.errors else 200,
    )


def _unfinished(request: HttpRequest) -> list[Journey]:
    """The journeys that were begun in this browser and did not go through."""
    drafts = {kind: _draft(request, kind) for kind in JOURNEYS}
    return [JOURNEYS[kind] for kind, draft in drafts.items() if draft is not None and draft.account is None]
