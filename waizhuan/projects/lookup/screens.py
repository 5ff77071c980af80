"""查找: projects, units, people, experts; saved conditions; exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from waizhuan.kernel.access import screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.words import Words, say
from waizhuan.projects.linking.links import unlinkable
from waizhuan.projects.lookup import actions, queries, rules
from waizhuan.projects.lookup.forms import ConditionsForm, ExportForm, NumberForm, SaveForm
from waizhuan.projects.lookup.presenters import row_of
from waizhuan.projects.lookup.rules import may_look

STATES: dict[str, tuple[str, Words]] = {
    "waiting": ("none", say("排队中")),
    "working": ("wait", say("正在做")),
    "done": ("ok", say("可以下载")),
    "failed": ("bad", say("没有做成，请再试一次")),
    "gone": ("none", say("已过期删除")),
}


def _list(request: HttpRequest, kind: str) -> HttpResponse:
    """The rows with their conditions; htmx asks for the results alone while somebody types."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = ConditionsForm(request.GET or None, kind=kind, actor=actor)
    given = form.conditions()
    found = page(queries.listed(kind, actor, given), queries.ORDERS[kind], request.GET.get("page", ""))
    wrong_links = _wrong_links(actor, found.rows) if kind == "old" else set()
    shown: dict[str, Any] = {
        "kind": kind,
        "label": rules.KINDS[kind],
        "page": found,
        "rows": [row_of(kind, row, actor, wrong_links) for row in found.rows],
        "given": given,
        "query": urlencode(given),
    }
    if request.headers.get("HX-Request"):
        return render(request, "lookup/results.html", shown | {"short": next(iter(form.errors.get("q", [])), "")})
    shown |= {
        "form": form,
        "tabs": [(reverse(f"lookup.{k}"), label, k == kind) for k, label in rules.KINDS.items()],
        "filters": [(f, urlencode(f.conditions)) for f in queries.filters_of(actor, kind)[: rules.FILTERS_AT_MOST]],
    }
    return render(request, "lookup/list.html", shown, status=422 if form.errors else 200)


@screen("lookup.projects", access=may_look, methods=("GET",))
def projects(request: HttpRequest) -> HttpResponse:
    return _list(request, "projects")


@screen("lookup.units", access=may_look, methods=("GET",))
def units(request: HttpRequest) -> HttpResponse:
    return _list(request, "units")


@screen("lookup.people", access=may_look, methods=("GET",))
def people(request: HttpRequest) -> HttpResponse:
    return _list(request, "people")


@screen("lookup.number", access=may_look)
def number(request: HttpRequest) -> HttpResponse:
    """People by the exact number of a document, sent by POST: it does not get into addresses and logs."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = NumberForm(request.POST if request.method == "POST" else None)
    rows: list[dict[str, Any]] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.find_by_number(actor=actor, **form.cleaned_data)
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            rows = [row_of("people", row, actor) for row in found]
    shown = {"form": form, "rows": rows, "kind": "people", "label": rules.KINDS["people"]}
    return render(request, "lookup/number.html", shown, status=422 if form.errors else 200)


@screen("lookup.experts", access=may_look, methods=("GET",))
def experts(request: HttpRequest) -> HttpResponse:
    return _list(request, "experts")


@screen("lookup.old", access=may_look, methods=("GET",))
def old(request: HttpRequest) -> HttpResponse:
    return _list(request, "old")


def _wrong_links(actor: Actor, rows: Sequence[Any]) -> set[int]:
    """The linked old accounts behind these projects that the reader may unlink. One query at most."""
    return unlinkable(
        actor, {row.account_id: row.account__unit__organisation_id for row in rows if row.account__account_id}
    )


def _kind(request: HttpRequest, kind: str) -> tuple[Actor, dict[str, str]]:
    if kind not in rules.KINDS:
        raise Hidden
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor, ConditionsForm(request.GET or None, kind=kind, actor=actor).conditions()


@screen("lookup.save", access=may_look)
def save(request: HttpRequest, kind: str) -> HttpResponse:
    """Name the conditions in the address and keep them."""
    actor, given = _kind(request, kind)
    form = SaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_filter(actor=actor, kind=kind, name=form.cleaned_data["name"], conditions=given)
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect(reverse(f"lookup.{kind}") + "?" + urlencode(given))
    shown = {
        "form": form,
        "kind": kind,
        "label": rules.KINDS[kind],
        "back": reverse(f"lookup.{kind}"),
        "given": given.values(),
    }
    return render(request, "lookup/save.html", shown, status=422 if form.errors else 200)


@screen("lookup.forget", access=may_look, methods=("POST",))
def forget(request: HttpRequest, id: int) -> HttpResponse:
    actions.forget_filter(actor=request.actor, id=id)  # type: ignore[attr-defined]
    back = request.POST.get("kind", "")
    return redirect(f"lookup.{back}" if back in rules.KINDS else "lookup.projects")


@screen("lookup.export", access=may_look)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """What will be in the file, whether with personal data, and why."""
    actor, given = _kind(request, kind)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_for_export(
                actor=actor,
                kind=kind,
                conditions=given,
                personal=bool(form.cleaned_data["personal"]),
                purpose=form.cleaned_data["purpose"],
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect("lookup.exports")
    shown = {
        "form": form,
        "kind": kind,
        "label": rules.KINDS[kind],
        "given": given.values(),
        "back": reverse(f"lookup.{kind}") + "?" + urlencode(given),
        "asks_personal": kind in rules.PERSONAL,
    }
    return render(request, "lookup/export.html", shown, status=422 if form.errors else 200)


@screen("lookup.exports", access=may_look, methods=("GET",))
def exports(request: HttpRequest) -> HttpResponse:
    """The reader's exports with their progress; drawn again by itself while one is at work."""
    found = page(queries.exports_of(request.actor), ("-asked_at", "-id"), request.GET.get("page", ""))  # type: ignore[attr-defined]
    rows = [(e, rules.KINDS[e.kind], *STATES[e.state]) for e in found.rows]
    shown = {"page": found, "rows": rows, "at_work": any(e.state in ("waiting", "working") for e in found.rows)}
    return render(
        request, "lookup/progress.html" if request.headers.get("HX-Request") else "lookup/exports.html", shown
    )


@screen("lookup.download", access=may_look, methods=("GET",))
def download(request: HttpRequest, id: int) -> HttpResponse:
    made, content = actions.fetch(actor=request.actor, id=id)  # type: ignore[attr-defined]
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{made.kind}-{made.asked_at:%Y%m%d}.xlsx"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
