"""The operator's page for one case (prototype 04): evidence beside the data it proves, checks, the decision, the next."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity.realname import reasons, reviews
from waizhuan.identity.realname.forms import NoteForm
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.process import CASE
from waizhuan.identity.realname.queries import accounts_with_number, review_case
from waizhuan.identity.realname.review_presenters import review_of
from waizhuan.identity.realname.screens import reviewers
from waizhuan.kernel.access import screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import Verdict
from waizhuan.shared.flow.api import current_item, next_after
from waizhuan.shared.flow.presenters import beside


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


@screen("realname.review", access=reviewers, methods=("GET",))
def review(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, review_case(_actor(request), pk))


def _page(
    request: HttpRequest, case: Case, *, revealed: bool = False, verdicts: Sequence[Verdict] = ()
) -> HttpResponse:
    actor = _actor(request)
    holders = accounts_with_number(case.doc_index)
    reviews.note_conflict(case, holders)
    may = reviews.may_review(actor, case, holders)
    review = review_of(case, actor, revealed=revealed, shown=request.GET.get("document", ""), may=may)
    return render(
        request,
        "realname/review.html",
        {
            "subject": case,
            "review": review,
            "may": may,
            "deciding": bool(review.buttons),
            "near": beside(review.case, actor),
            "purposes": reasons.PURPOSES,
            "ask_templates": reasons.ASK,
            "decline_templates": reasons.DECLINE,
            "verdicts": verdicts,
            "refusals": NoteForm.with_refusals(request.POST, verdicts),  # for the page's title
            "wrong": {v.field: v.reason for v in verdicts if v.field},
            "accepted": request.POST.getlist("accepted"),
            "chosen": request.POST.getlist("reason"),
            "note": request.POST.get("note", ""),
            "revealed": revealed,
        },
        status=422 if verdicts else 200,
    )


@screen("realname.decide", access=reviewers, methods=("POST",))
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide, then on to the next case of the same queue by due time."""
    actor = _actor(request)
    case = review_case(actor, pk)
    decision = request.POST.get("transition", "")
    if decision not in reviews.DECISIONS:
        return redirect("realname.review", pk)
    item = current_item(CASE, case)
    try:
        reviews.decide(
            actor,
            case,
            decision,
            version=whole(request.POST.get("version", "")),
            accepted=request.POST.getlist("accepted"),
            templates=request.POST.getlist("reason"),
            note=request.POST.get("note", "")[:1000],
        )
    except Refused as error:
        return _page(request, review_case(actor, pk), verdicts=error.verdicts)
    following = next_after(actor, item)
    return redirect("flow.open", following.pk) if following else redirect("flow.queue")


@screen("realname.reveal", access=reviewers, methods=("POST",))
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page with the full numbers, once; the audit log keeps who looked and what for."""
    try:
        case = reviews.reveal(_actor(request), pk, request.POST.get("purpose", ""))
    except Refused as error:
        return _page(request, review_case(_actor(request), pk), verdicts=error.verdicts)
    return _page(request, case, revealed=True)
