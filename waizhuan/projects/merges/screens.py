"""账号合并: the unit's requests, one request with its list and its dry run, the letter."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from waizhuan.identity import api as identity
from waizhuan.kernel.access import any_of, screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.ui.text import whole
from waizhuan.projects.legacy import matching
from waizhuan.projects.merges import actions, lists, papers, presenters, queries, rules
from waizhuan.projects.merges.forms import LetterForm, MergeForm
from waizhuan.projects.merges.models import Merge
from waizhuan.projects.merges.process import MERGE, by_unit
from waizhuan.shared.flow import api as flow
from waizhuan.shared.flow.presenters import case_of

unit_admin = any_of("unit.admin")
readers = any_of("unit.admin", *queries.REVIEWERS)
LINES = 50
TYPED = "merges.typed"  # session: what was typed when a search began, by the word in the address that leads back to it
SEARCHES = 5  # of one browser that are remembered, the latest


@screen("merges.list", access=unit_admin, methods=("GET",))
def merges(request: HttpRequest) -> HttpResponse:
    """The unit's requests, newest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = page(queries.visible_to(actor), ("-id",), request.GET.get("page", ""))
    rows = [(m, MERGE.state(m.state), presenters.title(m)) for m in found.rows]
    return render(request, "merges/list.html", {"page": found, "rows": rows})


def _form(request: HttpRequest, unit: int, initial: Mapping[str, object]) -> tuple[MergeForm, bool]:
    """The form with whom it offers, the one named in the address or chosen before among them; and whether there are more."""
    sources, more = queries.offered(unit)
    typed = request.session.get(TYPED, {}).get(request.GET.get("typed", ""), {})
    initial = {**initial, **typed}
    wanted = request.POST.get("source") or request.GET.get("source") or str(initial.get("source", ""))
    if wanted and wanted not in {s.code for s in sources} and (chosen := queries.source(unit, wanted)):
        sources = [chosen, *sources]
    form = MergeForm(
        request.POST or None,
        sources=[(s.code, s.name) for s in sources],
        leads=identity.people_with(unit, "projects.lead"),
        initial={**initial, "source": wanted},
    )
    return form, more


def _search(request: HttpRequest, merge: int | None = None) -> HttpResponse:
    """To the page of all sources; what was typed waits in the session: a reason is longer than an address may be."""
    word = secrets.token_hex(4)
    typed = {name: request.POST.get(name, "")[:2000] for name in ("source", "target", "reason", "listing")}
    kept = [*request.session.get(TYPED, {}).items(), (word, typed)]
    request.session[TYPED] = dict(kept[-SEARCHES:])
    named = {"typed": word} if merge is None else {"merge": str(merge), "typed": word}
    return redirect(f"{reverse('merges.sources')}?{urlencode(named)}")


