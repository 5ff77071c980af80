"""The asker's pages: status, start, upload, case."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from waizhuan.identity import consents
from waizhuan.identity.rate import limit
from waizhuan.identity.realname import actions, api, rules
from waizhuan.identity.realname.authority.answers import reason
from waizhuan.identity.realname.forms import NoteForm
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.presenters import facts_of, given_line, last_note, primary_of, statuses_of
from waizhuan.identity.realname.process import CASE
from waizhuan.identity.realname.queries import latest_cases, own_case, review_case
from waizhuan.identity.realname.uploads import given_of, slots_of
from waizhuan.kernel.access import any_of, either, natural_person, screen, unit_account
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.flow.api import history
from waizhuan.shared.flow.presenters import Case as FlowCase
from waizhuan.shared.flow.presenters import case_of

own_account = either(natural_person, unit_account)
reviewers = any_of("operator.reviewer", "operator.senior")

#: An hour's worth, for one account.
AGAIN, UPLOADS = 20, 60


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def agreed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Documents are processed with separate consent alone (PIPL, Art. 29): it is asked for before the page, once."""

    @functools.wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if consents.missing(_actor(request).account_id or 0, consents.IDENTITY):
            back = request.path if request.method == "GET" else reverse("realname.status")
            return redirect(consents.page(back, consents.IDENTITY))
        return view(request, *args, **kwargs)

    return gate


def _refuse_too_often(key: str, times: int) -> None:
    verdict = limit(key, times=times, seconds=3600)
    if not verdict.ok:
        raise Refused(verdict)


@screen("realname.status", access=own_account, methods=("GET",))
@agreed
def status(request: HttpRequest) -> HttpResponse:
    """D1: what is verified, what is missing, and one button."""
    actor = _actor(request)
    statuses = statuses_of(actor)
    primary = primary_of(statuses)
    later = [c for c in latest_cases(actor).values() if c.purpose != rules.Purpose.FIRST and c.state in rules.OPEN]
    return render(
        request,
        "realname/status.html",
        {
            "statuses": statuses,
            "primary_kind": primary.kind if primary else "",
            "all_passed": bool(statuses) and all(s.passed for s in statuses),
            "later": later[0] if later else None,
            "later_state": CASE.state(later[0].state) if later else None,
        },
    )


@screen("realname.start", access=own_account, methods=("POST",))
@agreed
def start(request: HttpRequest) -> HttpResponse:
    """The automatic check, at once; a second click finds the same case."""
    actor = _actor(request)
    if request.POST.get("what") == "again":
        _refuse_too_often(f"realname.again:{actor.account_id}", AGAIN)
        for case in latest_cases(actor).values():
            if case.state == "upload" and case.auto_result == "unavailable":
                with contextlib.suppress(Refused):  # a change waits for its main agent, who does not wait for it
                    actions.check_again(actor, case)
        return redirect("realname.status")
    return after_check(actor)


def after_check(actor: Actor) -> HttpResponse:
    """Begin what can begin, and lead to where the next step is."""
    try:
        begun = api.start_check(actor)
    except Refused as error:
        remedies = [v.remedy.screen for v in error.verdicts if v.remedy]
        # what is missing is filled in on a page of its own; "passed already" is said by the status page
        return redirect(remedies[0] if remedies else "realname.status")
    waiting = [case for case in begun if case.state == "upload"]
    if len(begun) == 1 and waiting and actor.kind == "natural":
        return redirect("realname.upload", waiting[0].pk)
    return redirect("realname.status")


@screen("realname.case", access=either(own_account, reviewers), methods=("GET",))
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """F1-like: who has it, since when, until when, what happened, what will happen."""
    actor = _actor(request)
    found = _own_or_none(actor, pk)
    if found is None:
        return redirect("realname.review", pk)
    steps = history(CASE, found)
    return render(
        request,
        "realname/case.html",
        {
            "case": _what_can_happen(found, case_of(CASE, found, actor)),
            "subject": found,
            "facts": facts_of(found),
            "documents": given_of(found),
            "withdraw_offered": rules.may_withdraw(found.state).ok and found.state != "checking",
            "asked_for": last_note(steps, "ask") if found.state == "asked" else "",
            "declined_for": last_note(steps, "decline") if found.state == "declined" else "",
        },
    )


def _own_or_none(actor: Actor, pk: int) -> Case | None:
    """The actor's own case; None where it is a case that the actor reviews. Raises Hidden for anybody else's."""
    try:
        return own_case(actor, pk)
    except Hidden:
        review_case(actor, pk)
        return None


def _what_can_happen(found: Case, case: FlowCase) -> FlowCase:
    """Only the outcomes of this case: a second look is for contested numbers alone."""
    never = CASE.transition("approve" if found.conflict_with_id else "recommend").label
    return dataclasses.replace(case, outcomes=[o for o in case.outcomes if o.label != never])


@screen("realname.upload", access=own_account, methods=("GET",))
@agreed
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """One place for each document that is asked for; each is stored the moment it is chosen."""
    actor = _actor(request)
    found = own_case(actor, pk)
    if found.state not in rules.COLLECTING:
        return redirect("realname.case", pk)
    return _upload_page(request, found)


def _upload_page(request: HttpRequest, found: Case, refused: Refused | None = None) -> HttpResponse:
    asked_for = last_note(history(CASE, found), "ask") if found.state == "asked" else ""
    slots = slots_of(found, refused)
    return render(
        request,
        "realname/upload.html",
        {
            "subject": found,
            "given": given_line(found),
            "slots": slots,
            "asked_for": asked_for,
            "reason": reason(found.auto_code) if found.state == "upload" else "",
            "verdicts": refused.verdicts if refused else (),
            "form": NoteForm.with_refusals(request.POST, refused.verdicts if refused else ()),
            "missing": [s for s in slots if s.required and s.document is None],
        },
        status=422 if refused else 200,
    )


@screen("realname.add", access=own_account, methods=("POST",))
def add(request: HttpRequest, pk: int, slot: str) -> HttpResponse:
    """One document into its place. With htmx only that place is drawn again."""
    actor = _actor(request)
    found = own_case(actor, pk)
    refused = None
    try:
        if request.POST.get("remove"):
            actions.remove_document(actor, found, slot)
        else:
            _refuse_too_often(f"realname.upload:{actor.account_id}", UPLOADS)
            actions.add_document(actor, found, slot, request.FILES.get("file"))
    except Refused as error:
        refused = Refused(*(dataclasses.replace(v, field=slot) for v in error.verdicts))
    if request.headers.get("HX-Request"):
        slots = slots_of(found, refused, only=slot)
        return render(request, "realname/_slot.html", {"slot": slots[0], "subject": found})
    return _upload_page(request, found, refused) if refused else redirect("realname.upload", pk)


@screen("realname.submit", access=own_account, methods=("POST",))
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand everything to the operator. Pressing twice submits once."""
    actor = _actor(request)
    found = own_case(actor, pk)
    if found.state not in rules.COLLECTING:
        return redirect("realname.case", pk)
    form = NoteForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(*(no(say("给审核员的话最多 500 个字"), field="note") for _ in form.errors))
        actions.submit(actor, found, note=form.clean_text("note"))
    except Refused as error:
        return _upload_page(request, found, error)
    return redirect("realname.case", pk)


@screen("realname.withdraw", access=own_account, methods=("POST",))
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    actor = _actor(request)
    actions.withdraw(actor, own_case(actor, pk))
    return redirect("realname.status")
