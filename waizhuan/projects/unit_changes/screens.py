"""更正申请: the unit asks and follows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity import api as identity
from waizhuan.kernel.access import any_of, screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import YES, Verdict
from waizhuan.projects import drafts
from waizhuan.projects.entry import api as entry
from waizhuan.projects.entry.forms import DepartmentForm, initial_of, with_office
from waizhuan.projects.unit_changes import actions, rules
from waizhuan.projects.unit_changes.forms import ChangeForm
from waizhuan.projects.unit_changes.models import UnitChange
from waizhuan.projects.unit_changes.presenters import lines_of, what_can_happen
from waizhuan.projects.unit_changes.process import CHANGE
from waizhuan.projects.unit_changes.queries import of_unit
from waizhuan.shared.flow import api as flow
from waizhuan.shared.flow.presenters import case_of

unit_admin = any_of("unit.admin")


@screen("unit_changes.new", access=unit_admin)
def new(request: HttpRequest) -> HttpResponse:
    """What stands now, to be corrected where it is wrong. The first press makes a draft."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    unit = actor.organisation_id or 0
    verdict = rules.may_begin(profile_state=entry.state_of(unit))
    if not verdict.ok:
        return render(request, "unit_changes/not_yet.html", {"verdicts": [verdict]})
    draft = of_unit(actor).filter(state="draft").first()
    if request.method == "POST" and draft is None:
        draft = of_unit(actor).get(pk=actions.draft_for(actor).pk)
        return _form(request, actor, draft, fresh=not draft.fields.all())
    return _form(request, actor, draft)


