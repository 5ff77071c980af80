"""申诉: for whom nothing else is left. What was typed before is carried over; each step can be left and resumed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from waizhuan.identity import rate
from waizhuan.identity.appeals import actions, letter, papers, rules
from waizhuan.identity.appeals.forms import FORMS, FindForm, KindForm, ObjectionForm
from waizhuan.identity.appeals.models import Appeal, AppealKind, Evidence
from waizhuan.identity.appeals.process import APPEAL
from waizhuan.identity.appeals.queries import MINE, own_appeal
from waizhuan.identity.recovery import known
from waizhuan.identity.recovery.forms import CodeForm
from waizhuan.identity.sign_in.actions import browser, within_network
from waizhuan.identity.sign_in.captcha import add_captcha
from waizhuan.kernel import clock
from waizhuan.kernel.access import anyone, screen
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.documents import api as documents
from waizhuan.shared.flow.api import history
from waizhuan.shared.flow.presenters import Case, case_of
from waizhuan.shared.notify import api as notify
from waizhuan.shared.refdata import masks

SOUGHT = "appeal_sought"  # session: the case that a code was sent for; 0 stands for none


@screen("appeals.start", access=anyone)
def start(request: HttpRequest) -> HttpResponse:
    """Which appeal. What a person or unit has typed on the way here says which is meant."""
    given = known.recall(request).get("kind", "")
    asked = request.GET.get("kind", "")
    form = KindForm(request.POST or None, initial={"kind": asked or given})
    if request.method == "POST" and form.is_valid():
        return redirect("appeals.details", form.cleaned_data["kind"])
    open_case = own_appeal(request)
    return render(
        request,
        "appeals/start.html",
        {"form": form, "open": open_case if open_case and open_case.state in rules.OPEN else None},
        status=422 if form.errors else 200,
    )


@screen("appeals.details", access=anyone)
def details(request: HttpRequest, kind: str) -> HttpResponse:
    """Who one is, which account it is about, where one can be reached now."""
    if kind not in FORMS:
        raise Hidden
    form_type = FORMS[kind]
    draft = own_appeal(request)
    mine = draft if draft and draft.state == "draft" and draft.kind == kind else None
    renewing = "renew" in request.POST
    initial: dict[str, Any] = form_type.about(mine) if mine else _carried(request, kind)
    form = form_type(None if renewing else request.POST or None, initial=request.POST.dict() if renewing else initial)
    add_captcha(form)
    if request.method == "POST" and not renewing and form.is_valid():
        within = rate.limit(f"appeal:{rate.network_of(request)}", times=20, seconds=3600)
        verdict = within and actions.begin(request, kind, form.cleaned_data, get_language() or "zh-hans")
        if form.take(verdict):
            current = own_appeal(request)
            return redirect("appeals.papers" if current and current.phone_verified_at else "appeals.code")
    return render(
        request,
        "appeals/details.html",
        {"form": form, "kind": kind, "kind_label": AppealKind(kind).label},
        status=422 if form.is_bound and form.errors else 200,
    )


def _carried(request: HttpRequest, kind: str) -> dict[str, Any]:
    """What was typed on the way here (E6)."""
    given = known.recall(request)
    carried: dict[str, Any] = {"login_name": given.get("login_name", "")}
    if kind in rules.UNITS:
        return {**carried, "unit_name": given.get("name", ""), "uscc": given.get("number", "")}
    own = {"name": given.get("name", ""), "doc_number": given.get("number", "")}
    return {**carried, **own, **{n: given[n] for n in ("doc_type", "doc_country") if n in given}}


def _draft(request: HttpRequest) -> Appeal | None:
    appeal = own_appeal(request)
    return appeal if appeal and appeal.state in rules.COLLECTING else None


def _agreed(appeal: Appeal) -> bool:
    """A draft from before the words of now goes back to where they are agreed to."""
    return rules.agreed(appeal.state, appeal.consent_version, appeal.kind).ok


@screen("appeals.code", access=anyone)
def code(request: HttpRequest) -> HttpResponse:
    """The code that was sent to the new number."""
    appeal = _draft(request)
    if appeal is None:
        return redirect("appeals.start")
    if appeal.phone_verified_at:
        return redirect("appeals.papers")
    sending = "again" in request.POST
    form = CodeForm(None if sending else request.POST or None)
    problem: Verdict | None = None
    if sending:
        sent = actions.send_code(request, appeal)
        problem = sent if not sent.ok else None
    elif request.method == "POST" and form.is_valid():
        within = rate.limit(f"appeal-code:{rate.network_of(request)}", times=30, seconds=3600)
        if form.take(within and actions.verify_phone(appeal, form.cleaned_data["code"], holder=browser(request))):
            return redirect("appeals.papers")
    return render(
        request,
        "appeals/code.html",
        {"form": form, "appeal": appeal, "sent_to": masks.mask_phone(appeal.phone), "problem": problem},
        status=422 if form.errors else 200,
    )


@screen("appeals.papers", access=anyone)
def papers_page(request: HttpRequest) -> HttpResponse:
    """Print, sign, upload each paper at once, hand in."""
    appeal = _draft(request)
    if appeal is None:
        return redirect("appeals.case" if own_appeal(request) else "appeals.start")
    if appeal.phone_verified_at is None:
        return redirect("appeals.code")
    if not _agreed(appeal):
        return redirect("appeals.details", appeal.kind)
    verdicts: list[Verdict] = []
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            actions.submit(appeal, whole(version))
            known.forget(request)
            return redirect("appeals.case")
        except Refused as refusal:
            verdicts = list(refusal.verdicts)
    return _papers(request, appeal, verdicts)


def _papers(request: HttpRequest, appeal: Appeal, verdicts: list[Verdict]) -> HttpResponse:
    asked = [s for s in history(APPEAL, appeal) if s.transition == "ask"] if appeal.state == "asked" else []
    return render(
        request,
        "appeals/papers.html",
        {
            "appeal": appeal,
            "places": papers.places_of(appeal, verdicts),
            "verdicts": verdicts,
            "asked_for": asked[0].note if asked else "",
            "given": _given(appeal),
        },
        status=422 if verdicts else 200,
    )


def _given(appeal: Appeal) -> str:
    who = appeal.unit_name if appeal.kind in rules.UNITS else appeal.name
    return f"{who}　{masks.mask_phone(appeal.phone)}"


@screen("appeals.form", access=anyone, methods=("GET",))
def form_pdf(request: HttpRequest) -> HttpResponse:
    """The form to print."""
    return _printed(_printing(request), letter.pdf_of)


@screen("appeals.statement", access=anyone, methods=("GET",))
def statement_pdf(request: HttpRequest) -> HttpResponse:
    """The statement of a change of name to print (E11)."""
    appeal = _printing(request)
    if appeal.kind != rules.RENAME:
        raise Hidden
    return _printed(appeal, letter.statement_of)


def _printing(request: HttpRequest) -> Appeal:
    appeal = own_appeal(request)
    if appeal is None or appeal.phone_verified_at is None:
        raise Hidden
    within = rate.limit(f"appeal-form:{appeal.pk}", times=30, seconds=3600)
    if not within:
        raise Refused(within)
    return appeal


def _printed(appeal: Appeal, paper: Callable[[Appeal], bytes]) -> HttpResponse:
    response = HttpResponse(paper(appeal), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{appeal.number}.pdf"'
    return response


@screen("appeals.add", access=anyone, methods=("POST",))
def add(request: HttpRequest, slot: str) -> HttpResponse:
    """One paper into its place; a fragment where htmx asks."""
    appeal = _draft(request)
    if appeal is None or appeal.phone_verified_at is None:
        return redirect("appeals.start")
    if not _agreed(appeal):
        return redirect("appeals.details", appeal.kind)
    verdicts: list[Verdict] = []
    upload = request.FILES.get("file")
    try:
        within = rate.limit(f"appeal-files:{appeal.pk}", times=60, seconds=3600)
        if not within:
            raise Refused(within)
        if upload is None:
            raise Refused(no(say("请先选择文件"), code="E12"))
        papers.add(appeal, slot, upload)
    except Refused as refusal:
        verdicts = [Verdict(False, v.reason, v.code, slot, v.remedy) for v in refusal.verdicts]
    if request.headers.get("HX-Request"):
        place = next((p for p in papers.places_of(appeal, verdicts) if p.code == slot), None)
        if place is None:
            raise Hidden
        return render(request, "appeals/_place.html", {"place": place, "appeal": appeal})
    return _papers(request, appeal, verdicts) if verdicts else redirect("appeals.papers")


@screen("appeals.preview", access=anyone, methods=("GET",))
def preview(request: HttpRequest, slot: str) -> HttpResponse:
    """One's own paper, before and after handing it in."""
    appeal = own_appeal(request)
    entry = Evidence.objects.select_related("document").filter(appeal=appeal, slot=slot, replaced_at=None).first()
    if appeal is None or entry is None:
        raise Hidden
    return HttpResponse(documents.preview(entry.document, 1), content_type="image/jpeg")


