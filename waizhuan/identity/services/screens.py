"""The catalogue and the way in (A4, A5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity.services.catalogue import services
from waizhuan.kernel.access import screen, signed_in
from waizhuan.kernel.errors import Hidden


@screen("services.catalogue", access=signed_in, methods=("GET",))
def catalogue(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    entries: list[dict[str, Any]] = [{"service": s, "missing": s.missing(actor)} for s in services()]
    # the one primary button: the first way in that is open, else the first thing to see to
    first = next((e for e in entries if not e["missing"]), entries[0] if entries else {})
    first["primary"] = True
    return render(request, "services/catalogue.html", {"entries": entries})


@screen("services.enter", access=signed_in, methods=("GET",))
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """办理入口: in, or what is missing, each with its button."""
    actor = request.actor  # type: ignore[attr-defined]
    service = next((s for s in services() if s.code == code), None)
    if service is None:
        raise Hidden
    missing = service.missing(actor)
    if not missing:
        return redirect(service.address or service.screen)
    return render(request, "services/missing.html", {"service": service, "missing": missing})
