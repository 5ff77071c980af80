"""以前用过的账号: what a person sees of their old accounts; 历任管理员: what a unit sees of its own."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from waizhuan.identity import api as identity
from waizhuan.kernel.access import any_of, natural_person, screen, signed_in
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.paging import page
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import YES, Remedy, no
from waizhuan.kernel.words import say
from waizhuan.projects.legacy import matching, pairing
from waizhuan.projects.legacy.models import LegacyAccount
from waizhuan.projects.linking import actions, links, presenters, queries, rules
from waizhuan.projects.linking.forms import ClaimForm, FindForm, HandOverForm, UnlinkForm
from waizhuan.projects.linking.process import CLAIM, own_claim
from waizhuan.shared.flow import api as flow
from waizhuan.shared.flow.presenters import case_of
from waizhuan.shared.refdata.masks import mask_name

unit_admin = any_of("unit.admin")
may_undo_links = any_of("unit.admin", "department.clerk", "department.head", "ministry.clerk", "ministry.head")


@screen("linking.accounts", access=natural_person)
def accounts(request: HttpRequest) -> HttpResponse:
    """Old accounts with their projects and evidence; what is certain is linked at the first look (F9). A POST looks for one by
    its login name."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.account_id is not None
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        within = identity.may_try("old-account", actor.account_id, times=20)
        if not within.ok:
            form.take(no(within.reason, field="login"))
        elif queries.by_login(form.cleaned_data["login"]) is None:
            form.take(no(say("没有这个旧登录名，请核对；带不带 WGZJXM_ 都可以"), field="login", code="F10"))
        else:
            return redirect(reverse("linking.claim") + "?" + urlencode({"login": form.cleaned_data["login"]}))
    login_name = str(request.user.login_name)  # type: ignore[union-attr]
    seen = queries.seen_by(actor.account_id)
    linked = actions.link_certain(actor.account_id, seen)
    if linked:
        seen = queries.seen_by(actor.account_id)
    return render(
        request,
        "linking/accounts.html",
        {
            "form": form,
            "old_accounts": presenters.old_accounts(actor.account_id, login_name, seen),
            "claims": [(c, CLAIM.state(c.state)) for c in queries.claims_of(actor.account_id)],
            "linked": linked,
            "verified": actor.verified,
        },
        status=422 if form.is_bound and form.errors else 200,
    )


@screen("linking.claim", access=natural_person)
def claim(request: HttpRequest) -> HttpResponse:
    """Ask for an old account that no rule settles: rule by rule why not, then in one's own words."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.account_id is not None
    login = (request.POST if request.method == "POST" else request.GET).get("login", "").replace("\x00", "")[:60]
    within = identity.may_try("old-account", actor.account_id, times=40)
    old = queries.by_login(login) if within.ok else None
    if old is None:
        return redirect("linking.accounts")
    form = ClaimForm(request.POST or None, request.FILES or None, initial={"login": old.login_name})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.claim(
                actor=actor, login=login, words=form.cleaned_data["words"], upload=form.cleaned_data["document"]
            )
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect("linking.case", made.pk)
    seen = queries.known_of(actor.account_id)
    found = queries.evidence(old, actor.account_id, seen, str(request.user.login_name))  # type: ignore[union-attr]
    verdict = rules.may_claim(found, claimed=queries.open_claim(actor.account_id, old.pk))
    return render(
        request,
        "linking/claim.html",
        {"form": form, "old": old, "findings": rules.findings(found), "verdict": verdict},
        status=422 if form.is_bound and form.errors else 200,
    )


@screen("linking.case", access=signed_in)
def case(request: HttpRequest, id: int) -> HttpResponse:
    """The claim, for the claimant and for whoever decides it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(queries.claims_visible_to(actor), pk=id)
    if request.method == "POST":
        version = request.POST.get("version", "")
        flow.perform(
            CLAIM,
            row,
            request.POST.get("transition", "")[:40],
            actor,
            note=request.POST.get("note", "").replace("\x00", "")[:2000],
            version=whole(version),
        )
        return redirect("linking.case", row.pk)
    claimant = row.asker_account_id or 0
    deciding = claimant != actor.account_id
    own = rules.may_decide(own=own_claim(actor, row)) if deciding else YES
    found = queries.evidence(row.old, claimant, queries.known_of(claimant), "")
    return render(
        request,
        "linking/case.html",
        {
            "claim": row,
            "case": case_of(CLAIM, row, actor, deciding_side=deciding),
            "findings": rules.findings_about(found) if deciding else rules.findings(found),
            "deciding": deciding,
            "own": own,
            "old_name": mask_name(row.old.name),
            "project_count": row.old.projects.count(),
        },
    )