@screen("appeals.case", access=anyone, methods=("GET",))
def case(request: HttpRequest) -> HttpResponse:
    """Where the appeal stands: who has it, until when, what happened."""
    appeal = own_appeal(request)
    if appeal is None:
        return redirect("appeals.find")
    if appeal.state in rules.COLLECTING:
        return redirect("appeals.papers")
    return render(
        request,
        "appeals/case.html",
        {
            "subject": appeal,
            "case": _what_can_happen(appeal, case_of(APPEAL, appeal, actions.appellant(appeal))),
            "given": _given(appeal),
            "may_withdraw": appeal.state in rules.OPEN,
            "link_used": appeal.link is not None and appeal.link.used_at is not None,
        },
    )


def _what_can_happen(appeal: Appeal, case: Case) -> Case:
    """Nobody approves a unit's appeal alone. Whether a person's needs two depends on what the appellant is not told."""
    if appeal.kind not in rules.UNITS:
        return case
    alone = APPEAL.transition("approve")
    return dataclasses.replace(case, outcomes=[o for o in case.outcomes if o.label != alone.label])


@screen("appeals.withdraw", access=anyone, methods=("POST",))
def withdraw(request: HttpRequest) -> HttpResponse:
    appeal = own_appeal(request)
    if appeal is None:
        raise Hidden
    actions.withdraw(appeal)
    return redirect("appeals.case")


