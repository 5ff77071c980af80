"""我的信息: everything that one may change, in one place, with what each change triggers (G3, G4, D10)."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from waizhuan.identity import consents, rate
from waizhuan.identity.actors import ANOTHER, UNAGREED, actor_of
from waizhuan.identity.models import Account, Kind, Organisation, Person, RealName
from waizhuan.identity.my_information import closing, holdings, pending, rules
from waizhuan.identity.my_information.forms import AnswerForm, CloseForm, ConsentForm, RequestForm
from waizhuan.identity.my_information.models import DataRequest, RequestKind
from waizhuan.identity.my_information.process import RELIEF, REQUEST
from waizhuan.identity.openid import grants
from waizhuan.identity.openid.models import Grant
from waizhuan.identity.realname import api as realname
from waizhuan.identity.realname.queries import open_case, operator_organisation
from waizhuan.identity.second_factor.factors import held_by
from waizhuan.identity.sign_in import sessions
from waizhuan.identity.sign_in.entering import safe_next
from waizhuan.kernel import roles
from waizhuan.kernel.access import anyone, routes, screen, screen_of, signed_in
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.paging import page
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import Remedy, no
from waizhuan.kernel.words import say
from waizhuan.shared.flow import api as flow
from waizhuan.shared.flow.presenters import case_of
from waizhuan.shared.refdata import identity_numbers, masks


@screen("my_information.home", access=signed_in, methods=("GET",), unagreed=True)
def home(request: HttpRequest) -> HttpResponse:
    account: Account = request.user  # type: ignore[assignment]
    person = Person.objects.filter(account=account).first()
    unit = Organisation.objects.filter(account=account).first()
    return render(
        request,
        "my_information/home.html",
        {
            "account": account,
            "person": person,
            "unit": unit,
            "factors": held_by(account),
            "closing": pending.waiting(account.pk),
            "change": open_case(account.pk, realname.Kind.UNIT) if unit and unit.real_name == RealName.PASSED else None,
            "phone": masks.mask_phone(account.phone) if account.phone else "",
            "email": masks.mask_email(account.email) if account.email else "",
            "doc_type": identity_numbers.label(person.doc_type) if person else "",
            "doc_number": masks.mask_number(person.doc_number) if person else "",
            "uscc": masks.mask_uscc(unit.uscc or "") if unit else "",
        },
    )


@screen("my_information.download", access=signed_in, methods=("POST",), unagreed=True)
def download(request: HttpRequest) -> HttpResponse:
    """A copy of what the platform holds about this account (Personal Information Protection Law, Art. 45)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    account: Account = request.user  # type: ignore[assignment]
    within = rate.limit(f"my-copy:{account.pk}", times=10, seconds=3600)
    if not within:
        raise Refused(within)
    with transaction.atomic():
        publish(Happened(actor, "my_information.download", f"identity.account:{account.pk}", {}))
        data = holdings.copy_of(account.pk)
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="my-information.json"'
    return response


@screen("my_information.requests", access=signed_in, unagreed=True)
def requests(request: HttpRequest) -> HttpResponse:
    """Correct, delete, explain, restrict: asked in one place, answered within 15 working days."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    account: Account = request.user  # type: ignore[assignment]
    account = Account.objects.select_related("person").get(pk=account.pk)
    form = RequestForm(request.POST or None, account=account, acting_for=actor.organisation_id)
    if request.method == "POST" and form.is_valid():
        within = rate.limit(f"data-request:{account.pk}", times=10, seconds=86400)
        if form.take(within):
            try:
                made = _asked(account, actor, form.cleaned_data)
            except Refused as refusal:
                form.take(*refusal.verdicts)
            else:
                return redirect("my_information.request", made.pk)
    found = page(DataRequest.objects.filter(asker_account=account), ("-id",), request.GET.get("page", ""))
    rows = [{"r": r, "state": REQUEST.state(r.state)} for r in found.rows]
    return render(
        request,
        "my_information/requests.html",
        {"form": form, "page": found, "rows": rows},
        status=422 if form.errors else 200,
    )


def _asked(account: Account, actor: Actor, given: dict[str, Any]) -> DataRequest:
    """One request of a kind that changes something at a time: the second would stand in the way of the first, or undo it.
    Raises Refused."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)  # two clicks, one after the other
        same = DataRequest.objects.filter(
            asker_account=account, kind=given["kind"], field=given["field"], state=REQUEST.initial
        )
        if given["kind"] in (RequestKind.CORRECT, RequestKind.DELETE, RequestKind.CLOSE_UNIT) and same.exists():
            raise Refused(no(say("同样的请求正在处理，在下面的列表里；要改先撤回"), field="kind", code="D10"))
        made = DataRequest(
            kind=given["kind"],
            words=given["words"],
            field=given["field"],
            value=given["value"],
            operator=operator_organisation(),
            asker_account=account,
        )
        return flow.start(REQUEST, made, actor)


