"""The ministry says which verified unit an old unit is; a unit gives an old project to one of its leads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from waizhuan.identity import api as identity
from waizhuan.kernel.access import any_of, screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.search import SHORTEST
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import YES
from waizhuan.projects.legacy import assigning, neighbours, pairing, presenters, queries
from waizhuan.projects.legacy.forms import LeadForm, OtherUnitForm, PartForm

UNMATCHED, DECIDED, BY_RULE = "unmatched", "decided", "rule"
SHOWN = 5
VIEWS = {
    UNMATCHED: (pairing.unmatched, ("name_key", "id")),
    DECIDED: (pairing.decided, ("-matched_at", "-id")),
    BY_RULE: (pairing.by_rule, ("-matched_at", "-id")),
}


@screen("legacy.units", access=any_of(*pairing.ROLES))
def units(request: HttpRequest) -> HttpResponse:
    """Old units that are nobody's, each with the units that it may be and why; what was decided, or matched by a rule, to be
    taken back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    view = request.GET.get("view", "")
    view = view if view in VIEWS else UNMATCHED
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    short = 0 < len(text) < SHORTEST
    problems = []
    if request.method == "POST":
        old, unit = whole(request.POST.get("old", "")) or 0, whole(request.POST.get("unit", "")) or 0
        try:
            pairing.decide(actor=actor, old_id=old, unit_id=unit)
        except Refused as refusal:
            problems = list(refusal.verdicts)
        else:
            return redirect(request.get_full_path())
    rows, order = VIEWS[view]
    wanted = rows().filter(pairing.called_so(text)) if text and not short else rows()
    found = page(wanted, order, request.GET.get("page", ""))
    which = pairing.candidates(found.rows) if view == UNMATCHED else {}
    claims = neighbours.claims().open_to(found.rows, False) if view == UNMATCHED else {}
    context = {
        "page": found,
        "rows": [(u, which.get(u.pk, []), claims.get(u.pk, ())) for u in found.rows],
        "view": view,
        "text": text,
        "short": short,
        "problems_found": problems,
    }
    return render(request, "legacy/units.html", context, status=422 if problems else 200)


def _listed(view: str) -> str:
    return reverse("legacy.units") + "?" + urlencode({"view": view})


@screen("legacy.unit", access=any_of(*pairing.ROLES))
def unit(request: HttpRequest, id: int) -> HttpResponse:
    """An old unit that is another one than its code and name say: find it, look at it and at who else claims it, and confirm."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    old = pairing.old_unit(actor, id)
    if old.organisation_id is not None and request.method == "GET":
        return redirect("legacy.part", old.pk)  # who decided it, and how to take it back
    form = OtherUnitForm(
        request.POST if request.method == "POST" else None, initial={"unit": request.GET.get("unit", "")[:200]}
    )
    found, may = None, YES
    ticked = {whole(id) or 0 for id in request.POST.getlist("decline")}
    if request.method == "POST":
        complete = form.is_valid()
        if text := form.clean_text("unit"):
            found, verdict = pairing.called(text)
            form.take(verdict)
        if complete and found is not None and form.cleaned_data["found"] == found.pk:
            try:
                pairing.decide(
                    actor=actor,
                    old_id=old.pk,
                    unit_id=found.pk,
                    why=form.cleaned_data["why"],
                    seen={whole(id) or 0 for id in request.POST.getlist("seen")},
                    declined=ticked,
                    answer=form.clean_text("answer"),
                )
            except Refused as refusal:
                form.take(*refusal.verdicts)
            else:
                return redirect(_listed(DECIDED))
    claims = neighbours.claims().open_to([old], False).get(old.pk, ())
    if found is not None:
        may = pairing.may_choose(actor, old, found) & pairing.may_overrule(actor, claims, found.pk)
    context = {
        "old": old,
        "form": form,
        "found": found,
        "may": may,
        "claims": claims,
        "rivals": [(c, c.id in ticked) for c in claims if found is not None and c.unit_id != found.pk],
        "counts": queries.held_by(old) if found else None,
        "taken_back": old.parted.select_related("organisation", "by__person").order_by("-at")[:SHOWN],
    }
    return render(request, "legacy/unit.html", context, status=422 if form.errors else 200)


@screen("legacy.part", access=any_of(*pairing.ROLES))
def part(request: HttpRequest, id: int) -> HttpResponse:
    """Which unit an old one is said to be, by whom, and what is taken from it where that was wrong."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    old = pairing.old_unit(actor, id)
    if old.organisation_id is None:
        return redirect("legacy.unit", old.pk)  # pressed twice, or somebody was faster
    linked = list(pairing.vouched(old).values_list("pk", "account_id"))
    form = PartForm(request.POST if request.method == "POST" else None, linked=bool(linked))
    if request.method == "POST" and form.is_valid():
        seen = whole(request.POST.get("unit", "")) or 0
        try:
            pairing.part(
                actor=actor,
                old_id=old.pk,
                unit_id=seen,
                why=form.cleaned_data["why"],
                cut=request.POST.get("linked", "") if form.cleaned_data.get("cut") else None,
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect("legacy.unit", old.pk)
    given = pairing.given_away(old)
    context = {
        "old": old,
        "form": form,
        "back": _listed(DECIDED if old.matched_by_id else BY_RULE),
        "counts": queries.held_by(old),
        "given": given,
        "may": pairing.may_part(actor, old, given),
        "linked": presenters.links_of(old) if linked else [],
        "more": max(0, len(linked) - presenters.SHOWN),
        "stamp": pairing.stamp(linked),
    }
    return render(request, "legacy/part.html", context, status=422 if form.errors else 200)


@screen("legacy.assign", access=any_of("unit.admin"))
def assign(request: HttpRequest, id: int) -> HttpResponse:
    """One old project gets another lead, or goes back to the unit (F4)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    project = get_object_or_404(queries.visible_to(actor).select_related("lead__person", "account"), pk=id)
    people = identity.people_with(actor.organisation_id or 0, "projects.lead")
    form = LeadForm(request.POST or None, people=people, initial={"lead": str(project.lead_id or "unit")})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["lead"]
        try:
            assigning.assign(
                actor=actor, project_id=project.pk, lead=None if chosen == "unit" else (whole(chosen) or 0)
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect(reverse("legacy.projects") + "?" + urlencode({"q": project.number}))
    context = {"form": form, "project": project, "people": people}
    return render(request, "legacy/assign.html", context, status=422 if form.errors else 200)
