"""The form, section by section; saved by its buttons, and by itself while somebody types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from waizhuan.kernel import clock, kept
from waizhuan.kernel.access import screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import Verdict
from waizhuan.projects.applications import actions, contents, drafts, queries
from waizhuan.projects.applications.contents import Content
from waizhuan.projects.applications.drafts import Clash
from waizhuan.projects.applications.fields import Page, limits_line, marks, sums
from waizhuan.projects.applications.kinds import SECTIONS
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import by_filler
from waizhuan.projects.applications.rules import yuan
from waizhuan.projects.applications.screens import fillers

NAMES = list(SECTIONS)


def _writable(actor: Actor, id: int, name: str) -> Application:
    application = queries.for_page(actor, id)
    if name not in SECTIONS or not by_filler(actor, application).ok:
        raise Hidden
    return application


def _save(fields: Mapping[str, Any], actor: Actor, application: Application, name: str) -> actions.Saved:
    touched = fields.get("touched")
    return actions.save(
        actor=actor,
        application=application,
        name=name,
        posted={k: str(v) for k, v in fields.items()},
        base=whole(str(fields.get("base", ""))) or 0,
        touched=touched.split() if touched is not None else None,
    )


@screen("applications.section", access=fillers, keeps=True)
def section(request: HttpRequest, id: int, name: str) -> HttpResponse:
    """One section. Every button saves first; then it goes where it says."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    application = _writable(actor, id, name)
    if application.state not in actions.EDITABLE:
        return redirect("applications.case", application.pk)
    clashes: Sequence[Clash] = ()
    refused: Sequence[Verdict] = ()
    if request.method == "POST":
        clashes = _save(request.POST, actor, application, name).clashes
        try:
            target = _go_on(request, actor, application, name)
        except Refused as refusal:
            refused, target = refusal.verdicts, None
        if target and not clashes:
            return redirect(target)
        application.refresh_from_db(fields=["title", "state", "version", "updated_at"])
    elif fields := kept.take(request):  # sent after the session had ended
        clashes = _save(fields, actor, application, name).clashes
    content = contents.of(application)
    return render(
        request,
        f"applications/{name}.html",
        _context(application, content, name, strict="check" in request.GET, clashes=clashes, refused=refused),
        status=409 if clashes else 422 if refused else 200,
    )


def _go_on(request: HttpRequest, actor: Actor, application: Application, name: str) -> str | None:
    """What the pressed button asks for besides saving; the address to go to, None to stay."""
    do = request.POST.get("do", "")
    here = reverse("applications.section", args=[application.pk, name])
    verb, _, rest = do.partition(":")
    expert, _, visit = rest.partition(":")
    if verb == "next":
        return _next(application, name)
    if verb == "add-expert":
        saved = actions.change_rows(
            actor=actor, application=application, change=lambda d: drafts.add_expert(d, actions.new_key)
        )
        return f"{here}#{saved.draft.rows[-1][0]}"
    if verb == "add-visit":
        actions.change_rows(
            actor=actor, application=application, change=lambda d: drafts.add_visit(d, expert, actions.new_key)
        )
        return f"{here}#{expert}"
    if verb == "remove":
        actions.change_rows(actor=actor, application=application, change=lambda d: drafts.remove(d, expert, visit))
        return f"{here}?removed={rest}"
    if verb == "put-back":
        actions.change_rows(actor=actor, application=application, change=lambda d: drafts.put_back(d, expert, visit))
        return f"{here}#{expert}"
    if verb == "upload":
        upload = request.FILES.get(f"file-{rest}")
        try:
            actions.attach(actor=actor, application=application, kind=rest, upload=upload)
        except Refused as refusal:  # said beside the place that the file was meant for
            raise Refused(*(replace(v, field=rest) for v in refusal.verdicts)) from refusal
        return f"{here}#{rest}"
    if verb == "detach":
        actions.detach(actor=actor, application=application, id=whole(rest) or 0)
        return here
    return here + "?saved=1" if verb == "save" else None


def _next(application: Application, name: str) -> str:
    place = NAMES.index(name) + 1
    if place < len(NAMES):
        return reverse("applications.section", args=[application.pk, NAMES[place]])
    return reverse("applications.submit", args=[application.pk])


