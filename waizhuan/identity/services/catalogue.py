"""服务事项: each service declares itself, with what is missing to enter it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Service:
    """A service. `missing(actor)`: what stands between the actor and the way in, each with its button. The way in is a
    `screen` of ours, or the `address` of another system."""

    code: str
    label: Words
    text: Words
    missing: Callable[[Actor], list[Verdict]]
    screen: str = ""
    address: str = ""


Source = Callable[[], Sequence[Service]]
_SERVICES: dict[str, Service] = {}
_sources: list[Source] = []


def declare(service: Service) -> None:
    _SERVICES[service.code] = service


def also(source: Source) -> None:
    """Services that are rows of a table: asked anew for every page, at the cost of one query."""
    if source not in _sources:
        _sources.append(source)


def services() -> tuple[Service, ...]:
    """What is offered now: our own services first, then other systems."""
    return (*_SERVICES.values(), *(service for source in _sources for service in source()))