@screen("my_information.request", access=signed_in, unagreed=True)
def request_case(request: HttpRequest, pk: int) -> HttpResponse:
    """The asker follows it, also without having agreed to the terms; the operator answers it, who has agreed as everybody."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = DataRequest.objects.select_related("asker_account__person").filter(pk=pk).first()
    mine = row is not None and row.asker_account_id == actor.account_id
    desk = row is not None and actor.organisation_id == row.operator_id and actor.has(
        "operator.reviewer", "operator.senior"
    )  # fmt: skip
    if row is None or not (mine or desk):
        raise Hidden
    if desk and not mine and actor.unagreed:
        return redirect(consents.page(request.path))
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            flow.perform(REQUEST, row, form.cleaned_data["transition"], actor, note=form.cleaned_data["note"])
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            if row.kind == RequestKind.CORRECT and form.cleaned_data["transition"] == "answer":
                _verify_anew(row)
            return redirect("my_information.request", row.pk)
    return render(
        request,
        "my_information/request.html",
        {
            "row": row,
            "correction": _correction(row),
            "form": form,
            "case": case_of(REQUEST, row, actor, deciding_side=not mine),
            "account_id": row.asker_account_id if desk else 0,
            "under_way": pending.unit_rows(row.asker_account_id or 0)
            if row.kind == RequestKind.CLOSE_UNIT and row.state == REQUEST.initial
            else None,
        },
        status=422 if form.errors else 200,
    )


def _correction(row: DataRequest) -> dict[str, object] | None:
    """What was asked for; a number masked."""
    if not row.field or row.asker_account is None:
        return None
    label = rules.FIELDS[row.asker_account.kind].get(row.field, "")
    return {"label": label, "value": masks.mask_number(row.value) if row.field.endswith("number") else row.value}


def _verify_anew(row: DataRequest) -> None:
    """What was corrected is asked of the authority again; the asker uploads documents where that does not do. Whoever does not
    consent to that begins it themselves, once they do."""
    assert row.asker_account is not None
    if consents.missing(row.asker_account.pk, consents.IDENTITY):
        return
    with contextlib.suppress(Refused):
        realname.start_check(actor_of(row.asker_account))


@screen("my_information.kept", access=signed_in, methods=("GET",), unagreed=True)
def kept(request: HttpRequest) -> HttpResponse:
    """What a deletion removes, and what it keeps and why."""
    return render(request, "my_information/kept.html", {"holdings": holdings.every()})


@screen("my_information.consents", access=signed_in, methods=("GET",), unagreed=True)
def consents_given(request: HttpRequest) -> HttpResponse:
    """To what one has agreed, in which version, when; what can be withdrawn."""
    account: Account = request.user  # type: ignore[assignment]
    rows = [
        {"row": row, "label": consents.LABELS.get(row.text, row.text)}
        for row in account.consents.order_by("-given_at")[:50]
    ]
    return render(request, "my_information/consents.html", {"rows": rows})


@screen("my_information.withdraw", access=signed_in, unagreed=True)
def withdraw(request: HttpRequest, text: str) -> HttpResponse:
    """What follows from withdrawing a consent; then it is withdrawn, here and wherever the account is signed in. What stands
    in the way of everything here ends also at the systems that were entered from this session."""
    account: Account = request.user  # type: ignore[assignment]
    if text not in consents.VERSIONS or not account.consents.filter(text=text, withdrawn_at=None).exists():
        return redirect("my_information.consents")
    if request.method == "POST":
        actor: Actor = request.actor  # type: ignore[attr-defined]
        with transaction.atomic():
            consents.withdraw(actor, account.pk, text)
            sessions.end_others(account, but=request.session.session_key or "")
            if consents.due(account):
                request.session[UNAGREED] = True
                grants.end(Grant.objects.filter(account=account), why="account", actor=actor)
            sessions.go_on(request, account)
        return redirect("my_information.consent")
    return render(request, "my_information/withdraw.html", {"label": consents.LABELS[text]})


@screen("my_information.consent", access=signed_in, unagreed=True)
def consent(request: HttpRequest) -> HttpResponse:
    """What has not been agreed to yet, each with a tick of its own; then on to where the reader was going."""
    account: Account = request.user  # type: ignore[assignment]
    due = consents.due(account)
    wanted = list(due)
    to_verify = safe_next(request).startswith(reverse("realname.status"))
    if (to_verify or request.GET.get("for") == consents.IDENTITY) and consents.IDENTITY not in wanted:
        wanted += consents.missing(account.pk, consents.IDENTITY)
    form = ConsentForm(request.POST if request.method == "POST" else None, texts=wanted)
    if not wanted or (request.method == "POST" and form.is_valid()):
        if wanted:
            consents.give(request.actor, account.pk, wanted)  # type: ignore[attr-defined]
        request.session.pop(UNAGREED, None)
        return redirect(safe_next(request) or "web.home")
    context = {"form": form, "next": safe_next(request), "only_identity": not due}
    context["another"] = request.session.get(UNAGREED) == ANOTHER
    return render(request, "my_information/consent.html", context, status=422 if form.errors else 200)


@screen("my_information.close", access=signed_in, unagreed=True)
def close(request: HttpRequest) -> HttpResponse:
    """What ends, what stays, what stands in the way and who has it; then the password. Where others hold it up, the account
    closes by itself as soon as they do not; until then it can be taken back here, and cases of one's own be withdrawn."""
    account: Account = request.user  # type: ignore[assignment]
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST" and (item := whole(request.POST.get("withdraw", ""))) is not None:
        closing.withdraw(account, actor, item)
        return redirect("my_information.close")
    if request.method == "POST" and "keep" in request.POST:
        pending.take_back(actor, account)
        return redirect("my_information.close")
    asked = pending.waiting(account.pk)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and asked is None and form.is_valid():
        within = rate.limit(f"close:{account.pk}", times=5, seconds=900)
        if not within:
            form.take(no(within.reason, field="password"))
        elif not check_password(form.cleaned_data["password"], account.password):
            form.take(no(say("密码不对"), field="password"))
        elif account.kind != Kind.LEGAL or not closing.against(account, acting_for=actor.organisation_id):
            if pending.ask(actor, account):
                request.session.flush()
                return redirect("my_information.closed")
            return redirect("my_information.close")
    against = closing.obstacles(account, acting_for=actor.organisation_id)
    posts = [{"organisation": m.organisation.name, "role": roles.role(m.role).label} for m in closing.posts_of(account)]
    return render(
        request,
        "my_information/close.html",
        {
            "form": form,
            "asked": asked,
            "against": _in_the_way(against, account, actor),
            "may_ask": account.kind != Kind.LEGAL,
            "posts": posts,
        },
        status=422 if form.errors else 200,
    )


