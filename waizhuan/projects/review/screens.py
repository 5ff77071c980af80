"""The page on which the unit, the department and the ministry decide about an application."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.kernel.access import any_of, screen, signed_in
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.ui import marks
from waizhuan.kernel.words import Words, say
from waizhuan.projects.applications import api as applications
from waizhuan.projects.applications.models import Application
from waizhuan.projects.review import actions, queries
from waizhuan.projects.review.forms import DecisionForm
from waizhuan.projects.review.models import Letter
from waizhuan.shared.flow import api as flow
from waizhuan.shared.flow.presenters import Case, beside, case_of, on_the_note

deciders = any_of("unit.admin", "department.clerk", "department.head", "ministry.clerk", "ministry.head")


@screen("review.case", access=deciders)
def case(request: HttpRequest, id: int) -> HttpResponse:
    """The application with all its sections, who has it, and the decision. A POST decides."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    application = queries.case_for(actor, id)
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        answer = decide(actor, application, form)
        if answer is not None:
            return answer
    return render(request, "review/case.html", page_of(application, actor, form), status=422 if form.errors else 200)


def decide(actor: Actor, application: Application, form: DecisionForm) -> HttpResponse | None:
    """Carry the decision out and go on to the next case of the queue; None: the form has errors to show."""
    if not form.is_valid():
        return None
    given = form.cleaned_data
    try:
        actions.decide(
            actor=actor,
            application=application,
            transition=given["transition"],
            note=given["note"],
            rank=given["rank"],
            version=given["version"],
        )
    except Refused as refusal:
        form.take(*refusal.verdicts)
        return None
    return redirect("review.done", application.pk)


def page_of(application: Application, actor: Actor, form: DecisionForm) -> dict[str, Any]:
    """The template's data; a fixed number of queries whatever the application holds."""
    case = _case(application, actor)
    offered = {c.name for c in case.choices}
    ranked = queries.ranked(application) if application.department_id and "recommend" in offered else []
    if "recommend" in offered:
        form.for_recommendation(queries.next_free_rank(ranked))
    form["note"].help_text = str(_hint(case))
    form.initial["version"] = case.version
    return {
        "application": application,
        "case": case,
        "near": beside(case, actor),
        "form": form,
        "ranked": ranked,
        "may_rank": "recommend" in offered,
        "summary": applications.summary(application),
        "primary": next((c for c in case.choices if c.tone == "primary"), None),
        "others": [c for c in case.choices if c.tone != "primary"],
    }


def _case(application: Application, actor: Actor) -> Case:
    """The unit reads it as who applied: what the ministry's people write to each other is not for it."""
    unit = actor.holds(application.unit_id, "unit.admin")
    return case_of(applications.PROCESS, application, actor, deciding_side=not unit)


def _hint(case: Case) -> Words:
    """What each button of the page takes. A recommendation takes no reason, but an opinion."""
    others = replace(case, choices=[c for c in case.choices if c.name != "recommend"])
    hint = on_the_note(others, say("申报人"))
    if len(others.choices) == len(case.choices):
        return hint
    return marks.listed((say("推荐时写推荐意见"), hint), marks.SEMICOLON)


@screen("review.done", access=deciders, methods=("GET",))
def done(request: HttpRequest, id: int) -> HttpResponse:
    """Decided: what happens next, and the next case."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    application = queries.case_for(actor, id)
    rows = flow.waiting_for(actor)
    return render(
        request,
        "review/done.html",
        {
            "application": application,
            "case": _case(application, actor),
            # what goes back to the formal check stays between the ministry's own
            "told": application.state != "ministry_check" or actor.organisation_id != application.call.organisation_id,
            "following": next((r for r in rows.rows if not r.state.asker_turn), None),
        },
    )


@screen("review.letter", access=signed_in, methods=("GET",))
def letter(request: HttpRequest, id: int) -> HttpResponse:
    """The letter of approval as a PDF, for everybody who sees the project."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    application = applications.visible_to(actor).filter(pk=id, state="approved").first()
    if application is None:
        raise Hidden
    written = Letter.objects.filter(application=application).first()
    if written is None:
        return render(request, "review/letter_soon.html", {"application": application}, status=202)
    response = HttpResponse(written.pdf(), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{application.project_number}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
