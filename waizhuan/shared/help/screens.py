"""The help centre: all answers, one answer, and the pages about the service."""

from __future__ import annotations

import contextlib
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from waizhuan.kernel.access import Rule, anyone, routes, screen, screen_of
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.words import SILENCE, Words
from waizhuan.shared.help import library
from waizhuan.shared.help.library import Article

LONGEST_QUERY = 100


@screen("help.home", access=anyone, methods=("GET",), expired=True)
def home(request: HttpRequest) -> HttpResponse:
    """Every answer under its group, or what was searched for (`q`)."""
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    found = library.search(query) if query else []
    return render(request, "help/home.html", {"query": query, "found": found, "groups": library.grouped()})


@screen("help.article", access=anyone, methods=("GET",), expired=True)
def article(request: HttpRequest, code: str) -> HttpResponse:
    """One answer and the button that leads to the flow."""
    return _page(request, code)


@screen("help.accessibility", access=anyone, methods=("GET",), expired=True)
def accessibility(request: HttpRequest) -> HttpResponse:
    return _page(request, "accessibility")


@screen("help.privacy", access=anyone, methods=("GET",), expired=True)
def privacy(request: HttpRequest) -> HttpResponse:
    return _page(request, "privacy")


@screen("help.feedback", access=anyone, methods=("GET",), expired=True)
def feedback(request: HttpRequest) -> HttpResponse:
    return _page(request, "feedback")


def _page(request: HttpRequest, code: str) -> HttpResponse:
    found = library.article(code)
    if found is None:
        raise Hidden(f"help article {code[:40]}")
    actor: Actor = request.actor  # type: ignore[attr-defined]
    target, why_not = _way(found, actor)
    see = [a for a in map(library.article, found.see) if a]
    context = {"article": found, "target": target, "why_not": why_not, "see": see}
    context["picture"] = library.picture(found.id, library.language())
    return render(request, "help/article.html", context)


def _way(found: Article, actor: Actor) -> tuple[str, Words]:
    """The address of the article's button, or why this reader has none. Strangers are led through signing in."""
    why_not = SILENCE
    for screen_id in found.screens:
        rule = _rules().get(screen_id)
        if rule is None:
            continue
        allowed = rule(actor)
        if allowed.ok or not actor.signed_in:
            with contextlib.suppress(NoReverseMatch):
                return reverse(screen_id), SILENCE
        why_not = why_not or allowed.reason
    return "", why_not


@cache
def _rules() -> dict[str, Rule]:
    """The access rule of every screen."""
    declared = [screen_of(pattern) for _, pattern in routes() if hasattr(pattern.callback, "screen")]
    return {d.id: d.access for d in declared}
