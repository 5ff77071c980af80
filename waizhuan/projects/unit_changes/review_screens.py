"""The department's and the ministry's page: evidence beside before and after, and the decision."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.kernel.access import any_of, screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.words import say
from waizhuan.projects.unit_changes import actions, rules
from waizhuan.projects.unit_changes.forms import DecisionForm, PurposeForm
from waizhuan.projects.unit_changes.models import UnitChange
from waizhuan.projects.unit_changes.presenters import lines_of, what_can_happen
from waizhuan.projects.unit_changes.process import CHANGE, DEPARTMENT_ROLES, MINISTRY_ROLES
from waizhuan.projects.unit_changes.queries import for_reviewers
from waizhuan.shared.flow import api as flow
from waizhuan.shared.flow.presenters import beside, case_of, on_the_note

reviewers = any_of(*DEPARTMENT_ROLES, *MINISTRY_ROLES)
KEYS = {"agree": "a", "release": "a", "pass_on": "a", "approve": "a", "ask": "m", "object": "o", "decline": "d"}


@screen("unit_changes.review", access=reviewers)
def review(request: HttpRequest, id: int) -> HttpResponse:
    """A POST decides and leads to the next case."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    change = for_reviewers(actor).filter(pk=id).first()
    if change is None:
        raise Hidden
    looking = "reveal" in request.POST
    purpose = PurposeForm(request.POST if looking else None)
    form = DecisionForm(None if looking else request.POST or None)
    revealed = looking and purpose.is_valid()
    if revealed:
        actions.reveal(actor=actor, change=change, purpose=purpose.cleaned_data["purpose"])
    elif request.method == "POST" and not looking and form.is_valid():
        given = form.cleaned_data
        try:
            flow.perform(
                CHANGE, change, given["transition"], actor, note=given["note"], version=given["version"]
            )  # fmt: skip
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            following = flow.next_after(actor)
            return redirect(flow.link("flow.open", (following.pk,)) if following else "flow.queue")
    return render(
        request,
        "unit_changes/review.html",
        _review(change, actor, form, request.GET.get("document", ""), revealed=revealed) | {"purpose": purpose},
        status=422 if form.errors or purpose.errors else 200,
    )


def _review(
    change: UnitChange, actor: Actor, form: DecisionForm, shown: str, *, revealed: bool = False
) -> dict[str, Any]:
    case = what_can_happen(change, case_of(CHANGE, change, actor, deciding_side=True))
    form.initial["version"] = case.version
    further = any(CHANGE.transition(c.name).target in ("receiving", "ministry") for c in case.choices)
    form["note"].help_text = str(on_the_note(case, say("申请单位和接着办理的机关") if further else say("申请单位")))
    entries = list(change.documents.select_related("document").order_by("id"))
    chosen = next((e for e in entries if str(e.pk) == shown), entries[0] if entries else None)
    tabs = [{"entry": e, "label": e.document.name, "current": e is chosen} for e in entries]
    return {
        "change": change,
        "case": case,
        "form": form,
        "lines": lines_of(change, revealed=revealed),
        "revealed": revealed,
        "personal": any(rules.FIELDS[f.name].personal for f in change.fields.all() if f.name in rules.FIELDS),
        "tabs": tabs,
        "current": next((t for t in tabs if t["current"]), None),
        "buttons": [(c, KEYS.get(c.name, "")) for c in case.choices],
        "near": beside(case, actor),
    }
