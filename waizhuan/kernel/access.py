"""Nothing is open by default: `@screen(id, access=rule)` is the only way into the URL tables.

`id` is also the URL's name, so that a sentence on the screen, its URL, its rule and its line in
`docs/generated/access-matrix.md` are found by one search.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.core.checks import Error, register
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from waizhuan.kernel import kept, roles
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say

Rule = Callable[[Actor], Verdict]
View = Callable[..., HttpResponseBase]
#: The id of the screen that answers this request: what goes wrong there is explained by its help article.
current_screen: ContextVar[str] = ContextVar("current_screen", default="")


@dataclass(frozen=True, slots=True)
class Screen:
    id: str
    access: Rule
    methods: tuple[str, ...]
    keeps: bool = False
    expired: bool = False
    unagreed: bool = False


# ---------------------------------------------------------------- rules


def anyone(actor: Actor) -> Verdict:
    """Open to everybody, signed in or not."""
    return YES


def signed_in(actor: Actor) -> Verdict:
    """Any account."""
    return YES if actor.signed_in else no(say("请先登录"))


def natural_person(actor: Actor) -> Verdict:
    """Accounts of natural persons (自然人)."""
    return YES if actor.kind == "natural" else no(say("这里只供自然人账号使用"))


def unit_account(actor: Actor) -> Verdict:
    """Accounts of legal entities (法人)."""
    return YES if actor.kind == "legal" else no(say("这里只供单位账号使用"))


def acting_for_unit(actor: Actor) -> Verdict:
    """Whoever acts for a unit, in any role."""
    return YES if actor.organisation_kind == "unit" and actor.roles else no(say("请先选择您代表的单位"))


def any_of(*codes: str) -> Rule:
    """Whoever holds one of these roles in the organisation acted for."""

    def rule(actor: Actor) -> Verdict:
        if actor.has(*codes):
            return YES
        names = marks.listed(roles.role(code).label for code in codes)
        return no(say("需要其中一个角色：{roles}", roles=names))

    rule.__name__ = "any_of(" + ", ".join(codes) + ")"
    return rule


def either(*rules: Rule) -> Rule:
    """Open to whom one of the rules lets in."""

    def rule(actor: Actor) -> Verdict:
        verdict = YES
        for one in rules:
            verdict = one(actor)
            if verdict.ok:
                return YES
        return verdict

    rule.__name__ = " or ".join(getattr(r, "__name__", "rule") for r in rules)
    return rule


def both(*rules: Rule) -> Rule:
    """Open to whom all of the rules let in."""

    def rule(actor: Actor) -> Verdict:
        for one in rules:
            verdict = one(actor)
            if not verdict.ok:
                return verdict
        return YES

    rule.__name__ = " and ".join(getattr(r, "__name__", "rule") for r in rules)
    return rule


# ---------------------------------------------------------------- the gate


def screen(
    id: str,
    *,
    access: Rule,
    methods: tuple[str, ...] = ("GET", "POST"),
    keeps: bool = False,
    expired: bool = False,
    unagreed: bool = False,
) -> Callable[[View], View]:
    """Declare a view: its id, who may open it, by which methods (HEAD goes with GET). `keeps`: a form that is sent after
    the session ended is kept until its sender has signed in again; the view asks for it with `kept.take`. `expired`: open
    also to whom signed in by a password that has expired; like `unagreed`, also to whom has not agreed to the terms.

    Whoever is not let in and has not signed in is sent to sign in and brought back; whoever has signed in learns nothing
    but that there is no such page (404). A password that has expired is changed first, wherever its owner goes (E5); then
    the terms are agreed to.
    """
    declared = Screen(id, access, methods, keeps, expired, unagreed or expired)
    allowed = {*methods, "OPTIONS", *(("HEAD",) if "GET" in methods else ())}

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(methods)
            actor: Actor = request.actor  # type: ignore[attr-defined]
            current_screen.set(id)
            first = "sign_in.password" if actor.password_expired and not expired else ""
            if not first and actor.unagreed and not declared.unagreed:
                first = "my_information.consent"
            if not first and access(actor).ok:
                return view(request, *args, **kwargs)
            if not first and not actor.signed_in:
                first = "sign_in.start"
            if not first:
                raise Hidden
            if keeps and request.method == "POST":
                kept.keep(request)
                return by_way_of(first, request, request.path)
            return by_way_of(first, request, wanted(request))

        gate.screen = declared  # type: ignore[attr-defined]
        return gate

    return decorate


def wanted(request: HttpRequest) -> str:
    """Where the reader wants to be: here, or on the page that sent this form or fetched this part of itself."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.get_full_path()
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "/"
    return urlunsplit(("", "", came_from.path, came_from.query, "")) or "/"


def by_way_of(name: str, request: HttpRequest, back: str) -> HttpResponse:
    """To the page of this name, and to `back` afterwards. An htmx request makes the whole page go there."""
    target = reverse(name) + "?" + urlencode({"next": back})
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the product: its path as declared, and its pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        else:
            yield path, pattern


def screen_of(pattern: URLPattern) -> Screen:
    """What the route's `@screen` declares; the system check sees to it that there is one."""
    declared: Screen = pattern.callback.screen  # type: ignore[attr-defined]
    return declared


@register()
def every_route_is_a_screen(app_configs: object, **kwargs: object) -> list[Error]:
    """The system check behind 'nothing is open by default'."""
    problems: list[Error] = []
    seen: dict[str, Rule] = {}
    for path, pattern in routes():
        declared: Screen | None = getattr(pattern.callback, "screen", None)
        if declared is None:
            problems.append(Error(f"/{path} has no @screen", id="waizhuan.E001"))
        elif pattern.name != declared.id:
            problems.append(Error(f"/{path} is named {pattern.name!r}, its screen {declared.id!r}", id="waizhuan.E002"))
        elif seen.setdefault(declared.id, declared.access) is not declared.access:
            problems.append(Error(f"two screens are called {declared.id}", id="waizhuan.E003"))
    return problems
