"""单位信息: filling it in, following it, reviewing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity import api as identity
from waizhuan.kernel.access import any_of, screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import YES, Verdict
from waizhuan.kernel.words import Words
from waizhuan.projects.departments import queries as departments
from waizhuan.projects.departments.rules import Office
from waizhuan.projects.entry import actions, rules
from waizhuan.projects.entry.forms import DecisionForm, DepartmentForm, ProfileForm, initial_of, with_office
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.entry.process import PROFILE
from waizhuan.shared.flow import api as flow
from waizhuan.shared.flow.presenters import Case, Past, beside, case_of
from waizhuan.shared.refdata.divisions import division_name
from waizhuan.shared.refdata.masks import mask_number, mask_uscc
from waizhuan.shared.refdata.phones import show_phone
from waizhuan.shared.refdata.unit_numbers import called

unit_admin = any_of("unit.admin")
clerks = any_of("department.clerk", "department.head")


@screen("entry.profile", access=unit_admin)
def profile(request: HttpRequest) -> HttpResponse:
    """The form while the unit has it, the case page while the department has it, the data once it is approved."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = actions.profile_for(actor)
    if request.method == "POST" and "transition" in request.POST:
        version = whole(request.POST.get("version", ""))
        flow.perform(PROFILE, row, request.POST["transition"][:40], actor, version=version)
        return redirect("entry.profile")
    if request.method == "POST" and "stays" in request.POST:
        actions.confirm_department(
            actor=actor,
            profile=row,
            department=whole(request.POST["stays"]),
            place=request.POST.get("place", "")[:6],
        )
        return redirect("entry.profile")
    if row.state not in rules.EDITABLE:
        if request.method == "POST":  # from a page that was older: the same press again, or words that come too late
            actions.submit(actor=actor, profile=row, version=whole(request.POST.get("version", "")) or 0)
            return redirect("entry.profile")
        return render(request, "entry/case.html", _case(row, actor))
    return _form(request, actor, row)


def _case(row: UnitProfile, actor: Actor) -> dict[str, Any]:
    stands = YES
    if row.state == "approved" and row.department is not None:
        stands = rules.department_stands(place=row.place, now=row.unit.division, department=row.department.name)
    advice, right = (YES, None) if stands.ok else _advice(row, departments.tree())
    return {
        "profile": row,
        "stands": stands,
        "advice": advice,
        "right": right,
        "case": _past(row, actor),
        "given": _given(row),
        "documents": [d.document for d in row.documents.select_related("document").order_by("id")],
    }


def _past(row: UnitProfile, actor: Actor, *, deciding_side: bool = False) -> Case:
    """The case; where it tells of a move, the places are named in the reader's language."""
    case = case_of(PROFILE, row, actor, deciding_side=deciding_side)
    return replace(case, timeline=[_with_places(line) for line in case.timeline])


def _with_places(line: Past) -> Past:
    if line.note or not {"before", "now"} <= line.data.keys():
        return line
    return replace(line, note=f"{division_name(line.data['before'])} → {division_name(line.data['now'])}")


def _given(row: UnitProfile) -> dict[str, Words | str]:
    """What the platform knows already, masked."""
    unit = row.unit
    return {
        "number_called": called(unit.uscc or ""),
        "uscc": mask_uscc(unit.uscc or ""),
        "place": str(division_name(unit.division)),
        "agent": unit.agent_name,
        "phone": show_phone(row.contact_phone),
        "representative": unit.rep_name,
        "representative_number": mask_number(unit.rep_doc_number) if unit.rep_doc_number else "",
    }


def _form(request: HttpRequest, actor: Actor, row: UnitProfile) -> HttpResponse:
    initial = {name: getattr(row, name) for name in actions.FIELDS}
    posted = with_office(request.POST) if request.POST else None
    form = ProfileForm(posted, initial=initial)
    choice = DepartmentForm(posted, initial=initial_of(row.department))
    if request.method == "POST":
        form.is_valid()
        choice.is_valid()
        answer = _save(request, actor, row, form, choice)
        if answer is not None:
            return answer
        row = actions.profile_for(actor)
    choice.advise(row.unit)
    files = list(row.documents.select_related("document").order_by("id"))
    return render(
        request,
        "entry/profile.html",
        {
            "profile": row,
            "choice": choice,
            "form": form,
            "given": _given(row),
            "files": files,
            "case": _past(row, actor),
            "saved": bool({"save", "office"} & set(request.POST)) and not form.errors,
        },
        status=422 if form.errors or choice.errors else 200,
    )


