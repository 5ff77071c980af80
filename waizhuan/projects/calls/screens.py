"""申报通知: everybody reads them; the ministry writes, publishes, extends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.kernel import clock
from waizhuan.kernel.access import any_of, anyone, screen
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.ui import marks
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import Verdict
from waizhuan.projects.applications.kinds import ATTACHMENTS
from waizhuan.projects.calls import actions, queries
from waizhuan.projects.calls.forms import CallForm, ExtendForm, at
from waizhuan.projects.calls.models import Call

head = any_of("ministry.head")


def _call(request: HttpRequest, id: int) -> Call:
    found = queries.visible_to(request.actor).filter(pk=id).first()  # type: ignore[attr-defined]
    if found is None:
        raise Hidden
    return found


@screen("calls.list", access=anyone, methods=("GET",))
def calls(request: HttpRequest) -> HttpResponse:
    found = page(queries.visible_to(request.actor), ("-closes_at", "id"), request.GET.get("page", ""))  # type: ignore[attr-defined]
    return render(
        request,
        "calls/list.html",
        {
            "page": found,
            "now": clock.now(),
            "writes": head(request.actor).ok,  # type: ignore[attr-defined]
        },
    )


@screen("calls.show", access=anyone, methods=("GET",))
def show(request: HttpRequest, id: int) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    call = _call(request, id)
    return render(
        request,
        "calls/show.html",
        {
            "call": call,
            "now": clock.now(),
            "writes": head(actor).ok,
            "may_begin": actor.has("unit.admin"),
            "attachments": marks.listed(ATTACHMENTS[k] for k in call.required_attachments if k in ATTACHMENTS),
        },
    )


@screen("calls.new", access=head)
def new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@screen("calls.edit", access=head)
def edit(request: HttpRequest, id: int) -> HttpResponse:
    call = _call(request, id)
    return redirect("calls.show", id) if call.published_at else _edit(request, call)


def _edit(request: HttpRequest, call: Call | None) -> HttpResponse:
    form = CallForm(request.POST or None, initial=_initial(call))
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {**form.cleaned_data}
        given["opens_at"], given["closes_at"] = at(given["opens_on"], 9), at(given["closes_on"], 17)
        given["standard_id"] = int(given["standard"])
        version = request.POST.get("version", "")
        try:
            row = actions.save(
                actor=request.actor,  # type: ignore[attr-defined]
                call=call,
                given=given,
                version=whole(version) or 0,
            )
        except Refused as refusal:
            form.take(*(_on_the_form(v) for v in refusal.verdicts))
        else:
            return redirect("calls.show", row.pk)
    return render(request, "calls/edit.html", {"form": form, "call": call}, status=422 if form.errors else 200)


def _on_the_form(verdict: Verdict) -> Verdict:
    """The form asks for days, the terms are moments."""
    return replace(verdict, field=verdict.field.replace("s_at", "s_on"))


def _initial(call: Call | None) -> dict[str, Any]:
    if call is None:
        return {
            "year": clock.today().year,
            "min_experts": 1,
            "one_running_project": True,
            "number_pattern": "G{year}-{serial:04d}",
        }
    fields = {name: getattr(call, name) for name in actions.WRITTEN if not name.endswith("_id")}
    return fields | {
        "standard": str(call.standard_id),
        "opens_on": call.opens_at.astimezone(clock.CHINA).date(),
        "closes_on": call.closes_at.astimezone(clock.CHINA).date(),
    }


@screen("calls.publish", access=head, methods=("POST",))
def publish(request: HttpRequest, id: int) -> HttpResponse:
    actions.publish_call(actor=request.actor, call=_call(request, id))  # type: ignore[attr-defined]
    return redirect("calls.show", id)


@screen("calls.extend", access=head)
def extend(request: HttpRequest, id: int) -> HttpResponse:
    call = _call(request, id)
    form = ExtendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.extend(
                actor=request.actor,  # type: ignore[attr-defined]
                call=call,
                closes_at=at(given["closes_on"], 17),
                zh=given["announcement_zh"],
                en=given["announcement_en"],
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect("calls.show", id)
    return render(request, "calls/extend.html", {"form": form, "call": call}, status=422 if form.errors else 200)
