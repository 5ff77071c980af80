"""管理员换人: asking, papers, following, deciding; and the report of what is stuck."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity import api as identity
from waizhuan.kernel import clock, roles
from waizhuan.kernel.access import any_of, screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import Verdict
from waizhuan.projects.handover import actions, rules
from waizhuan.projects.handover.forms import DecisionForm, HandOverForm
from waizhuan.projects.handover.letters import letter_pdf
from waizhuan.projects.handover.models import HandOver
from waizhuan.projects.handover.process import HAND_OVER
from waizhuan.projects.handover.queries import again, somebody_confirms, visible_to
from waizhuan.projects.handover.queries import stuck as stuck_items
from waizhuan.shared.flow import api as flow
from waizhuan.shared.flow.presenters import case_of, holder_name, row_of

readers = any_of("department.head", "department.clerk", "unit.admin", "ministry.head", "ministry.clerk")
ministry_head = any_of("ministry.head")


@screen("handover.list", access=readers, methods=("GET",))
def hand_overs(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = page(visible_to(actor), ("-id",), request.GET.get("page", ""))
    rows = [{"row": r, "state": HAND_OVER.state(r.state)} for r in found.rows]
    return render(request, "handover/list.html", {"page": found, "rows": rows})


@screen("handover.new", access=rules.may_start)
def new(request: HttpRequest) -> HttpResponse:
    """Who leaves, who comes, from when. The ministry names the department (`?organisation=`)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.organisation_kind == "ministry" and "organisation" not in request.GET:
        return redirect("handover.stuck")
    at = actions.organisation_for(actor, whole(request.GET.get("organisation", "")))
    post, along = rules.POSTS[at.kind]
    holders = identity.people_with(at.pk, post)
    before = again(actor, at, whole(request.GET.get("again", "")))
    form = HandOverForm(request.POST or None, holders=holders, initial={"effective_on": clock.today(), **before})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = actions.begin(
                actor=actor,
                at=at,
                leaver=int(given["leaver"]) if given.get("leaver") else None,
                name=given["name"],
                sought=given["sought"],
                why=given["why"],
                day=given["effective_on"],
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect("handover.case", row.pk)
    context = {
        "form": form,
        "at": at,
        "role": roles.role(post).label,
        "along": [roles.role(r).label for r in along],
        "second": rules.somebody_else_decides(actor, holders) if at.kind == "unit" else somebody_confirms(actor),
    }
    return render(request, "handover/new.html", context, status=422 if form.errors else 200)


def _seen(actor: Actor, id: int) -> HandOver:
    row = visible_to(actor).filter(pk=id).first()
    if row is None:
        raise Hidden
    return row


@screen("handover.case", access=readers)
def case(request: HttpRequest, id: int) -> HttpResponse:
    """The papers while they are collected, then the case."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = _seen(actor, id)
    problems: list[Verdict] = []
    if request.method == "POST":
        try:
            _do(request, actor, row)
            return redirect("handover.case", row.pk)
        except Refused as refusal:
            problems = list(refusal.verdicts)
    return render(request, "handover/case.html", _case(actor, row, problems), status=422 if problems else 200)


def _do(request: HttpRequest, actor: Actor, row: HandOver) -> None:
    version = whole(request.POST.get("version", ""))
    if "upload" in request.POST:
        actions.add_document(actor=actor, row=row, slot=request.POST["upload"][:10], upload=request.FILES.get("file"))
    elif "submit" in request.POST:
        actions.submit(actor=actor, row=row, version=version)
    else:
        name, note = request.POST.get("transition", "")[:40], request.POST.get("note", "").replace("\x00", "")[:2000]
        actions.decide(actor=actor, row=row, name=name, note=note, version=version)


def _case(actor: Actor, row: HandOver, problems: list[Verdict]) -> dict[str, Any]:
    there = {d.slot: d.document for d in row.documents.select_related("document")}
    papers = [
        {
            "slot": slot,
            "label": label,
            "document": there.get(slot),
            "problem": next((v for v in problems if v.field == slot), None),
        }
        for slot, label in rules.PAPERS.items()
    ]
    return {
        "row": row,
        "case": case_of(HAND_OVER, row, actor),
        "papers": papers if row.organisation.kind == "department" else [],
        "collecting": row.state in rules.COLLECTING,
        "role": roles.role(row.post).label,
        "problems_found": problems,
        "second": somebody_confirms(actor, row),
        "again": rules.may_begin_again(actor, state=row.state, leaver=row.leaver_id).ok
        and not row.organisation.active_until,
    }


@screen("handover.review", access=ministry_head)
def review(request: HttpRequest, id: int) -> HttpResponse:
    """The letter and the document beside who leaves and who comes."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = _seen(actor, id)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.decide(
                actor=actor, row=row, name=given["transition"], note=given["note"], version=given["version"]
            )  # fmt: skip
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            following = flow.next_after(actor)
            return redirect(flow.link("flow.open", (following.pk,)) if following else "flow.queue")
    view = case_of(HAND_OVER, row, actor, deciding_side=True)
    form.initial["version"] = view.version
    entries = list(row.documents.select_related("document").order_by("id"))
    chosen = next((e for e in entries if str(e.pk) == request.GET.get("document", "")), entries[0] if entries else None)
    tabs = [{"entry": e, "label": rules.PAPERS[e.slot], "current": e is chosen} for e in entries]
    context = {
        "row": row,
        "second": somebody_confirms(actor, row),
        "case": view,
        "form": form,
        "tabs": tabs,
        "current": next((t for t in tabs if t["current"]), None),
        "role": roles.role(row.post).label,
        "buttons": [(c, {"confirm": "a", "ask": "m", "decline": "d"}.get(c.name, "")) for c in view.choices],
    }
    return render(request, "handover/review.html", context, status=422 if form.errors else 200)


@screen("handover.letter", access=readers, methods=("GET",))
def letter(request: HttpRequest, id: int) -> HttpResponse:
    """The official letter, filled in, for the department to seal."""
    row = _seen(request.actor, id)  # type: ignore[attr-defined]
    response = HttpResponse(letter_pdf(row), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{row.number}.pdf"'
    return response


@screen("handover.stuck", access=readers, methods=("GET",))
def stuck(request: HttpRequest) -> HttpResponse:
    """Open work whose post has nobody, or whose lead lost the authorisation; the most urgent first, each with the button
    that mends it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = page(stuck_items(actor), ("due_at", "id"), request.GET.get("page", ""))
    held = identity.held_posts({item.organisation_id for item in found.rows if item.organisation_id is not None})
    rows = [
        {
            "row": row_of(item, holder_name(item)),
            "role": roles.role(item.role or "projects.lead").label,
            "organisation": item.organisation_id,
            "mends": rules.mends(
                actor,
                item.organisation_id,
                kind=item.organisation.kind if item.organisation else "",
                headless=(item.organisation_id, "department.head") not in held,
            ),
        }
        for item in found.rows
    ]
    context = {"page": found, "rows": rows, "chooses": ministry_head(actor).ok}
    return render(request, "handover/stuck.html", context)
