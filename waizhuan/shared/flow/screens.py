"""待办 and 已办, opening a case from a list, reminding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from waizhuan.kernel.access import any_of, either, screen, signed_in, unit_account
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.ui.addresses import address_of
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.flow import actions, posts, queue, rules
from waizhuan.shared.flow.engine import link
from waizhuan.shared.flow.forms import FilterForm, NameForm
from waizhuan.shared.flow.models import WorkItem
from waizhuan.shared.flow.presenters import Rows, holder_name, line_of, row_of
from waizhuan.shared.flow.process import process
from waizhuan.shared.flow.queries import HOLDER, HOLDER_OF, ROW, asked_by, held_by, open_items

deciders = either(
    any_of(
        "department.clerk",
        "department.head",
        "ministry.clerk",
        "ministry.head",
        "operator.reviewer",
        "operator.senior",
        "operator.system",
        "unit.admin",
    ),
    unit_account,
)


@screen("flow.open", access=signed_in, methods=("GET",))
def open_item(request: HttpRequest, id: int) -> HttpResponse:
    """From a line of a list to the case: the holder's page, the asker's, or for what is done the page of those who decided."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    held = held_by(actor).filter(pk=id).first()
    item = held or asked_by(actor).filter(pk=id).first()
    if item is None:
        item = _closed_or_upper(actor, id)
    of = process(item.process)
    subject = of.model()._default_manager.filter(pk=item.subject_id).first()
    if subject is None:
        raise Hidden
    if of.decided and item.closed_at is not None and not _asked(actor, item):
        return redirect(link(*of.decided(subject)))
    return redirect(link(*of.screen(subject, held is not None)))


def _asked(actor: Actor, item: WorkItem) -> bool:
    here = actor.organisation_id is not None and item.asker_organisation_id == actor.organisation_id
    return here or item.asker_account_id == actor.account_id


def _closed_or_upper(actor: Actor, id: int) -> WorkItem:
    """Work that is done already, or that was escalated: the case's own page decides who may see it."""
    item = WorkItem.objects.filter(pk=id).first()
    if item is None or not actor.roles:
        raise Hidden
    return item


@screen("flow.queue", access=deciders)
def work(request: HttpRequest) -> HttpResponse:
    """The queue of the posts held. A POST takes, gives to a colleague, or gives back, what was ticked."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        _hand_round(actor, request.POST)
        return redirect(request.get_full_path())
    colleagues = posts.colleagues(actor)
    view, form, given = _narrowing(request, colleagues)
    rows = queue.rows(actor, view, given)
    # a colleague who is none any more, say: nothing, and why, rather than everything
    found = page(rows.none() if form.errors else rows, queue.ORDER, request.GET.get("page", ""))
    first = next(iter(found.rows), None) if "page" not in request.GET else None  # the most urgent of what is listed
    return render(
        request,
        "flow/queue.html",
        _list(actor, found, form, given)
        | {
            "views": queue.views(actor, "" if (own := _own_tabs(actor, view, given)).here else view),
            "own": own,
            "view": view,
            "query": urlencode(queue.conditions(view, given)),
            "first": first,
            "colleagues": colleagues,
        },
    )


def _hand_round(actor: Actor, sent: QueryDict) -> None:
    ticked = [n for v in sent.getlist("item") if (n := whole(v)) is not None]
    if not ticked:
        raise Refused(no(say("还没有选择事项，请先勾选"), code="G9"))
    if "assign" not in sent:
        actions.take(actor=actor, items=ticked, back="back" in sent)
        return
    to = whole(sent.get("to", ""))
    if to is None:
        raise Refused(no(say("请选择要分给哪一位同事"), field="to", code="G9"))
    actions.assign(actor=actor, items=ticked, to=to)


def _narrowing(request: HttpRequest, colleagues: Sequence[posts.Colleague]) -> tuple[str, FilterForm, dict[str, Any]]:
    """The tab, the filter form and its conditions, as the address gives them."""
    view = request.GET.get("view", "all")
    form = FilterForm(request.GET or None, colleagues=colleagues)
    form.is_valid()
    return view if view in queue.VIEWS else "all", form, getattr(form, "cleaned_data", {})


@dataclass(frozen=True, slots=True)
class OwnTabs:
    """One's own views as tabs: (name, address, whether it is open); `here`: one of them is."""

    tabs: Sequence[tuple[str, str, bool]]

    @property
    def here(self) -> bool:
        return any(current for _, _, current in self.tabs)


def _own_tabs(actor: Actor, view: str, given: dict[str, Any]) -> OwnTabs:
    now = queue.conditions(view, given)
    return OwnTabs([(v.name, urlencode(v.conditions), v.conditions == now) for v in queue.saved(actor)])