def _context(
    application: Application,
    content: Content,
    name: str,
    *,
    strict: bool,
    clashes: Sequence[Clash],
    refused: Sequence[Verdict],
) -> dict[str, Any]:
    page = Page(content, name, strict=strict, clashes=clashes)
    stored = content.sections.get(name)
    place = NAMES.index(name)
    wrong = [(f, p.reason) for f, p in page.errors.items()]
    shown: dict[str, Any] = {
        "application": application,
        "section": name,
        "label": SECTIONS[name],
        "marks": marks(content, name),
        "base": stored.version if stored else 0,
        "saved_at": stored.saved_at if stored and stored.version else None,
        "clashes": clashes,
        "to_mend": wrong,
        "to_mend_count": len(wrong) + len(refused),
        "refused": refused,
        "following": SECTIONS[NAMES[place + 1]] if place + 1 < len(NAMES) else None,
        "preceding": NAMES[place - 1] if place else "",
    }
    shown["fields"] = page.plain()
    if name == "experts":
        shown["experts"] = page.experts()
        shown["at_least"] = content.limits.min_experts
    elif name == "funding":
        shown |= _money(content, page)
    elif name == "attachments":
        beside = {v.field: v.reason for v in refused}
        shown["kinds"] = [k | {"error": beside.get(str(k["kind"])) or k["error"]} for k in page.attachments()]
    return shown


def _money(content: Content, page: Page) -> dict[str, Any]:
    plan, limits = content.reading.plan, content.limits
    return {
        "wide": True,
        "rows": page.budget(),
        "columns": limits_line(content),
        "sums": sums(content),
        "total": yuan(plan.total),
        "match": yuan(plan.match),
        "whole": yuan(plan.total + plan.match),
        "standard": limits.standard.document,
        "visit_total": yuan(limits.standard.total),
        "total_fen": plan.total,
        "most_fen": limits.max_total,
        "most": yuan(limits.max_total) if limits.max_total is not None else "",
        "left": yuan(max(0, limits.max_total - plan.total)) if limits.max_total is not None else "",
        "total_error": page.errors["total"].reason if "total" in page.errors else "",
    }


@screen("applications.autosave", access=fillers, methods=("POST",))
def autosave(request: HttpRequest, id: int, name: str) -> HttpResponse:
    """Save what was touched; answer what the page has to show: when, which version, sums, what is wrong, and what others
    have written meanwhile."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    application = _writable(actor, id, name)
    try:
        saved = _save(request.POST, actor, application, name)
    except Conflict as conflict:
        return JsonResponse({"reason": str(conflict.reason)}, status=409)
    content = contents.of(application)
    page = Page(content, name, strict=False)
    stored = content.sections[name]
    outs: dict[str, str] = {}
    meters: dict[str, int] = {}
    if name == "funding":
        outs, meters = _live_sums(content), {"total": content.reading.plan.total}
    elif name == "experts":
        outs = {f"days-{v.key}": str(v.days or "—") for e in content.reading.plan.experts for v in e.visits}
        outs |= {f"days-{e.key}": str(e.days or "—") for e in content.reading.plan.experts}
    moment = stored.saved_at.astimezone(clock.CHINA)
    answer: Mapping[str, Any] = {
        "at": f"{moment:%H:%M}",
        "version": stored.version,
        "outs": outs,
        "meters": meters,
        "errors": {field: str(p.reason) for field, p in page.errors.items()},
        "clashes": [{"name": c.name, "theirs": c.theirs} for c in saved.clashes],
        "theirs": saved.draft.changed_since(whole(request.POST.get("base", "")) or 0),
        "marks": {m.name: {"state": str(m.state), "shape": m.shape} for m in marks(content, name)},
    }
    return JsonResponse(answer)


def _live_sums(content: Content) -> dict[str, str]:
    plan, limits = content.reading.plan, content.limits
    outs = {f"visit-{v.key}": yuan(plan.visit_total(v.key)) for v in plan.visits}
    outs |= {f"sum-{code}": amount for code, _, amount in sums(content)}
    outs |= {"total": yuan(plan.total), "match": yuan(plan.match), "whole": yuan(plan.total + plan.match)}
    if limits.max_total is not None:
        outs["left"] = yuan(max(0, limits.max_total - plan.total))
    return outs
