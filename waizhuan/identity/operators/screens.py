"""The support desk: find an account, look at it for a purpose, lock it; and the operator's statistics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity import rate
from waizhuan.identity.models import Account, Kind
from waizhuan.identity.operators import actions, queries, rules
from waizhuan.identity.operators.forms import DecisionForm, ProposalForm, PurposeForm, ReasonForm, SearchForm
from waizhuan.identity.operators.presenters import found_of, page_of
from waizhuan.identity.operators.process import WITHDRAWAL, title_of
from waizhuan.identity.operators.queries import account as account_by_id
from waizhuan.identity.operators.statistics import PERIODS, statistics
from waizhuan.kernel import clock
from waizhuan.kernel.access import any_of, screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.ui.text import whole
from waizhuan.shared.flow.api import perform
from waizhuan.shared.flow.presenters import case_of

DESK = any_of("operator.reviewer", "operator.senior", "operator.security")
STAFF = any_of("operator.reviewer", "operator.senior", "operator.security", "operator.system", "operator.auditor")
SECURITY = any_of("operator.security")
REVIEWERS = any_of("operator.reviewer", "operator.senior")
Act = Callable[[Actor, int, str], None]
#: session key: account id → when a purpose was stated
OPENED = "operators_opened"
LOOKS = 60  # accounts that one operator searches for or opens in an hour


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _open_for_a_while(request: HttpRequest, account_ids: list[int]) -> None:
    opened = dict(request.session.get(OPENED, {}))
    now = clock.now().isoformat()
    request.session[OPENED] = {**opened, **{str(pk): now for pk in account_ids}}


def _is_open(request: HttpRequest, account_id: int) -> bool:
    at = request.session.get(OPENED, {}).get(str(account_id))
    return bool(at) and clock.now() - dt.datetime.fromisoformat(at) < dt.timedelta(minutes=rules.MINUTES)


def one_more_look(actor: Actor) -> None:
    """A desk looks at some accounts an hour; whoever looks at hundreds copies the register. Raises Refused."""
    within = rate.limit(f"desk-look:{actor.account_id}", times=LOOKS, seconds=3600)
    if not within:
        raise Refused(within)


@screen("operators.search", access=DESK)
def search(request: HttpRequest) -> HttpResponse:
    """By an exact value, sent by POST: numbers and names do not get into addresses and logs."""
    actor = _actor(request)
    form = SearchForm(request.POST or None)
    found: list[object] | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        one_more_look(actor)
        accounts = actions.search(actor, by=data["by"], value=data["value"], purpose=data["purpose"])
        _open_for_a_while(request, [a.pk for a in accounts])
        found = [found_of(a) for a in accounts]
    context = {"form": form, "found": found}
    return render(request, "operators/search.html", context, status=422 if form.errors else 200)


@screen("operators.account", access=DESK)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account, masked. A purpose opens it for half an hour; full numbers ask again."""
    actor = _actor(request)
    form = PurposeForm(request.POST or None)
    revealed = False
    if request.method == "POST":
        if not form.is_valid():
            account_by_id(pk)
            return render(request, "operators/purpose.html", {"form": form, "pk": pk}, status=422)
        one_more_look(actor)
        actions.look(actor, pk, form.cleaned_data["purpose"])
        _open_for_a_while(request, [pk])
        revealed = bool(request.POST.get("reveal"))
        if not revealed:
            return redirect("operators.account", pk)
    elif not _is_open(request, pk):
        account_by_id(pk)
        return render(request, "operators/purpose.html", {"form": form, "pk": pk})
    return _page(request, account_by_id(pk), revealed=revealed)


def _page(
    request: HttpRequest, found: Account, *, revealed: bool = False, form: ReasonForm | None = None
) -> HttpResponse:
    context = {
        "page": page_of(found, revealed=revealed),
        "account": found,
        "purpose_form": PurposeForm(auto_id="look_%s"),
        "form": form or ReasonForm(),
        "security": SECURITY(_actor(request)).ok,
        "reviewers": REVIEWERS(_actor(request)).ok,
        "merges": REVIEWERS(_actor(request)).ok and found.kind == Kind.NATURAL,
        "revealed": revealed,
    }
    return render(request, "operators/account.html", context, status=422 if form and form.errors else 200)


@screen("operators.withdraw", access=REVIEWERS)
def withdraw(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Propose to take back one verification of an account: what follows stands above the button."""
    chosen = rules.VERIFICATIONS.get(what)
    if chosen is None:
        raise Hidden("operators: no such verification")
    if not _is_open(request, pk):
        return redirect("operators.account", pk)
    found = account_by_id(pk)
    proposed = queries.open_withdrawal(pk, what)
    if proposed is not None:
        return redirect("operators.withdrawal", proposed.pk)
    form = ProposalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose_withdrawal(_actor(request), pk, what, form.cleaned_data["reason"])
        except Refused as error:
            form.take(*error.verdicts)
        else:
            return redirect("operators.withdrawal", made.pk)
    context = {"form": form, "account": found, "head": found_of(found), "chosen": chosen, "unit": what != "person"}
    return render(request, "operators/withdraw.html", context, status=422 if form.errors else 200)


@screen("operators.withdrawal", access=REVIEWERS)
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Who proposed it and why; another one takes the verification back, or leaves it."""
    actor = _actor(request)
    row = queries.withdrawal(actor, pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            perform(WITHDRAWAL, row, given["transition"], actor, note=given["note"], version=whole(given["version"]))
        except Refused as error:
            form.take(*error.verdicts)
        else:
            return redirect("operators.withdrawal", pk)
    context = {
        "row": row,
        "name": title_of(row),
        "chosen": rules.VERIFICATIONS[row.what],
        "case": case_of(WITHDRAWAL, row, actor, deciding_side=True),
        "may": row.may,
        "form": form,
    }
    return render(request, "operators/withdrawal.html", context, status=422 if form.errors else 200)


ACTS: dict[str, Act] = {"lock": actions.lock, "unlock": actions.unlock, "end_sessions": actions.end_sessions}


@screen("operators.act", access=SECURITY, methods=("POST",))
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock, unlock, end sessions: each with its reason."""
    actor = _actor(request)
    chosen = ACTS.get(request.POST.get("act", ""))
    if chosen is None:
        raise Hidden("operators: no such act")
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            chosen(actor, pk, form.cleaned_data["reason"])
        except Refused as error:
            form.take(*error.verdicts)
        else:
            return redirect("operators.account", pk)
    if not _is_open(request, pk):
        return redirect("operators.account", pk)
    return _page(request, account_by_id(pk), form=form)


@screen("operators.statistics", access=STAFF, methods=("GET",))
def show_statistics(request: HttpRequest) -> HttpResponse:
    """Volume, time and outcome; numbers that people compare are drawn."""
    actor = _actor(request)
    if actor.organisation_id is None:
        raise Hidden("operators: no organisation")
    chosen = request.GET.get("days", "")
    days = next((d for d, _ in PERIODS if str(d) == chosen), PERIODS[0][0])
    context = {"statistics": statistics(actor.organisation_id, days), "periods": PERIODS}
    return render(request, "operators/statistics.html", context)