def _save(
    request: HttpRequest, actor: Actor, row: UnitProfile, form: ProfileForm, choice: DepartmentForm
) -> HttpResponse | None:
    """Every button saves first; then what it asks for. None: show the form again (with its errors, or saved)."""
    posted = request.POST
    try:
        actions.save(
            actor=actor,
            profile=row,
            given=form.cleaned_data,
            department=choice.department(),
            seen=posted.get("seen", "")[:40],
        )
        if "upload" in posted or "remove" in posted:
            if "upload" in posted:
                actions.PAPERS.add(actor, row, request.FILES.get("file"))
            else:
                actions.PAPERS.remove(actor, row, whole(posted["remove"]) or 0)
            # what cannot be stored yet (half a choice, no phone number) stays on the page
            kept = form.errors or choice.errors or choice.is_half()
            return None if kept else redirect("entry.profile")
        if "choose" in request.POST or form.errors or choice.errors:
            return None
        if "submit" in request.POST:
            actions.submit(actor=actor, profile=row, version=whole(request.POST.get("version", "")))
            return redirect("entry.profile")
    except Refused as refusal:
        _beside(refusal.verdicts, form, choice)
    return None


def _beside(verdicts: Any, form: ProfileForm, choice: DepartmentForm) -> None:
    """Each refusal at its field, in the form that has it."""
    for verdict in verdicts:
        if verdict.field == "department":
            last = [n for n in ("kind", "root", "city") if n in choice.fields and not choice[n].value()]
            choice.take(Verdict(False, verdict.reason, verdict.code, (last or ["kind"])[0], verdict.remedy))
        else:
            form.take(verdict)
            if verdict.field == "file":
                form.file_problem = verdict.reason


@screen("entry.department", access=unit_admin, methods=("GET",))
def department(request: HttpRequest) -> HttpResponse:
    """The dependent lists, while choosing: a fragment of the form."""
    choice = DepartmentForm(initial=request.GET.dict())
    choice.advise(identity.organisation(request.actor.organisation_id))  # type: ignore[attr-defined]
    return render(request, "entry/choice.html", {"choice": choice})


@screen("entry.review", access=clerks)
def review(request: HttpRequest, id: int) -> HttpResponse:
    """The reviewer's page: documents beside the data that they prove, and the decision."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = _for_reviewer(actor, id)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            flow.perform(
                PROFILE,
                row,
                given["transition"],
                actor,
                note=given["note"],
                data={"department": given["department"]} if given["department"] else {},
                version=given["version"],
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            following = flow.next_after(actor)
            return redirect(flow.link("flow.open", (following.pk,)) if following else "flow.queue")
    return render(
        request,
        "entry/review.html",
        _review(row, actor, form, request.GET.get("document", "")),
        status=422 if form.errors else 200,
    )


def _for_reviewer(actor: Actor, id: int) -> UnitProfile:
    row = UnitProfile.objects.select_related("unit", "department__parent").filter(pk=id).exclude(state="draft").first()
    if row is None or not any(actor.holds(row.department_id, r) for r in ("department.clerk", "department.head")):
        raise Hidden
    return row


def _review(row: UnitProfile, actor: Actor, form: DecisionForm, shown: str) -> dict[str, Any]:
    case = _past(row, actor, deciding_side=True)
    form.initial["version"] = case.version
    entries = list(row.documents.select_related("document").order_by("id"))
    chosen = next((e for e in entries if str(e.pk) == shown), entries[0] if entries else None)
    tabs = [{"entry": e, "label": e.document.name, "current": e is chosen} for e in entries]
    nodes = departments.tree() if case.choices else []
    advice, right = _advice(row, nodes)
    return {
        "profile": row,
        "case": case,
        "form": form,
        "tabs": tabs,
        "given": _given(row),
        "current": next((t for t in tabs if t["current"]), None),
        "buttons": [(c, {"approve": "a", "ask": "m", "decline": "d"}.get(c.name, "")) for c in case.choices],
        "near": beside(case, actor),
        "offices": nodes,
        "advice": advice,
        "right": right,
    }


def _advice(row: UnitProfile, nodes: Sequence[departments.Node]) -> tuple[Verdict, Office | None]:
    """Did the unit most likely choose the wrong office? No query."""
    offices = departments.offices(nodes)
    chosen = next((o for o in offices if o.id == row.department_id), None)
    if chosen is None:
        return YES, None
    unit = row.unit
    return rules.wrong_tier(division=unit.division, uscc=unit.uscc or "", chosen=chosen, offices=offices)