@screen("flow.views", access=deciders)
def views(request: HttpRequest) -> HttpResponse:
    """One's own views: name the filter in the address, rename one, take one away."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    view, filters, given = _narrowing(request, posts.colleagues(actor))
    conditions = queue.conditions(view, given)
    sent = request.POST if request.method == "POST" else None
    which = (whole(sent.get("id", "")) or 0) if sent else 0
    form = NameForm(sent)
    if sent is not None and "remove" in sent:
        actions.remove_view(actor=actor, id=which)
        return redirect("flow.views")
    if sent is not None and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            if which:
                actions.rename_view(actor=actor, id=which, name=name)
                return redirect("flow.views")
            actions.keep_view(actor=actor, name=name, conditions=conditions)
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect(link("flow.queue", ()) + "?" + urlencode(conditions))
    shown = {
        "conditions": _chosen(filters, given) if not which else [],
        "view_label": queue.VIEWS[view] if view != "all" and not which else "",
        "narrowed": bool(conditions) and not which,
        "form": form if not which else NameForm(),
        "own": [
            (v, form if v.pk == which else NameForm({"name": v.name}, prefix=None, auto_id=f"name-{v.pk}-%s"))
            for v in queue.saved(actor)
        ],
        "most": rules.VIEWS_AT_MOST,
    }
    return render(request, "flow/views.html", shown, status=422 if form.errors else 200)


def _list(actor: Actor, found: Any, form: FilterForm, given: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {
            "id": str(item.id),
            "url": address_of("flow.open", item.id),
            "title": item.title,
            "line": line_of(item) or item.asker_organisation__name,
            "number": item.number,
            "state": process(item.process).state(item.state),
            "due": item.due_at if item.promised else None,
            "provisional": item.provisional,
            "opened": item.opened_at,
            "process": process(item.process).label,
            "assignee": item.assignee__person__name,
            "mine": item.assignee_id == actor.account_id,
        }
        for item in found.rows
    ]
    return {"page": found, "rows": rows, "form": form, "chosen": _chosen(form, given)}


def _chosen(form: FilterForm, given: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What the list is narrowed by: label, value, and the address without it."""
    return [
        (
            str(form.fields[name].label),
            str(dict(getattr(form.fields[name], "choices", ())).get(value, value)),
            urlencode({k: v for k, v in form.data.items() if k not in (name, "page")}),
        )
        for name, value in given.items()
        if value
    ]


@screen("flow.own", access=signed_in, methods=("GET",))
def own(request: HttpRequest) -> HttpResponse:
    """All that lies with the reader's own account, of which the home page shows the most urgent; the work of posts is in the
    queue."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = page(
        open_items().filter(account_id=actor.account_id or 0).only(*ROW), queue.ORDER, request.GET.get("page", "")
    )
    rows = Rows([row_of(item) for item in found.rows], more=False)
    return render(request, "flow/own.html", {"page": found, "rows": rows})


@screen("flow.awaited", access=signed_in, methods=("GET",))
def awaited(request: HttpRequest) -> HttpResponse:
    """All that the reader waits for and who has it, of which the home page shows the most urgent."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    work = asked_by(actor).select_related(*HOLDER_OF).only(*ROW, *HOLDER)
    found = page(work, queue.ORDER, request.GET.get("page", ""))
    rows = Rows([row_of(item, holder_name(item)) for item in found.rows], more=False)
    return render(request, "flow/awaited.html", {"page": found, "rows": rows})


@screen("flow.done", access=deciders, methods=("GET",))
def done(request: HttpRequest) -> HttpResponse:
    """What this post has decided, the newest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    closed = WorkItem.objects.filter(
        organisation_id=actor.organisation_id or 0, role__in=actor.roles, closed_at__isnull=False
    )
    found = page(
        closed.select_related("asker_organisation", "closed_by__person").only(
            *ROW, "closed_at", "asker_organisation__name", "closed_by__person__name"
        ),
        ("-closed_at", "-id"),
        request.GET.get("page", ""),
    )
    rows = [
        {
            "row": row_of(item),
            "process": process(item.process).label,
            "closed": item.closed_at,
            "asker": item.asker_organisation.name if item.asker_organisation else "",
            "by": item.closed_by.person.name if item.closed_by and hasattr(item.closed_by, "person") else "",
        }
        for item in found.rows
    ]
    return render(request, "flow/done.html", {"page": found, "rows": rows})


@screen("flow.remind", access=signed_in, methods=("POST",))
def remind(request: HttpRequest, id: int) -> HttpResponse:
    item = actions.remind(actor=request.actor, item_id=id)  # type: ignore[attr-defined]
    return redirect("flow.open", item.pk)
