"""归口单位: who is responsible where, with phone and hours, for everybody to read; the ministry adds and changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity import api as identity
from waizhuan.identity.api import Organisation
from waizhuan.kernel import clock
from waizhuan.kernel.access import any_of, anyone, screen
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.ui.text import whole
from waizhuan.projects.departments import actions, presenters, queries, rules
from waizhuan.projects.departments.forms import DepartmentForm, SearchForm
from waizhuan.projects.departments.models import DepartmentChange

ministry_head = any_of(actions.ROLE)


@screen("departments.list", access=anyone, methods=("GET",))
def departments(request: HttpRequest) -> HttpResponse:
    """The tree by kinds; looked through by name, phone or place; as it was on a day. What is planned is only for those who
    plan it."""
    form = SearchForm(request.GET)
    form.is_valid()
    day: dt.date | None = form.cleaned_data.get("on")
    writes = ministry_head(request.actor).ok  # type: ignore[attr-defined]
    if day and day > clock.today() and not writes:
        form.take(rules.not_public_yet())
        day = None
    text = form.clean_text("q")
    nodes = queries.looked_up(text=text, kind=form.clean_text("kind"), day=day)
    return render(
        request,
        "departments/list.html",
        {
            "form": form,
            "kinds": queries.by_kind(nodes),
            "day": day if day != clock.today() else None,
            "writes": writes,
        },
        status=422 if form.errors else 200,
    )


@screen("departments.show", access=anyone, methods=("GET",))
def show(request: HttpRequest, id: int) -> HttpResponse:
    """One department: how to reach it, what lies below it, what became of it."""
    row = queries.ever(id)
    if row is None:
        raise Hidden
    writes = ministry_head(request.actor).ok  # type: ignore[attr-defined]
    changes = list(queries.changes_of(id)[:50])
    return render(
        request,
        "departments/show.html",
        {
            "department": row,
            "cities": queries.cities_of(id),
            "history": [presenters.line_of(c) for c in changes if writes or c.state == "done"],
            "writes": writes and row.active_until is None,
            "insider": writes,
        },
    )


@screen("departments.new", access=ministry_head)
def new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@screen("departments.edit", access=ministry_head)
def edit(request: HttpRequest, id: int) -> HttpResponse:
    row = queries.department(id)
    if row is None:
        raise Hidden
    return _edit(request, row)


def _edit(request: HttpRequest, row: Organisation | None) -> HttpResponse:
    below = whole(request.GET.get("parent", ""))
    initial: dict[str, Any] = identity.values_of_department(row) if row else {}
    if row is None and below:
        initial = {"tier": "city", "parent": str(below)}
    form = DepartmentForm(request.POST or None, initial=initial, new=row is None)
    if request.method == "POST" and form.is_valid():
        given = {"values": form.values(), "effective_on": form.day, "reason": form.clean_text("reason")}
        actor = request.actor  # type: ignore[attr-defined]
        try:
            if row is None:
                change = actions.add(actor=actor, **given)  # type: ignore[arg-type]
            else:
                seen = whole(request.POST.get("seen", "")) or 0
                change = actions.edit(actor=actor, id=row.pk, seen=seen, **given)  # type: ignore[arg-type]
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return (
                redirect("departments.show", change.department_id)
                if change.department_id
                else redirect("departments.changes")
            )
    return render(
        request,
        "departments/edit.html",
        {"form": form, "department": row, "seen": queries.newest_change(row.pk) if row else 0},
        status=422 if form.errors else 200,
    )


@screen("departments.changes", access=ministry_head)
def changes(request: HttpRequest) -> HttpResponse:
    """Everything that was laid down, the newest first; a POST drops what has not come yet."""
    if request.method == "POST":
        actions.drop(actor=request.actor, id=whole(request.POST.get("drop", "")) or 0)  # type: ignore[attr-defined]
        return redirect("departments.changes")
    rows = DepartmentChange.objects.select_related("department", "made_by__person", "reorganisation")
    found = page(rows, ("-id",), request.GET.get("page", ""))
    return render(
        request, "departments/changes.html", {"page": found, "lines": [presenters.line_of(c) for c in found.rows]}
    )