def _in_the_way(against: Sequence[holdings.Obstacle], account: Account, actor: Actor) -> list[dict[str, object]]:
    """What stands in the way, who has it and until when, with what mends it: a page that the reader may open, or a button that
    withdraws the case; where a post was asked to take it over, how far that is. Six queries, and one a kind of case."""
    found = [(one, one.verdict.remedy) for one in against]
    cases = {int(str(r.args[0])) for _, r in found if r is not None and r.screen == "flow.open"}
    here = closing.withdrawable(account, actor) if cases else set()
    work = pending.work_of(account.pk, cases) if cases else {}
    reliefs = pending.reliefs(account.pk)
    open_to_them = (
        {screen_of(pattern).id for _, pattern in routes() if screen_of(pattern).unagreed} if actor.unagreed else None
    )
    rows: list[dict[str, object]] = []
    for one, remedy in found:
        case = remedy.args[0] if remedy is not None and remedy.screen == "flow.open" else None
        relief, its_work = reliefs.get((one.organisation_id, one.role), (None, None))
        if relief is not None:
            remedy = Remedy("my_information.relief", say("看谁来接手"), (relief,))
        if open_to_them is not None and remedy is not None and remedy.screen not in open_to_them:
            remedy = None
        rows.append(
            {
                "reason": one.verdict.reason,
                "remedy": remedy,
                "work": work.get(case) if isinstance(case, int) else its_work,
                "withdraw": case if case in here else None,
            }
        )
    return rows


@screen("my_information.relief", access=signed_in, unagreed=True, methods=("GET",))
def relief(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leaves, what they leave behind, and where the post gives it to somebody else; it ends by itself."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = pending.relief_for(actor, pk)
    mine = row.asker_account_id == actor.account_id
    if actor.unagreed and not mine:
        return redirect(consents.page(request.path))
    case = case_of(RELIEF, row, actor, deciding_side=not mine)
    needed = pending.still_needed(row) if case.holder is not None else None
    holds = actor.holds(row.organisation_id, row.role)
    return render(
        request,
        "my_information/relief.html",
        {"row": row, "name": RELIEF.title(row), "case": case, "needed": needed, "mine": mine, "holds": holds},
    )


@screen("my_information.closed", access=anyone, methods=("GET",), unagreed=True)
def closed(request: HttpRequest) -> HttpResponse:
    return render(request, "my_information/closed.html")
