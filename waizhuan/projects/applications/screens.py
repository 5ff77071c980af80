"""The unit's and the lead's pages: the list, beginning one, following one, handing in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity import api as identity
from waizhuan.kernel.access import any_of, screen, signed_in
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.search import SHORTEST
from waizhuan.kernel.ui.text import whole
from waizhuan.projects.applications import actions, contents, queries
from waizhuan.projects.applications.fields import marks
from waizhuan.projects.applications.forms import NewForm
from waizhuan.projects.applications.kinds import SECTIONS
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.pdf import application_pdf
from waizhuan.projects.applications.presenters import why_empty
from waizhuan.projects.applications.process import PROCESS, by_filler
from waizhuan.projects.applications.summary import of_given, summary
from waizhuan.projects.calls.api import open_now
from waizhuan.projects.entry import api as entry
from waizhuan.projects.legacy import queries as legacy
from waizhuan.shared.flow import api as flow
from waizhuan.shared.flow.presenters import case_of

fillers = any_of("unit.admin", "projects.lead")


@screen("applications.list", access=signed_in, methods=("GET",))
def applications(request: HttpRequest) -> HttpResponse:
    """Projects and applications; an empty list says why, item by item (F4)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    rows = queries.visible_to(actor).select_related("call", "unit", "lead__person").only(*queries.LISTED)
    short = 0 < len(text) < SHORTEST
    if text and not short:
        rows = rows.filter(title__has=text) | rows.filter(number=text) | rows.filter(project_number=text)
    found = page(rows, queries.ORDER, request.GET.get("page", ""))
    empty = why_empty(actor) if not found.rows and not text else None
    return render(
        request,
        "applications/list.html",
        {
            "page": found,
            "rows": [(r, PROCESS.state(r.state)) for r in found.rows],
            "text": text,
            "short": short,
            "empty": empty,
            "may_begin": actor.has("unit.admin"),
            "outside": actor.organisation_kind != "unit",
            "old_projects": legacy.latest_of(actor),
        },
    )


@screen("applications.new", access=any_of("unit.admin"))
def new(request: HttpRequest) -> HttpResponse:
    """Choose the call, name the project, give it to a lead."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.organisation_id is not None
    missing = entry.missing_to_enter(actor)
    calls = list(open_now())
    leads = identity.people_with(actor.organisation_id, "projects.lead")
    form = NewForm(request.POST or None, calls=calls, leads=leads, initial={"call": request.GET.get("call", "")})
    if request.method == "POST" and not missing and form.is_valid():
        given = form.cleaned_data
        call = next(c for c in calls if str(c.pk) == given["call"])
        try:
            made = actions.create(
                actor=actor,
                call=call,
                title=given["title"],
                lead=int(given["lead"]) if given["lead"] else None,
                token=given["token"],
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect(
                "applications.case" if made.lead_id else "applications.section",
                *((made.pk,) if made.lead_id else (made.pk, "basic")),
            )
    return render(
        request,
        "applications/new.html",
        {"form": form, "missing": missing, "calls": calls},
        status=422 if form.errors else 200,
    )


@screen("applications.case", access=signed_in)
def case(request: HttpRequest, id: int) -> HttpResponse:
    """Who has it, until when, what comes next, what was filled in. A POST carries out one of the asker's buttons."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    application = queries.for_page(actor, id)
    if request.method == "POST":
        version = request.POST.get("version", "")
        flow.perform(
            PROCESS,
            application,
            request.POST.get("transition", "")[:40],
            actor,
            note=request.POST.get("note", "").replace("\x00", "")[:2000],
            version=whole(version),
        )
        return redirect("applications.case", application.pk)
    shown = case_of(PROCESS, application, actor, deciding_side=not by_filler(actor, application).ok)
    return render(
        request,
        "applications/case.html",
        {
            "application": application,
            "case": shown,
            "summary": summary(application),
            "fills": application.state in actions.EDITABLE and by_filler(actor, application).ok,
            "deciding": application.state == "unit_confirm" and actor.holds(application.unit_id, "unit.admin"),
        },
    )


@screen("applications.submit", access=fillers)
def submit(request: HttpRequest, id: int) -> HttpResponse:
    """All that is missing at once, each with a link; then the button."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    sent = request.method == "POST"
    application = (queries.in_short if sent else queries.for_page)(actor, id)
    if not by_filler(actor, application).ok:
        raise Hidden
    if sent:
        try:
            actions.submit(actor=actor, application=application, version=whole(request.POST.get("version", "")))
        except Refused:
            application = queries.for_page(actor, id)  # which shows every reason with its link
        else:
            return redirect("applications.submitted", application.pk)
    if application.state not in actions.EDITABLE:
        return redirect("applications.case", application.pk)
    return render(request, "applications/submit.html", _check(actor, application), status=422 if sent else 200)


def _check(actor: Actor, application: Application) -> dict[str, Any]:
    from waizhuan.projects.applications import rules

    content = contents.of(application)
    time = rules.check_time(content.limits, content.facts) if application.state == "draft" else None
    transition = PROCESS.transition("supply" if application.state == "more" else "submit")
    by_section = [
        (name, label, content.problems_in(name)) for name, label in SECTIONS.items() if content.problems_in(name)
    ]
    return {
        "application": application,
        "problems": by_section,
        "count": len(content.problems),
        "marks": marks(content, "submit"),
        "time": time if time is not None and not time.ok else None,
        "may": transition.by(actor, application),
        "lead": application.lead.person.name if application.lead else "",
        "summary": of_given(content, masked=True),
    }


@screen("applications.submitted", access=fillers, methods=("GET",))
def submitted(request: HttpRequest, id: int) -> HttpResponse:
    """Handed in: what happens next."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    application = queries.for_page(actor, id)
    return render(
        request,
        "applications/submitted.html",
        {"application": application, "case": case_of(PROCESS, application, actor)},
    )


@screen("applications.pdf", access=signed_in, methods=("GET",))
def pdf(request: HttpRequest, id: int) -> HttpResponse:
    """The application with all its fields as a PDF."""
    application = queries.for_page(request.actor, id)  # type: ignore[attr-defined]
    response = HttpResponse(application_pdf(application), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{application.number}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
