"""认领旧单位: the unit asks and follows; the ministry finds out and decides."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.kernel.access import any_of, screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.search import SHORTEST
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.words import say
from waizhuan.projects.drafts import stamp
from waizhuan.projects.legacy import pairing
from waizhuan.projects.unit_claims import actions, queries, rules
from waizhuan.projects.unit_claims.effects import checked_it
from waizhuan.projects.unit_claims.forms import ClaimForm, DecisionForm
from waizhuan.projects.unit_claims.models import UnitClaim
from waizhuan.projects.unit_claims.process import CLAIM
from waizhuan.shared.flow import api as flow
from waizhuan.shared.flow.presenters import beside, case_of, on_the_note

unit_admin = any_of("unit.admin")
KEYS = {"propose": "a", "accept": "a", "ask": "m", "give_back": "b", "decline": "d"}


@screen("unit_claims.list", access=unit_admin, methods=("GET",))
def claims(request: HttpRequest) -> HttpResponse:
    """Every claim of the unit, the newest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = page(queries.of_unit(actor), ("-id",), request.GET.get("page", ""))
    context = {
        "page": found,
        "rows": [(c, CLAIM.state(c.state)) for c in found.rows],
        "may": rules.may_begin(verified=actor.organisation_verified),
    }
    return render(request, "unit_claims/list.html", context)


@screen("unit_claims.new", access=unit_admin)
def new(request: HttpRequest) -> HttpResponse:
    """The empty form; the draft that there is stands at its own address. The first press makes one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not rules.may_begin(verified=actor.organisation_verified).ok:
        return redirect("unit_claims.list")  # which says why not
    draft = queries.of_unit(actor).filter(state="draft").first()
    if request.method == "GET" and draft is not None:
        return redirect("unit_claims.form", draft.pk)  # where pressing twice hands one claim in, and begins no other
    if request.method == "POST" and draft is None:
        draft = queries.of_unit(actor).get(pk=actions.draft_for(actor).pk)
        return _form(request, actor, draft, fresh=not draft.old_name and not draft.why)
    return _form(request, actor, draft)


@screen("unit_claims.form", access=unit_admin)
def form(request: HttpRequest, id: int) -> HttpResponse:
    """A draft, or what the unit was asked to complete."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    claim = _own(actor, id)
    if claim.state not in rules.EDITABLE:
        return redirect("unit_claims.case", claim.pk)
    return _form(request, actor, claim)


def _own(actor: Actor, id: int) -> UnitClaim:
    claim = queries.of_unit(actor).filter(pk=id).first()
    if claim is None:
        raise Hidden
    return claim


def _form(request: HttpRequest, actor: Actor, claim: UnitClaim | None, *, fresh: bool = False) -> HttpResponse:
    """`fresh`: this very request began the draft, so that nobody can have saved it before."""
    asked = claim is not None and claim.state == "asked"
    values = {n: getattr(claim, n) for n in ("old_name", "old_code", "why")} if claim else {}
    typed = ClaimForm(request.POST or None, initial=values, asked=asked)
    if request.method == "POST" and claim is not None:
        answer = _save(request, actor, claim, typed, fresh=fresh)
        if answer is not None:
            return answer
        claim.refresh_from_db()
    return render(
        request,
        "unit_claims/form.html",
        {
            "claim": claim,
            "form": typed,
            "files": list(claim.documents.select_related("document").order_by("id")) if claim else [],
            "seen": stamp(claim) if claim else "",
            "asked": flow.history(CLAIM, claim)[0] if asked and claim else None,
            "saved": "save" in request.POST and not typed.errors,
        },
        status=422 if typed.errors else 200,
    )