@screen("linking.administrators", access=unit_admin, methods=("GET",))
def administrators(request: HttpRequest) -> HttpResponse:
    """The unit's administrators with their dates, and its old accounts with who has them now (F3)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.organisation_id is not None
    if not actor.organisation_verified:
        missing = no(
            say("单位还没有实名认证，旧账号还不能给您看"),
            code="D1",
            remedy=Remedy("realname.status", say("去实名认证")),
        )
        return render(request, "linking/administrators.html", {"missing": [missing]})
    matching.match_organisation(actor.organisation_id)
    found = page(queries.of_unit(actor), ("id",), request.GET.get("page", ""))
    ours = _people(actor)
    return render(
        request,
        "linking/administrators.html",
        {
            "administrators": presenters.administrators(actor.organisation_id),
            "page": found,
            "rows": [(a, mask_name(a.name), _holder(a, ours)) for a in found.rows],
        },
    )


def _people(actor: Actor) -> dict[int, str]:
    """Of the unit whose administrator this is; a department and the ministry have none here. One query."""
    unit = [actor.organisation_id] if actor.has("unit.admin") and actor.organisation_id else []
    return {h.account_id: h.name for h in identity.holdings(unit)}


def _holder(old: LegacyAccount, ours: Mapping[int, str]) -> str:
    """Who has the old account now: a unit reads the full names of its own people, everybody else's are masked."""
    person = getattr(old.account, "person", None) if old.account else None
    return ours.get(old.account_id or 0) or mask_name(person.name if person else "")


@screen("linking.hand_over", access=unit_admin)
def hand_over(request: HttpRequest, id: int) -> HttpResponse:
    """The unit gives what its old account held to one of its project leads, after having seen what that is (F10)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.organisation_id is not None
    old = get_object_or_404(queries.of_unit(actor), pk=id)
    if old.account_id is not None:
        if request.method == "POST":  # pressed twice, or somebody was faster: the list says whose it is
            return redirect("linking.administrators")
        raise Hidden
    people = identity.people_with(actor.organisation_id, "projects.lead")
    form = HandOverForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over(actor=actor, old_id=old.pk, person=int(form.cleaned_data["person"]))
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect("linking.administrators")
    projects = old.projects.filter(organisation_id=actor.organisation_id).order_by("-year", "-id")[: presenters.SHOWN]
    return render(
        request,
        "linking/hand_over.html",
        {"form": form, "old": old, "old_name": mask_name(old.name), "projects": projects, "people": people},
        status=422 if form.is_bound and form.errors else 200,
    )


def _back(request: HttpRequest, actor: Actor, old: LegacyAccount) -> str:
    if actor.has("unit.admin"):
        return reverse("linking.administrators")
    if request.GET.get("from") == "unit" and old.unit_id is not None and actor.has(*pairing.ROLES):
        return reverse("legacy.part", args=[old.unit_id])  # where its unit is being taken back
    return reverse("lookup.old")


@screen("linking.unlink", access=may_undo_links)
def unlink(request: HttpRequest, id: int) -> HttpResponse:
    """A wrong link is undone, with the reason: by the unit, its department or the ministry."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = LegacyAccount.objects.select_related("unit__organisation", "account__person")
    old = get_object_or_404(rows, pk=id)
    if not links.may_unlink(actor, old):
        raise Hidden
    form = UnlinkForm(request.POST or None)
    back = _back(request, actor, old)
    if old.account_id is None:
        return redirect(back)  # pressed twice, or somebody was faster
    if request.method == "POST" and form.is_valid():
        try:
            links.unlink(actor=actor, old_id=old.pk, why=form.cleaned_data["why"])
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            return redirect(back)
    context = {
        "form": form,
        "back": back,
        "ours": actor.has("unit.admin"),
        "old": old,
        "holder": _holder(old, _people(actor)),
        "how": rules.HOW.get(old.linked_how, ""),
        "count": old.projects.filter(lead_id=old.account_id, moved=False).count(),
    }
    return render(request, "linking/unlink.html", context, status=422 if form.errors else 200)
