"""分配项目: the unit's projects, who leads each, and handing them over."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from waizhuan.identity import api as identity
from waizhuan.kernel.access import any_of, screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.ui.text import whole
from waizhuan.projects.applications.api import PROCESS
from waizhuan.projects.assignment import actions, queries
from waizhuan.projects.assignment.forms import AssignForm

unit_admin = any_of("unit.admin")
WISHES_SHOWN = 20


@screen("assignment.list", access=unit_admin)
def projects(request: HttpRequest) -> HttpResponse:
    """The list with its filters; a POST assigns what was ticked and comes back to the same list."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.organisation_id is not None
    leads = identity.people_with(actor.organisation_id, "projects.lead")
    ticked, given = _ticked(request), None
    form = AssignForm(request.POST or None, leads=leads, initial={"lead": request.GET.get("to", "")})
    if request.method == "POST":
        chosen = form["lead"].value() or ""
        try:
            given = actions.assign(actor=actor, seen=ticked, lead=whole(chosen))
        except Refused as refusal:
            form.is_valid()
            form.errors.clear()
            form.take(*refusal.verdicts)
        else:
            if not given.changed:
                return redirect(reverse("assignment.list") + f"?lead={chosen}&done={len(given.done)}")
            ticked = {}  # those that changed are decided anew
    lead, text = request.GET.get("lead", ""), request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = page(
        queries.narrowed(queries.assignable(actor), lead=lead, text=text), queries.ORDER, request.GET.get("page", "")
    )
    done_text = request.GET.get("done", "") if request.method == "GET" else ""
    return render(
        request,
        "assignment/list.html",
        {
            "form": form,
            "leads": leads,
            "page": found,
            "ticked": ticked,
            "given": given,
            "chosen_lead": lead,
            "text": text,
            "rows": [(row, PROCESS.state(row.state)) for row in found.rows],
            "wishes": list(queries.wishes(actor)[:WISHES_SHOWN]),
            "done": int(done_text) if done_text.isdecimal() and len(done_text) < 4 else None,
        },
        status=422 if form.is_bound and form.errors else 200,
    )


def _ticked(request: HttpRequest) -> dict[int, int | None]:
    """Project id → the lead that stood on the page, None for nobody."""
    found: dict[int, int | None] = {}
    for value in request.POST.getlist("project"):
        id, _, lead = value.partition(":")
        if (pk := whole(id)) is not None and (seen := whole(lead)) is not None:
            found[pk] = seen or None
    return found


@screen("assignment.ask", access=any_of("projects.lead"), methods=("POST",))
def ask(request: HttpRequest) -> HttpResponse:
    """From the empty list of projects: please give me one."""
    actions.ask(actor=request.actor)  # type: ignore[attr-defined]
    return redirect("applications.list")