def _save(
    request: HttpRequest, actor: Actor, claim: UnitClaim, typed: ClaimForm, *, fresh: bool
) -> HttpResponse | None:
    """Keep what was typed, then do what the pressed button asks for; None: show the form again."""
    typed.is_valid()
    for name in list(typed.errors):
        if typed.has_error(name, "required") and "submit" not in request.POST:
            del typed.errors[name]  # it is only saved: what is empty may be filled in later
        elif not typed.has_error(name, "required"):
            return None  # too long: what was kept stays, what was typed stands there
    try:
        claim = actions.save(
            actor=actor,
            claim=claim,
            old_name=typed.clean_text("old_name"),
            old_code=typed.clean_text("old_code"),
            why=typed.clean_text("why"),
            seen=None if fresh else request.POST.get("seen"),
        )
        upload = request.FILES.get("file")
        if upload is not None or "upload" in request.POST:  # also where it was chosen, and another button was pressed
            actions.PAPERS.add(actor, claim, upload)
        if "upload" in request.POST:
            return redirect("unit_claims.form", claim.pk)
        if "remove" in request.POST:
            actions.PAPERS.remove(actor, claim, whole(request.POST["remove"]) or 0)
            return redirect("unit_claims.form", claim.pk)
        if "submit" not in request.POST:
            return None
        actions.submit(actor=actor, claim=claim)
    except Refused as refusal:
        said = set(typed.errors)
        typed.take(*(v for v in refusal.verdicts if v.field not in said))
        typed.file_problems = [v for v in refusal.verdicts if v.field == "file"]
        return None
    return redirect("unit_claims.case", claim.pk)


@screen("unit_claims.case", access=unit_admin)
def case(request: HttpRequest, id: int) -> HttpResponse:
    """Who has it, until when; withdrawing."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    claim = _own(actor, id)
    if request.method == "POST":
        name, version = request.POST.get("transition", "")[:40], whole(request.POST.get("version", ""))
        flow.perform(CLAIM, claim, name, actor, version=version)
        return redirect("unit_claims.case", claim.pk)
    if claim.state == "draft":
        return redirect("unit_claims.form", claim.pk)
    documents = [d.document for d in claim.documents.select_related("document").order_by("id")]
    context = {"claim": claim, "case": case_of(CLAIM, claim, actor), "documents": documents}
    return render(request, "unit_claims/case.html", context)


@screen("unit_claims.review", access=any_of(*pairing.ROLES))
def review(request: HttpRequest, id: int) -> HttpResponse:
    """The papers beside the old units that it may be; a POST decides and leads to the next case."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    claim = queries.for_ministry(actor).filter(pk=id).first()
    if claim is None:
        raise Hidden
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        data = {"old": given["old"]} if given["transition"] == "propose" else {}
        try:
            flow.perform(
                CLAIM, claim, given["transition"], actor, note=given["note"], data=data, version=given["version"]
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            following = flow.next_after(actor)
            return redirect(flow.link("flow.open", (following.pk,)) if following else "flow.queue")
    return _review(request, claim, actor, form)


def _review(request: HttpRequest, claim: UnitClaim, actor: Actor, form: DecisionForm) -> HttpResponse:
    case = case_of(CLAIM, claim, actor, deciding_side=True)
    form.initial["version"] = case.version
    form["note"].help_text = str(on_the_note(case, say("申请单位")))
    known = claim.state in ("decision", "accepted")
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    shown = request.GET.get("document", "")
    entries = list(claim.documents.select_related("document").order_by("id"))
    chosen = next((e for e in entries if str(e.pk) == shown), entries[0] if entries else None)
    tabs = [{"entry": e, "label": e.document.name, "current": e is chosen} for e in entries]
    context = {
        "claim": claim,
        "case": case,
        "form": form,
        "text": text,
        "short": 0 < len(text) < SHORTEST,
        "known": known,
        "olds": queries.found_out(claim) if known else queries.may_mean(claim, text),
        "may_ask": any(c.name == "ask" and c.verdict.ok for c in case.choices),
        "checked_by": checked.person.name if (checked := claim.checked_by) else "",
        "four_eyes": rules.FOUR_EYES if claim.state == "decision" and checked_it(claim, actor) else None,
        "choosing": claim.state == "ministry" and bool(case.choices),
        "picked": whole(str(form["old"].value() or "")),
        "rivals": queries.rivals(claim),
        "tabs": tabs,
        "current": next((t for t in tabs if t["current"]), None),
        "buttons": [(c, KEYS.get(c.name, "")) for c in case.choices],
        "near": beside(case, actor),
    }
    return render(request, "unit_claims/review.html", context, status=422 if form.errors else 200)
