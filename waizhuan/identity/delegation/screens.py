"""用户授权管理: who may act for us; giving, changing, withdrawing; asking to be authorised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity import rate
from waizhuan.identity.actors import active_mandates
from waizhuan.identity.delegation import actions, invitations, rules
from waizhuan.identity.delegation.finding import find
from waizhuan.identity.delegation.forms import AskForm, ChangeForm, DecisionForm, GrantForm
from waizhuan.identity.delegation.leaving import left_by
from waizhuan.identity.delegation.models import Request
from waizhuan.identity.delegation.process import REQUEST
from waizhuan.identity.models import Mandate, Organisation, OrganisationKind
from waizhuan.kernel import clock, roles
from waizhuan.kernel.access import natural_person, screen, signed_in
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import Words, say, say_n
from waizhuan.shared.flow import api as flow
from waizhuan.shared.flow.presenters import case_of
from waizhuan.shared.refdata import masks, names, unit_numbers

DAY = 86400  # seconds
INVITATIONS = 50  # text messages to people without an account, by one organisation a day
TO_ONE_PHONE = 5  # of them to one phone, whoever sends them
REQUESTS = 20  # by one person a day


@screen("delegation.list", access=rules.may_authorise, methods=("GET",), unagreed=True)
def mandates(request: HttpRequest) -> HttpResponse:
    """Who can act for us now; `?past=1`: who could, with dates."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    past = "past" in request.GET
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    rows = Mandate.objects.filter(organisation_id=actor.organisation_id or 0)
    current = active_mandates().values("pk")
    rows = rows.exclude(pk__in=current) if past else rows.filter(pk__in=current)
    if text:
        rows = rows.filter(account__person__name_key__contains=names.name_key(text))
    found = page(
        rows.select_related("account__person", "granted_by__person"), ("-granted_at", "id"), request.GET.get("page", "")
    )
    givable = {r.code for r in rules.givable(actor)}
    vacant = [] if past or text else _vacant(actor)
    invited = (
        []
        if past
        else list(invitations.waiting().filter(organisation_id=actor.organisation_id or 0).order_by("-id")[:20])
    )
    return render(
        request,
        "delegation/list.html",
        {
            "page": found,
            "past": past,
            "text": text,
            "now": rules.may_give_now(actor),
            "vacant": vacant,
            "rows": [
                {
                    "m": m,
                    "name": _name(m.account),
                    "role": roles.role(m.role).label,
                    "by": _name(m.granted_by),
                    "mine": m.role in givable and m.account_id != actor.account_id,
                    "own": m.role in givable and m.account_id == actor.account_id,
                    "why": rules.WHY.get(m.withdrawn_why, m.withdrawn_why),
                }
                for m in found.rows
            ],
            "invited": [
                {
                    "id": i.pk,
                    "until": i.invited_at + dt.timedelta(days=invitations.DAYS),
                    "name": i.name,
                    "phone": masks.mask_phone(i.phone),
                    "at": i.invited_at,
                    "roles": marks.listed(roles.role(c).label for c in i.roles),
                }
                for i in invited
            ],
        },
    )


def _vacant(actor: Actor) -> list[Words]:
    """The posts of a department that nobody holds: what comes in waits. One query, for a department alone: a unit needs no
    lead until it applies."""
    if actor.organisation_kind != "department":
        return []
    held = set(active_mandates().filter(organisation_id=actor.organisation_id or 0).values_list("role", flat=True))
    return [r.label for r in rules.givable(actor) if r.code not in held]


def _name(account: Any) -> str:
    person = getattr(account, "person", None) if account else None
    if person:
        return str(person.name)
    return str(say("单位账号")) if account else "—"


