"""For whom one acts; who acts for the unit as its main agent."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity import rate
from waizhuan.identity.actors import ACTING_FOR
from waizhuan.identity.models import Account, Organisation
from waizhuan.identity.organisations import agent as agents
from waizhuan.identity.organisations.forms import CodesByEmailForm, NewAgentForm, TwoCodesForm
from waizhuan.identity.realname.queries import open_case
from waizhuan.kernel.access import anyone, natural_person, screen, unit_account
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.refdata import masks

PROVED = "new_agent_proved"  # session: which of the two codes was right already
UNSENT = "new_agent_unsent"  # session: which codes were not sent, and why, until it was read


@screen("organisations.switch", access=natural_person, unagreed=True)
def switch(request: HttpRequest) -> HttpResponse:
    """Choose the organisation acted for, or oneself; only among those that have authorised this person."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        chosen = request.POST.get("organisation", "")
        known = {str(o.id) for o in actor.organisations} | {"0"}
        if chosen in known:
            request.session[ACTING_FOR] = int(chosen)
            return redirect("web.home")
    return render(request, "organisations/switch.html")


@screen("organisations.agent", access=unit_account)
def agent(request: HttpRequest) -> HttpResponse:
    """Who is to be the main agent: anybody of the unit (E9)."""
    account: Account = request.user  # type: ignore[assignment]
    unit = Organisation.objects.get(account=account)
    may = agents.may_change(account)
    form = NewAgentForm((request.POST or None) if may.ok else None, initial=agents.kept(request) or {})
    if request.method == "POST" and form.is_valid():
        within = rate.limit(f"new-agent:{account.pk}", times=10, seconds=900)
        if not within:
            form.take(within)
        elif not check_password(form.cleaned_data["password"], account.password):
            form.take(no(say("密码不对"), field="password"))
        elif open_case(account.pk, "agent") is not None:
            form.take(no(say("现在的主代办人正在实名认证，办完或撤回以后再换"), code="G3"))
        else:
            agents.keep(request, form.cleaned_data)
            request.session[PROVED] = []
            return _send(request, account, form.cleaned_data["phone"])
    return render(
        request,
        "organisations/agent.html",
        {"form": form, "unit": unit, "may": may, "old": _masked(*agents.old_side(account))},
        status=422 if form.errors or (request.method == "POST" and not may.ok) else 200,
    )


def _send(request: HttpRequest, account: Account, phone: str) -> HttpResponse:
    """Send what is not proved yet; the page of the codes says what could not be sent."""
    refused = agents.send_codes(account, phone, request.session.get(PROVED, []))
    request.session[UNSENT] = [(v.field, str(v.reason)) for v in refused]
    return redirect("organisations.agent_codes")


def _masked(channel: str, to: str) -> str:
    mask = masks.mask_email if channel == "email" else masks.mask_phone
    return mask(to) if to else ""


@screen("organisations.agent_codes", access=unit_account)
def agent_codes(request: HttpRequest) -> HttpResponse:
    """The two codes, from whoever hands over and from the new phone."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    account: Account = request.user  # type: ignore[assignment]
    given = agents.kept(request)
    if given is None or not agents.may_change(account).ok:
        return redirect("organisations.agent")
    sending = "again" in request.POST
    channel, old = agents.old_side(account)
    form_type = CodesByEmailForm if channel == "email" else TwoCodesForm
    form = form_type(None if sending else request.POST or None)
    proved = list(request.session.get(PROVED, []))
    for field in proved:
        form.fields.pop(field, None)
    if sending:
        return _send(request, account, given["phone"])
    if request.method == "POST" and form.is_valid():
        within = rate.limit(f"new-agent-codes:{account.pk}", times=20, seconds=900)
        codes = form.cleaned_data
        verdicts = (
            agents.check_codes(account, given["phone"], codes.get("old", ""), codes.get("new", ""), proved)
            if within
            else [within]
        )
        request.session[PROVED] = proved
        if form.take(*verdicts):
            agents.change(actor, account, given)
            request.session.flush()
            return redirect("organisations.agent_done")
    return render(
        request,
        "organisations/agent_codes.html",
        {
            "form": form,
            "name": given["agent_name"],
            "old": _masked(channel, old),
            "unsent": [
                (form.fields[f].label, reason) for f, reason in request.session.pop(UNSENT, []) if f in form.fields
            ],
            "new_phone": masks.mask_phone(given["phone"]),
        },
        status=422 if form.errors else 200,
    )


@screen("organisations.agent_done", access=anyone, methods=("GET",))
def agent_done(request: HttpRequest) -> HttpResponse:
    """The unit's account is in other hands: whoever gave it up is signed out, and reads what happens next."""
    return render(request, "organisations/agent_done.html")