@screen("merges.new", access=unit_admin)
def new(request: HttpRequest) -> HttpResponse:
    """From whom to whom; the list comes next."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.organisation_id is not None
    if "find" in request.POST:
        return _search(request)
    matching.match_organisation(actor.organisation_id)
    form, more = _form(request, actor.organisation_id, {})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        source = queries.source(actor.organisation_id, given["source"])
        try:
            made = actions.ask(
                actor=actor,
                old=source.old if source else None,
                person=source.person if source else None,
                target=given["target"],
                reason=given["reason"],
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect("merges.case", made.pk)
    nothing = len(form.fields["source"].choices) == 1  # type: ignore[attr-defined]
    shown = {"form": form, "nothing": nothing, "more": more}
    return render(request, "merges/new.html", shown, status=422 if form.is_bound and form.errors else 200)


@screen("merges.change", access=unit_admin)
def change(request: HttpRequest, id: int) -> HttpResponse:
    """From somebody else, or to somebody else, while the unit has the request: the list is made anew."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(queries.visible_to(actor).filter(unit=actor.organisation_id or 0), pk=id)
    if row.state != "draft":
        return redirect("merges.case", row.pk)
    if "find" in request.POST:
        return _search(request, row.pk)
    initial = {
        "source": f"o{row.old_id}" if row.old_id else f"p{row.person_id}",
        "target": row.target_id or actions.UNIT_ITSELF,
        "reason": row.reason,
        "listing": row.listing,
    }
    form, more = _form(request, row.unit_id, initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        source = queries.source(row.unit_id, given["source"])
        try:
            actions.relist(
                actor=actor,
                merge=row,
                old=source.old if source else None,
                person=source.person if source else None,
                target=given["target"],
                reason=given["reason"],
                listing=given["listing"],
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect("merges.case", row.pk)
    shown = {"form": form, "merge": row, "more": more}
    return render(request, "merges/change.html", shown, status=422 if form.is_bound and form.errors else 200)


@screen("merges.sources", access=unit_admin, methods=("GET",))
def sources(request: HttpRequest) -> HttpResponse:
    """Everybody who holds projects of the unit, to choose from: `?merge=` goes back to that request, else to a new one;
    `?typed=` is what was typed there before."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.organisation_id is not None
    kind = "people" if request.GET.get("kind") == "people" else "old"
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found, rows = queries.sources(actor.organisation_id, kind, text, request.GET.get("page", ""))
    merge = whole(request.GET.get("merge", ""))
    back = reverse("merges.new") if merge is None else reverse("merges.change", args=[merge])
    typed = request.GET.get("typed", "")[:20]
    along = urlencode({n: v for n, v in (("merge", "" if merge is None else str(merge)), ("typed", typed)) if v})
    shown = {"page": found, "rows": rows, "kind": kind, "text": text, "back": back, "merge": merge, "typed": typed}
    shown |= {"along": f"&{along}" if along else ""}
    return render(request, "merges/sources.html", shown)


@screen("merges.former", access=readers, methods=("GET",))
def former_list(request: HttpRequest, id: int, former: int) -> HttpResponse:
    """A list as it was handed in or sealed before."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(queries.visible_to(actor), pk=id)
    kept = get_object_or_404(row.former_lists.select_related("letter"), pk=former)
    lines = page(kept.lines.all(), ("id",), request.GET.get("page", ""), size=LINES)
    return render(request, "merges/former.html", {"merge": row, "former": kept, "page": lines})


@screen("merges.case", access=readers)
def case(request: HttpRequest, id: int) -> HttpResponse:
    """What will move (or moved), line by line; sealing, confirming, handing in, deciding, undoing."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(queries.visible_to(actor), pk=id)
    posted = request.method == "POST"
    form = LetterForm(request.POST if posted else None, request.FILES if posted else None)
    if posted:
        form.is_valid()
        try:
            _act(request, actor, row)
        except Refused as refusal:
            form.take(*refusal.verdicts)
            row = get_object_or_404(queries.visible_to(actor), pk=id)
        else:
            return redirect("merges.case", row.pk)
    ours = by_unit(actor, row).ok
    lines = page(queries.lines_of(row), ("id",), request.GET.get("page", ""), size=LINES)
    draft = row.state == "draft"
    under_way = row.state in ("draft", "review")
    left = lists.left_out(row) if under_way else (0, [])
    found = case_of(MERGE, row, actor, deciding_side=not ours)
    return render(
        request,
        "merges/case.html",
        {
            "merge": row,
            "case": found,
            "form": form,
            "page": lines,
            "shown": " ".join(str(line.id) for line in lines.rows),
            "title_words": presenters.title(row),
            "source": presenters.source_name(row),
            "target": presenters.target_name(row),
            "dry": presenters.dry_run(row) if under_way else None,
            "left_count": left[0],
            "left_out": left[1],
            "draft": draft and ours,
            "returned": next((p for p in found.timeline if p.what == MERGE.transition("give_back").past), None),
            "former": queries.former_of(row)[:20],
            "ours": ours,
            "may_confirm": rules.may_confirm(
                verified=actor.organisation_verified, target_is_actor=row.target_id == actor.account_id
            ),
        },
        status=422 if form.is_bound and form.errors else 200,
    )


def _act(request: HttpRequest, actor: Actor, row: Merge) -> None:
    """One press: what it is called decides. Raises Refused, Conflict, Hidden."""
    given = request.POST
    version, listing = whole(given.get("version", "")), whole(given.get("listing", ""))
    if "leave_out" in given:
        shown = {n for v in " ".join(given.getlist("shown")).split() if (n := whole(v)) is not None}
        kept = {n for v in given.getlist("keep") if (n := whole(v)) is not None}
        actions.leave_out(actor=actor, merge=row, lines=shown - kept, listing=listing)
    elif "upload" in given:
        actions.add_letter(actor=actor, merge=row, upload=request.FILES.get("letter"), listing=listing)
    elif "confirm" in given:
        actions.confirm(actor=actor, merge=row, listing=listing)
        actions.submit(actor=actor, merge=row, version=version, listing=listing)
    elif "submit" in given:
        actions.submit(actor=actor, merge=row, version=version, listing=listing)
    else:
        note = given.get("note", "").replace("\x00", "")[:2000]
        flow.perform(MERGE, row, given.get("transition", "")[:40], actor, note=note, version=version)


@screen("merges.letter", access=readers, methods=("GET",))
def letter(request: HttpRequest, id: int) -> HttpResponse:
    """The filled-in letter with the list and its code (附件2)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(queries.visible_to(actor), pk=id)
    answer = HttpResponse(papers.pdf_of(row), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{row.number}.pdf"'
    return answer