@screen("unit_changes.form", access=unit_admin)
def form(request: HttpRequest, id: int) -> HttpResponse:
    """A draft, or what the unit was asked to complete."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    change = _own(actor, id)
    if change.state not in rules.EDITABLE:
        return redirect("unit_changes.case", change.pk)
    return _form(request, actor, change)


def _own(actor: Actor, id: int) -> UnitChange:
    change = of_unit(actor).filter(pk=id).first()
    if change is None:
        raise Hidden
    return change


def _form(request: HttpRequest, actor: Actor, change: UnitChange | None, *, fresh: bool = False) -> HttpResponse:
    """`fresh`: this very request began the draft, so that nobody can have saved it before."""
    now = entry.values_of(actor.organisation_id or 0)
    asked = change is not None and change.state == "asked"
    kept = {f.name: f.after for f in change.fields.all()} if change else {}
    values = {**now, **kept, "why": change.why if change else ""}
    posted = with_office(request.POST) if request.POST else None
    typed = ChangeForm(posted, initial=values, only=set(kept) if asked else None)
    target = (
        change.to_department if change and change.to_department else entry.department_of(actor.organisation_id or 0)
    )
    choice = None if asked else DepartmentForm(posted, initial=initial_of(target))
    others: list[tuple[Any, str]] = []
    if request.method == "POST" and change is not None:
        answer = _save(request, actor, change, typed, choice, fresh=fresh)
        if answer is not None:
            return answer
        change = of_unit(actor).get(pk=change.pk)
        others = _others(typed, change)
    if choice is not None:
        choice.advise(identity.organisation(actor.organisation_id or 0))
    files = list(change.documents.select_related("document").order_by("id")) if change else []
    faulty = bool(typed.errors or (choice and choice.errors))
    return render(
        request,
        "unit_changes/form.html",
        {
            "change": change,
            "form": typed,
            "choice": choice,
            "files": files,
            "seen": drafts.stamp(change) if change else "",
            "others": others,
            "asked": flow.history(CHANGE, change)[0] if asked and change else None,
            "saved": bool({"save", "office"} & set(request.POST)) and not faulty,
        },
        status=422 if faulty else 200,
    )


def _others(typed: ChangeForm, change: UnitChange) -> list[tuple[Any, str]]:
    """What somebody else has saved where this reader has typed something else: label and value. Nothing of it is lost."""
    verdicts = [getattr(e, "verdict", YES) for e in typed.non_field_errors().as_data()]
    if not any(v.reason is drafts.SAVED_SINCE for v in verdicts):
        return []
    given = typed.wanted()
    return [
        (rules.FIELDS[f.name].label, f.after)
        for f in change.fields.all()
        if f.name in given and given[f.name] != f.after
    ]


def _save(
    request: HttpRequest,
    actor: Actor,
    change: UnitChange,
    typed: ChangeForm,
    choice: DepartmentForm | None,
    *,
    fresh: bool,
) -> HttpResponse | None:
    """Keep what was typed, then do what the pressed button asks for; None: show the form again."""
    typed.is_valid()
    given = typed.wanted()
    chosen = choice.department() if choice and choice.is_valid() else None
    if chosen:
        given[rules.DEPARTMENT] = str(chosen)
    try:
        change = of_unit(actor).get(
            pk=actions.save(
                actor=actor,
                change=change,
                given=given,
                why=typed.clean_text("why"),
                seen=None if fresh else request.POST.get("seen"),
            ).pk
        )
        upload = request.FILES.get("file")
        if upload is not None or "upload" in request.POST:  # also where it was chosen, and another button was pressed
            actions.PAPERS.add(actor, change, upload)
        if "upload" in request.POST:
            return redirect("unit_changes.form", change.pk)
        if "remove" in request.POST:
            actions.PAPERS.remove(actor, change, whole(request.POST["remove"]) or 0)
            return redirect("unit_changes.form", change.pk)
        if typed.errors or (choice and choice.errors) or "submit" not in request.POST:
            return None
        if choice and chosen is None:  # a city or an office is still to be chosen
            choice.take(Verdict(False, rules.CHOOSE, "F5", next(n for n in choice.fields if not choice[n].value())))
            return None
        actions.submit(actor=actor, change=change, version=None)
        return redirect("unit_changes.case", change.pk)
    except Refused as refusal:
        for verdict in refusal.verdicts:
            at_choice = verdict.field == rules.DEPARTMENT and choice is not None
            (choice if at_choice and choice else typed).take(
                Verdict(False, verdict.reason, verdict.code, "kind", verdict.remedy) if at_choice else verdict
            )
        typed.file_problems = [v for v in refusal.verdicts if v.field == "file"]
    return None


@screen("unit_changes.case", access=unit_admin)
def case(request: HttpRequest, id: int) -> HttpResponse:
    """Who has it, until when, what changes to what; withdrawing."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    change = _own(actor, id)
    if request.method == "POST":
        flow.perform(
            CHANGE,
            change,
            request.POST.get("transition", "")[:40],
            actor,
            version=whole(request.POST.get("version", "")),
        )
        return redirect("unit_changes.case", change.pk)
    if change.state == "draft":
        return redirect("unit_changes.form", change.pk)
    return render(request, "unit_changes/case.html", _case(change, actor))


def _case(change: UnitChange, actor: Actor) -> dict[str, Any]:
    return {
        "change": change,
        "case": what_can_happen(change, case_of(CHANGE, change, actor)),
        "lines": lines_of(change),
        "documents": [d.document for d in change.documents.select_related("document").order_by("id")],
    }


@screen("unit_changes.list", access=unit_admin, methods=("GET",))
def changes(request: HttpRequest) -> HttpResponse:
    """Every request of the unit, the newest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = page(of_unit(actor), ("-id",), request.GET.get("page", ""))
    rows = [
        {
            "row": c,
            "state": CHANGE.state(c.state),
            "labels": [rules.FIELDS[n].label for n in rules.FIELDS if n in {f.name for f in c.fields.all()}],
        }
        for c in found.rows
    ]
    may = rules.may_begin(profile_state=entry.state_of(actor.organisation_id or 0))
    return render(request, "unit_changes/list.html", {"page": found, "rows": rows, "may": may})