@screen("appeals.find", access=anyone)
def find(request: HttpRequest) -> HttpResponse:
    """Back to one's appeal, from any browser: its number and a code. Whether there is such a case is not told."""
    renewing = "renew" in request.POST
    form = FindForm(None if renewing else request.POST or None, initial=request.POST.dict() if renewing else {})
    add_captcha(form)
    if request.method == "POST" and not renewing and form.is_valid():
        holder, given = browser(request), form.cleaned_data
        if form.take(within_network(request, "appeal-find", given["phone"])):
            found = actions.seek(given["number"], given["phone"])
            if found is not None:
                notify.codes.issue(actions.CODES, found.phone, at_once=False, holder=holder)
            request.session[SOUGHT] = found.pk if found else 0
            return redirect("appeals.find_code")
    return render(request, "appeals/find.html", {"form": form}, status=422 if form.is_bound and form.errors else 200)


@screen("appeals.find_code", access=anyone)
def find_code(request: HttpRequest) -> HttpResponse:
    if SOUGHT not in request.session:
        return redirect("appeals.find")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        within = rate.limit(f"appeal-code:{rate.network_of(request)}", times=30, seconds=3600)
        found = Appeal.objects.filter(pk=request.session[SOUGHT]).first()
        verdict = within
        if within and found is not None:
            code = form.cleaned_data["code"]
            verdict = notify.codes.check(actions.CODES, found.phone, code, holder=browser(request))
        if found is not None and verdict.ok:
            del request.session[SOUGHT]
            request.session[MINE] = found.token
            return redirect("appeals.case")
        form.take(no(say("验证码不对或已过期，请核对最新收到的那一条，或重新获取"), field="code"))
    return render(request, "appeals/find_code.html", {"form": form}, status=422 if form.errors else 200)


@screen("appeals.object", access=anyone)
def object_to(request: HttpRequest, token: str) -> HttpResponse:
    """For the previous contacts: object, with a reason (E10)."""
    appeal = actions.objected_appeal(token)
    if appeal is None:
        return render(request, "appeals/object.html", {"stands": "altered"}, status=404)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and _stands(appeal) == "open" and form.is_valid():
        try:
            appeal = actions.object_to(appeal, form.cleaned_data["note"])
        except Conflict:
            appeal.refresh_from_db()
        except Refused as refusal:
            appeal.refresh_from_db()
            form.take(*refusal.verdicts)
    stands = _stands(appeal)
    return render(
        request,
        "appeals/object.html",
        {"form": form, "stands": stands, "until": _until(appeal)},
        status=422 if form.errors and stands == "open" else 200,
    )


def _until(appeal: Appeal) -> dt.datetime | None:
    """Until when to object; None where no clock runs, and in the minute in which it has run out."""
    until = appeal.cooling_until if appeal.state == "cooling" else None
    return until if until is not None and until > clock.now() else None


def _stands(appeal: Appeal) -> str:
    return rules.objecting(appeal.state, objected=bool(appeal.objection))
