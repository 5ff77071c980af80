"""The operator's page for one appeal: papers beside the data they prove, checks, the decision, the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity.appeals import actions, papers, rules
from waizhuan.identity.appeals.checks import checks_of
from waizhuan.identity.appeals.models import Appeal, Evidence
from waizhuan.identity.appeals.process import APPEAL
from waizhuan.identity.appeals.queries import may_review, papers_of, review_appeal
from waizhuan.identity.models import Organisation
from waizhuan.identity.realname import reasons
from waizhuan.identity.realname.forms import NoteForm
from waizhuan.identity.realname.screens import reviewers
from waizhuan.kernel.access import screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import SILENCE, Words, say
from waizhuan.shared.flow.api import current_item, next_after
from waizhuan.shared.flow.presenters import beside, case_of
from waizhuan.shared.refdata.identity_numbers import label as doc_label
from waizhuan.shared.refdata.masks import mask_number, mask_phone
from waizhuan.shared.refdata.unit_numbers import bare, called

KEYS = {"decline": "d", "ask": "m", "recommend": "a", "approve": "a", "confirm": "a", "uphold": "a"}


@dataclass(frozen=True, slots=True)
class Tab:
    """One paper on the stage."""

    entry: Evidence
    label: Words
    current: bool
    replaced: bool


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


@screen("appeals.review", access=reviewers, methods=("GET",))
def review(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, review_appeal(_actor(request), pk))


def _page(
    request: HttpRequest, appeal: Appeal, *, revealed: bool = False, verdicts: Sequence[Verdict] = ()
) -> HttpResponse:
    actor = _actor(request)
    may = may_review(actor, appeal)
    case = case_of(APPEAL, appeal, actor, deciding_side=True)
    papers_there = papers_of(appeal)
    tabs = _tabs(appeal, papers_there, request.GET.get("document", ""))
    checks = checks_of(appeal, papers_there)
    buttons = sorted(
        (c for c in case.choices if c.name in KEYS), key=lambda c: list(KEYS).index(c.name)
    ) if may.ok else []  # fmt: skip
    return render(
        request,
        "appeals/review.html",
        {
            "subject": appeal,
            "case": case,
            "tabs": tabs,
            "shown": next((t for t in tabs if t.current), None),
            "rows": _rows(appeal, revealed),
            "checks": checks,
            "warnings": sum(c.warning for c in checks),
            "passes": sum(not c.warning for c in checks),
            "buttons": [(b, KEYS[b.name]) for b in buttons],
            "may": may,
            "near": beside(case, actor),
            "purposes": reasons.PURPOSES,
            "ask_templates": reasons.ASK,
            "decline_templates": reasons.DECLINE,
            "verdicts": verdicts,
            "refusals": NoteForm.with_refusals(request.POST, verdicts),
            "wrong": {v.field: v.reason for v in verdicts if v.field},
            "accepted": request.POST.getlist("accepted"),
            "chosen": request.POST.getlist("reason"),
            "note": request.POST.get("note", ""),
            "revealed": revealed,
        },
        status=422 if verdicts else 200,
    )


def _tabs(appeal: Appeal, found: Sequence[Evidence], shown: str) -> list[Tab]:
    chosen = next((e.pk for e in found if str(e.pk) == shown), found[0].pk if found else None)
    return [Tab(e, papers.label_of(appeal, e.slot), e.pk == chosen, e.replaced_at is not None) for e in found]


def _rows(appeal: Appeal, revealed: bool) -> list[tuple[Words, str, Words]]:
    """What was claimed, and the paper on which it is to be read."""
    wanted = papers.slots(appeal.kind, appeal.doc_type)

    def on(field: str) -> Words:
        return next((s.label for s in wanted if field in s.proves), SILENCE)

    number = appeal.doc_number if revealed else mask_number(appeal.doc_number)
    phone = appeal.phone if revealed else mask_phone(appeal.phone)
    rows: list[tuple[Words, str, Words]] = []
    if appeal.kind in rules.UNITS:
        unit: Organisation | None = getattr(appeal.account, "organisation", None)
        rows += [
            *([(say("原名称"), appeal.old_name, on("unit_name"))] if appeal.old_name else []),
            (say("单位全称"), appeal.unit_name, on("unit_name")),
            (called((unit.uscc if unit else "") or appeal.uscc), bare(appeal.uscc), on("uscc")),
            (say("新的主代办人"), appeal.name, on("name")),
        ]
    else:
        rows.append((say("姓名"), appeal.name, on("name")))
    rows.append((doc_label(appeal.doc_type), number, on("doc_number")))
    if appeal.login_name:
        rows.append((say("登录名"), appeal.login_name, say("不用材料，平台有记录")))
    rows.append((say("新的手机号"), phone, say("不用材料，短信验证码核对过")))
    return rows


@screen("appeals.decide", access=reviewers, methods=("POST",))
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide, then on to the next case of the same queue by due time."""
    actor = _actor(request)
    appeal = review_appeal(actor, pk)
    decision = request.POST.get("transition", "")
    if decision not in actions.DECISIONS:
        return redirect("appeals.review", pk)
    item = current_item(APPEAL, appeal)
    version = request.POST.get("version", "")
    try:
        actions.decide(
            actor,
            appeal,
            decision,
            version=whole(version),
            accepted=request.POST.getlist("accepted"),
            templates=request.POST.getlist("reason"),
            note=request.POST.get("note", "")[:1000],
        )
    except Refused as error:
        return _page(request, review_appeal(actor, pk), verdicts=error.verdicts)
    following = next_after(actor, item)
    return redirect("flow.open", following.pk) if following else redirect("flow.queue")


@screen("appeals.reveal", access=reviewers, methods=("POST",))
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page with the full numbers, once; the audit log keeps who looked and what for."""
    try:
        appeal = actions.reveal(_actor(request), pk, request.POST.get("purpose", ""))
    except Refused as error:
        return _page(request, review_appeal(_actor(request), pk), verdicts=error.verdicts)
    return _page(request, appeal, revealed=True)
