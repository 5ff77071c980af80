"""A verified unit asks for a change of what is registered of it (E11)."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity.models import Account
from waizhuan.identity.realname import changes, rules
from waizhuan.identity.realname.correct_screens import not_too_often
from waizhuan.identity.realname.forms import ChangeForm
from waizhuan.identity.realname.queries import open_case, own_unit
from waizhuan.identity.realname.screens import agreed
from waizhuan.kernel.access import screen, unit_account
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say


@screen("realname.change", access=unit_account)
@agreed
def change(request: HttpRequest) -> HttpResponse:
    """What is new, after reading what it triggers; then the authority's answer, or the papers."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    account: Account = request.user  # type: ignore[assignment]
    unit = own_unit(actor)
    case = open_case(actor.account_id, rules.Kind.UNIT)
    may = rules.may_change(unit.real_name, unit.agent_real_name, case.state if case else "")
    if not may.ok:
        return redirect("realname.case", case.pk) if case else redirect("realname.status")
    form = ChangeForm(unit, request.POST or None)
    contested = False
    if request.method == "POST" and form.is_valid() and form.take(not_too_often(actor)):
        if not check_password(form.cleaned_data["password"], account.password):
            form.take(no(say("密码不对"), field="password"))
        else:
            try:
                begun = changes.ask(actor, form.registered(), claim=bool(request.POST.get("claim")))
            except Refused as error:
                form.take(*error.verdicts)
                contested = any(v.code in ("D4", "D5") for v in error.verdicts)
            else:
                return redirect("realname.upload" if begun.state == "upload" else "realname.case", begun.pk)
    context = {"form": form, "unit": unit, "contested": contested}
    return render(request, "realname/change.html", context, status=422 if form.errors else 200)
