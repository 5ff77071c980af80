"""账号合并: the unit's requests, one request with its list and its dry run, the letter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from waizhuan.identity import api as identity
from waizhuan.kernel.access import any_of, screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.ui.forms import Form
from waizhuan.kernel.ui.text import whole
from waizhuan.projects.legacy import matching
from waizhuan.projects.merges import actions, lists, papers, presenters, queries, rules
from waizhuan.projects.merges.forms import MergeForm
from waizhuan.projects.merges.models import Merge
from waizhuan.projects.merges.process import MERGE, by_unit
from waizhuan.shared.flow import api as flow
from waizhuan.shared.flow.presenters import case_of

unit_admin = any_of("unit.admin")
readers = any_of("unit.admin", *queries.REVIEWERS)
LINES = 50


@screen("merges.list", access=unit_admin, methods=("GET",))
def merges(request: HttpRequest) -> HttpResponse:
    """The unit's requests, newest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = page(queries.visible_to(actor), ("-id",), request.GET.get("page", ""))
    rows = [(m, MERGE.state(m.state), presenters.title(m)) for m in found.rows]
    return render(request, "merges/list.html", {"page": found, "rows": rows})


@screen("merges.new", access=unit_admin)
def new(request: HttpRequest) -> HttpResponse:
    """From whom to whom; the list comes next."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.organisation_id is not None
    matching.match_organisation(actor.organisation_id)
    olds, people = queries.old_sources(actor.organisation_id), queries.people_with_projects(actor.organisation_id)
    leads = identity.people_with(actor.organisation_id, "projects.lead")
    initial = {"source": request.GET.get("source", "")}
    form = MergeForm(request.POST or None, olds=olds, people=people, leads=leads, initial=initial)
    if request.method == "POST" and form.is_valid():
        source = form.cleaned_data["source"]
        try:
            made = actions.ask(
                actor=actor,
                old=next((a for a in olds if f"o{a.pk}" == source), None),
                person=int(source[1:]) if source.startswith("p") else None,
                target=form.cleaned_data["target"],
                reason=form.cleaned_data["reason"],
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect("merges.case", made.pk)
    return render(
        request,
        "merges/new.html",
        {"form": form, "nothing": not olds and not people},
        status=422 if form.is_bound and form.errors else 200,
    )


@screen("merges.case", access=readers)
def case(request: HttpRequest, id: int) -> HttpResponse:
    """What will move (or moved), line by line; sealing, confirming, handing in, deciding, undoing."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(queries.visible_to(actor), pk=id)
    form = Form(request.POST or None)
    if request.method == "POST":
        form.is_valid()
        try:
            _act(request, actor, row)
        except Refused as refusal:
            form.take(*refusal.verdicts)
            row = get_object_or_404(queries.visible_to(actor), pk=id)
        else:
            return redirect("merges.case", row.pk)
    ours = by_unit(actor, row).ok
    lines = page(row.lines.select_related("before_lead__person"), ("id",), request.GET.get("page", ""), size=LINES)
    draft = row.state == "draft"
    under_way = row.state in ("draft", "review")
    left = lists.left_out(row) if under_way else (0, [])
    return render(
        request,
        "merges/case.html",
        {
            "merge": row,
            "case": case_of(MERGE, row, actor, deciding_side=not ours),
            "form": form,
            "page": lines,
            "title_words": presenters.title(row),
            "source": presenters.source_name(row),
            "target": presenters.target_name(row),
            "dry": presenters.dry_run(row) if under_way else None,
            "left_count": left[0],
            "left_out": left[1],
            "draft": draft and ours,
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
    text = given.get("version", "")
    version = whole(text)
    if "leave_out" in given:
        shown = {n for v in given.getlist("shown") if (n := whole(v)) is not None}
        kept = {n for v in given.getlist("keep") if (n := whole(v)) is not None}
        actions.leave_out(actor=actor, merge=row, lines=shown - kept)
    elif "upload" in given:
        actions.add_letter(actor=actor, merge=row, upload=request.FILES.get("letter"))
    elif "confirm" in given:
        actions.confirm(actor=actor, merge=row)
        actions.submit(actor=actor, merge=row, version=version)
    elif "submit" in given:
        actions.submit(actor=actor, merge=row, version=version)
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
