"""拆分、合并、撤销: who takes over, a look at everything that will move, and the confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from waizhuan.kernel.access import screen
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.ui.addresses import address_of
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import Verdict
from waizhuan.projects.departments import again, plans, queries, reorganising
from waizhuan.projects.departments.forms import ReorganiseForm, UnitForm
from waizhuan.projects.departments.models import OPEN, Reorganisation
from waizhuan.projects.departments.screens import ministry_head
from waizhuan.shared.refdata.names import tidy


@screen("departments.reorganise", access=ministry_head)
def reorganise(request: HttpRequest, id: int, kind: str) -> HttpResponse:
    """Begin: nothing moves before it was looked through and confirmed. `?again=`: in place of one that failed."""
    row = queries.department(id)
    if row is None or kind not in Reorganisation.Kind.values:
        raise Hidden
    old = again.earlier(whole(request.GET.get("again", "")), kind=kind, source=row.pk)
    form = ReorganiseForm(request.POST or None, kind=kind, initial=again.typed(old, row.pk) if old else {})
    others, heirs = form.chosen() if request.method == "POST" and form.is_valid() else ([], [])
    if request.method == "POST" and form.is_valid():
        try:
            given: dict[str, Any] = {
                "actor": request.actor,  # type: ignore[attr-defined]
                "sources": [row.pk, *others],
                "heirs": heirs,
                "effective_on": form.day,
                "reason": form.clean_text("reason"),
            }
            plan = again.begin(old=old, **given) if old else reorganising.begin(kind=kind, **given)
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect(address_of("departments.reorganisation", plan.pk) + (f"?again={old.pk}" if old else ""))
    return render(
        request,
        "departments/reorganise.html",
        {
            "form": form,
            "department": row,
            "kind": kind,
            "label": Reorganisation.Kind(kind).label,
            "names": queries.names(),
        },
        status=422 if form.errors else 200,
    )


@screen("departments.reorganisation", access=ministry_head)
def reorganisation(request: HttpRequest, id: int) -> HttpResponse:
    """What will move to whom. A POST keeps the choices, confirms, or drops all of it. `?again=`: what could not be taken
    over from the one that failed is said."""
    plan = get_object_or_404(Reorganisation.objects.select_related("made_by__person"), pk=id)
    verdicts: list[Verdict] = []
    if request.method == "POST":
        try:
            _act(request, plan)
        except Refused as refusal:
            verdicts = list(refusal.verdicts)
            plan = get_object_or_404(Reorganisation.objects.select_related("made_by__person"), pk=id)
        else:
            return redirect("departments.reorganisation", plan.pk)
    view = plans.view_of(plan)
    form = UnitForm(request.POST or None, successors=[name for _, name in view.successors])
    form.take(*(v for v in verdicts if v.field in form.fields))
    others = [v for v in verdicts if v.field not in form.fields]
    old = again.earlier(whole(request.GET.get("again", "")), kind=plan.kind) if plan.state == "draft" else None
    lost = again.carried(old, plan).lost if old else []
    context = {"plan": plan, "view": view, "verdicts": others, "form": form, "again": old, "lost": lost}
    return render(request, "departments/reorganisation.html", context, status=422 if verdicts else 200)


def _act(request: HttpRequest, plan: Reorganisation) -> None:
    """Confirming keeps the choices that stand on the page first; so does a unit that nobody has. A unit that is confirmed
    at once is named in full: one that a part of its name found is seen on the page before it moves."""
    actor, posted = request.actor, request.POST  # type: ignore[attr-defined]
    version, do = whole(posted.get("version", "")) or 0, posted.get("do", "")
    if do == "drop":
        reorganising.drop(actor=actor, id=plan.pk)
        return
    chosen = {
        "by_division": _positions(posted, "place-"),
        "staff": _positions(posted, "person-"),
        "by_unit": _positions(posted, "unit-"),
    }
    text = tidy("".join(c for c in posted.get("unit", "")[:200] if c.isprintable()))
    if text and plan.state in OPEN:
        try:
            to = whole(posted.get("unit_to", ""))
            chosen["by_unit"] |= reorganising.unit_named(
                actor=actor, id=plan.pk, text=text, position=to, whole=do == "confirm"
            )
        except Refused:
            reorganising.assign(actor=actor, id=plan.pk, version=version, **chosen)
            raise
    if do == "confirm" and plan.state == "draft" and plan.version == version:
        reorganising.assign_and_confirm(actor=actor, id=plan.pk, version=version, **chosen)
    elif do == "confirm":
        reorganising.confirm(actor=actor, id=plan.pk, version=version)
    else:
        reorganising.assign(actor=actor, id=plan.pk, version=version, **chosen)


def _positions(posted: Mapping[str, str], prefix: str) -> dict[str, int]:
    """Place or person → position of the successor, as the page's drop-downs say."""
    chosen = {name.removeprefix(prefix): whole(v) for name, v in posted.items() if name.startswith(prefix)}
    return {
        key: position
        for key, position in chosen.items()
        if position is not None and whole(key) is not None and key.isascii()
    }
