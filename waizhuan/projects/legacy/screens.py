"""Importing the old system's exports: upload, check, load, and the rows that want correcting."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from waizhuan.identity import api as identity
from waizhuan.kernel.access import any_of, screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.paging import page
from waizhuan.kernel.ui.text import whole
from waizhuan.projects.legacy import actions, assigning, matching, problem_file, queries, rules
from waizhuan.projects.legacy.forms import LeadForm, UploadForm
from waizhuan.projects.legacy.loading import AT_WORK
from waizhuan.projects.legacy.models import Import, Kind

ministry = any_of(actions.ROLE)
TONES = {"checking": "wait", "checked": "turn", "loading": "wait", "done": "ok", "dropped": "none", "failed": "bad"}
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@screen("legacy.imports", access=ministry)
def imports(request: HttpRequest) -> HttpResponse:
    """What was imported, and the form for the next file."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    posted = request.method == "POST"
    form = UploadForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial={"kind": request.GET.get("kind", "")},
    )
    if posted and form.is_valid():
        try:
            made = actions.upload(actor=actor, kind=form.cleaned_data["kind"], file=form.cleaned_data["file"])
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect("legacy.import", made.pk)
    found = page(queries.imports_of(actor), ("-id",), request.GET.get("page", ""))
    columns = [(Kind(kind).label, [(c.heading, c.required) for c in found]) for kind, found in rules.COLUMNS.items()]
    return render(
        request,
        "legacy/imports.html",
        {"form": form, "page": found, "rows": [(r, TONES[r.state]) for r in found.rows], "columns": columns},
        status=422 if form.is_bound and form.errors else 200,
    )


@screen("legacy.import", access=ministry)
def show(request: HttpRequest, id: int) -> HttpResponse:
    """How far it is, what it found; a POST loads it or leaves it. htmx asks for the progress alone."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(queries.imports_of(actor), pk=id)
    if request.method == "POST":
        act = actions.drop if request.POST.get("do") == "drop" else actions.load
        act(actor=actor, id=row.pk)
        return redirect("legacy.import", row.pk)
    at_work = row.state in AT_WORK
    if request.headers.get("HX-Request") and at_work:
        return render(request, "legacy/_progress.html", {"row": row, "percent": _percent(row)})
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    problems = page(row.problems.all(), ("line", "id"), request.GET.get("page", ""), size=50)
    return render(
        request,
        "legacy/import.html",
        {
            "row": row,
            "tone": TONES[row.state],
            "at_work": at_work,
            "percent": _percent(row),
            "page": problems,
            "problems": [(p.line, rules.heading_of(row.kind, p.column), p.sentence) for p in problems.rows],
        },
    )


def _percent(row: Import) -> int:
    return row.cursor * 100 // max(row.total, 1)


@screen("legacy.problems", access=ministry, methods=("GET",))
def problems(request: HttpRequest, id: int) -> HttpResponse:
    """The wrong rows as Excel, to be corrected and uploaded again. They hold personal data: the download is on record."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(queries.imports_of(actor), pk=id)
    data = problem_file.build(row)
    publish(
        Happened(actor, "personal_data.viewed", f"legacy.import:{row.pk}", {"what": "wrong rows", "rows": row.wrong})
    )
    answer = HttpResponse(data, content_type=EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="old-{row.kind}-{row.pk}-problems.xlsx"'
    return answer


#: what the list shows: opening the seals of phones and document numbers takes longer than reading the rows
SHOWN = ("number", "title", "category", "year", "version", "account__login_name", "lead__person__name")


@screen("legacy.projects", access=any_of("unit.admin", "projects.lead"))
def projects(request: HttpRequest) -> HttpResponse:
    """The old system's projects that this reader has (F4, F9); an administrator's POST gives the ticked ones to a lead."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.organisation_id is not None and actor.organisation_verified:
        matching.match_organisation(actor.organisation_id)
    admin = actor.has("unit.admin")
    people = identity.people_with(actor.organisation_id or 0, "projects.lead") if admin else {}
    form, given = LeadForm(request.POST or None, people=people), None
    ticked = _ticked(request)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["lead"]
        try:
            given = assigning.assign_many(
                actor=actor, seen=ticked, lead=None if chosen == "unit" else (whole(chosen) or 0)
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            form = LeadForm(people=people)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    rows = queries.visible_to(actor).select_related("account", "lead__person").only(*SHOWN)
    if text:
        rows = rows.filter(Q(title__has=text) | Q(number=text.upper()))
    context = {
        "page": page(rows, queries.ORDER, request.GET.get("page", "")),
        "text": text,
        "admin": admin,
        "people": people,
        "form": form,
        "given": given,
        "ticked": ticked if form.errors else (),
    }
    return render(request, "legacy/projects.html", context, status=422 if form.errors else 200)


def _ticked(request: HttpRequest) -> dict[int, int]:
    """Project id → the version that stood on the page."""
    found = {}
    for value in request.POST.getlist("project"):
        id, _, version = value.partition(":")
        if (pk := whole(id)) is not None and (seen := whole(version)) is not None:
            found[pk] = seen
    return found