@screen("delegation.new", access=rules.may_authorise, unagreed=True)
def new(request: HttpRequest) -> HttpResponse:
    """Name + number → found → roles → done; or an invitation."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    now = rules.may_give_now(actor)
    form = GrantForm(request.POST or None, actor=actor)
    inviting = bool(form.data.get("phone") or form.data.get("doc_country"))  # what was typed there is shown again
    if request.method == "POST" and now.ok and form.is_valid():
        given = form.cleaned_data
        within = rate.limit(f"find-person:{actor.account_id}", times=30, seconds=3600)
        try:
            if not within:
                raise Refused(no(within.reason, field="sought"))
            if _granted(actor, given):
                return redirect("delegation.list")
        except Refused as refusal:
            form.take(*refusal.verdicts)
            inviting = inviting or any(v.field in ("sought", "doc_country") for v in refusal.verdicts)
    return render(
        request,
        "delegation/new.html",
        {"form": form, "now": now, "inviting": inviting},
        status=422 if form.errors else 200,
    )


def _granted(actor: Actor, given: dict[str, Any]) -> bool:
    """Give the roles, or send the invitation that was asked for. Raises Refused with what stands in the way."""
    until = actions.end_of(given.get("until"))
    person, verdict = find(name=given["name"], sought=given["sought"])
    if person is not None:
        actions.give_mandates(
            actor=actor, account_id=person.account_id, codes=given["roles"], until=until, note=given["note"]
        )
        return True
    if not given.get("phone") or verdict.field == "name":
        raise Refused(verdict)
    with transaction.atomic():  # what is refused was not sent, and counts for nothing
        invitations.invite(
            actor=actor,
            name=given["name"],
            doc_key=invitations.key_of(given["sought"], given.get("doc_country") or ""),
            phone=given["phone"],
            codes=given["roles"],
            until=until,
            note=given["note"],
        )
        _count_invitation(actor, given["phone"])
    return True


def _count_invitation(actor: Actor, phone: str) -> None:
    """A message goes to the phone of somebody who has not asked for it. Raises Refused, which takes the invitation back."""
    if not rate.limit(f"invite-to:{phone}", times=TO_ONE_PHONE, seconds=DAY):
        raise Refused(
            no(say_n("一天最多发 {n} 条邀请到同一个手机号，请明天再发", TO_ONE_PHONE), field="phone", code="C4")
        )
    if not rate.limit(f"invite:{actor.organisation_id}", times=INVITATIONS, seconds=DAY):
        raise Refused(no(say_n("一个单位一天最多发 {n} 条邀请，请明天再发", INVITATIONS), field="phone", code="C4"))


@screen("delegation.uninvite", access=rules.may_authorise, methods=("POST",))
def uninvite(request: HttpRequest, id: int) -> HttpResponse:
    """Take an invitation back."""
    invitations.take_back(actor=request.actor, invitation_id=id)  # type: ignore[attr-defined]
    return redirect("delegation.list")


@screen("delegation.change", access=rules.may_authorise)
def change(request: HttpRequest, account_id: int) -> HttpResponse:
    """Another set of roles, another period, for somebody who acts for us already (C3)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    held = list(
        active_mandates()
        .select_related("account__person")
        .filter(account_id=account_id, organisation_id=actor.organisation_id or 0)
        .order_by("id")
    )
    if not held or account_id == actor.account_id:
        raise Hidden
    until = held[0].valid_until
    form = ChangeForm(
        request.POST or None,
        actor=actor,
        initial={
            "roles": [m.role for m in held],
            "until": until.astimezone(clock.CHINA).date() if until else None,
            "note": held[0].note,
        },
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.change(
                actor=actor,
                account_id=account_id,
                codes=given["roles"],
                until=actions.end_of(given.get("until")),
                note=given["note"],
            )
            return redirect("delegation.list")
        except Refused as refusal:
            form.take(*refusal.verdicts)
    found = [left_by(m.role, account_id, m.organisation_id) for m in held]
    return render(
        request,
        "delegation/change.html",
        {"form": form, "name": _name(held[0].account), "left": [one for one in found if one]},
        status=422 if form.errors else 200,
    )


@screen("delegation.withdraw", access=signed_in)
def withdraw(request: HttpRequest, id: int) -> HttpResponse:
    """Ask once, then take the post back; one's own as well, by whoever leaves: who may authorise nobody any more because of that
    comes, pressing twice, where the first press led."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not rules.may_authorise(actor).ok:
        gone = Mandate.objects.filter(pk=id, account_id=actor.account_id or 0, withdrawn_by_id=actor.account_id or 0)
        if not gone.exclude(withdrawn_at=None).exists():
            raise Hidden
        return redirect("/")
    mandate = (
        Mandate.objects.select_related("account__person")
        .filter(pk=id, organisation_id=actor.organisation_id or 0)
        .first()
    )
    if mandate is None:
        raise Hidden
    own = mandate.account_id == actor.account_id
    why = request.POST.get("why", "").replace("\x00", "")[:200]
    refused: Sequence[Verdict] = ()
    if request.method == "POST":
        try:
            actions.withdraw(actor=actor, mandate_id=id, why=why)
        except Refused as refusal:
            refused = refusal.verdicts
        else:
            return redirect(
                "/" if own else "delegation.list"
            )  # whoever gave up their own may not open the list any more
    elif mandate.withdrawn_at is not None:
        return redirect("delegation.list")  # somebody was faster, or came back here
    left = left_by(mandate.role, mandate.account_id, mandate.organisation_id)
    return render(
        request,
        "delegation/withdraw.html",
        {
            "mandate": mandate,
            "name": _name(mandate.account),
            "role": roles.role(mandate.role).label,
            "left": [left] if left else [],
            "own": own,
            "alone": own and roles.role(mandate.role).gives and not actions.others_who_give(actor),
            "refused": refused,
            "why": why,
        },
        status=422 if refused else 200,
    )


@screen("delegation.ask", access=natural_person)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask one's unit in one click (A5)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sought = form.cleaned_data["unit"]
        unit = _unit(sought)
        try:
            if unit is None:
                raise Refused(
                    no(say("没有找到这个单位。请核对全称或登记号码，或请单位先注册"), field="unit", code="A5")
                )
            given = form.cleaned_data
            within = rate.limit(f"ask-unit:{actor.account_id}", times=REQUESTS, seconds=86400)
            if not within:
                raise Refused(no(within.reason, field="unit"))
            made = actions.ask(actor=actor, organisation=unit, role=given["role"], words=given["words"])
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect("delegation.request", made.pk)
    return render(request, "delegation/ask.html", {"form": form}, status=422 if form.errors else 200)


def _unit(sought: str) -> Organisation | None:
    """By its whole name, else by its number; a number that units of several places have tells nothing."""
    units = Organisation.objects.filter(kind=OrganisationKind.UNIT)
    named = units.filter(name_key=names.name_key(sought)).first()
    if named is not None:
        return named
    numbered = units.filter(uscc__in=unit_numbers.may_mean_anywhere(sought))[:2]
    return numbered[0] if len(numbered) == 1 else None


@screen("delegation.request", access=signed_in)
def request_case(request: HttpRequest, id: int) -> HttpResponse:
    """The request: the asker follows it, the unit decides."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = Request.objects.select_related("organisation", "asker_account__person").filter(pk=id).first()
    mine = row is not None and row.asker_account_id == actor.account_id
    if row is None or not (mine or actor.holds(row.organisation_id, "unit.admin")):
        raise Hidden
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            flow.perform(REQUEST, row, form.cleaned_data["transition"], actor, note=form.cleaned_data["note"])
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect("delegation.request", row.pk)
    return render(
        request,
        "delegation/request.html",
        {
            "row": row,
            "name": _name(row.asker_account),
            "role": roles.role(row.role).label,
            "form": form,
            "case": case_of(REQUEST, row, actor, deciding_side=not mine),
        },
        status=422 if form.errors else 200,
    )
