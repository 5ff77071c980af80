"""Keyset pages: next and previous only, as fast on the last page as on the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)
SIZE = 20


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """The rows of one page and the cursors of its neighbours ("" where there is none)."""

    rows: Sequence[M]
    next: str
    previous: str


def _signer(order: Sequence[str]) -> Signer:
    """Cursors are signed, each for lists in its order: whatever else an address holds could be no value of these columns."""
    return Signer(salt="paging:" + ",".join(order))


def _encode(order: Sequence[str], values: list[Any], backwards: bool) -> str:
    plain = [v.isoformat() if hasattr(v, "isoformat") else v for v in values]
    return _signer(order).sign_object([int(backwards), *plain])


def _decode(order: Sequence[str], cursor: str) -> tuple[bool, list[Any]] | None:
    """None for anything that is no cursor of ours: then the first page is shown."""
    try:
        backwards, *values = _signer(order).unsign_object(cursor)
    except BadSignature:
        return None
    return bool(backwards), values


def _beyond(fields: Sequence[str], values: Sequence[Any], backwards: bool) -> Q:
    """Rows after (before) `values` in the order `fields` ("-name" for descending)."""
    q = Q()
    for i, field in enumerate(fields):
        descending = field.startswith("-") != backwards
        equal = {f.lstrip("-"): v for f, v in zip(fields[:i], values[:i], strict=True)}
        q |= Q(**equal, **{f"{field.lstrip('-')}__{'lt' if descending else 'gt'}": values[i]})
    return q


def page(rows: QuerySet[M], order: Sequence[str], cursor: str = "", size: int = SIZE) -> Page[M]:
    """One page of `rows` in `order`, whose last field must be unique and none of which may be NULL. One query. Rows that are
    named columns (`values_list(…, named=True)`) have those of `order` among them."""
    decoded = _decode(order, cursor) if cursor else None
    backwards = False
    if decoded:
        backwards, values = decoded
        rows = rows.filter(_beyond(order, values, backwards))
    flipped = [f[1:] if f.startswith("-") else "-" + f for f in order]
    found = list(rows.order_by(*(flipped if backwards else order))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()

    def cursor_at(row: M, back: bool) -> str:
        return _encode(order, [_value(row, f.lstrip("-")) for f in order], back)

    has_next = bool(found) and (backwards or more)
    has_previous = bool(found) and ((backwards and more) or (not backwards and decoded is not None))
    return Page(
        rows=found,
        next=cursor_at(found[-1], False) if has_next else "",
        previous=cursor_at(found[0], True) if has_previous else "",
    )


def _value(row: Model, field: str) -> Any:
    value: Any = row
    for part in field.split("__"):
        value = getattr(value, part)
    return value.isoformat() if isinstance(value, datetime) else value
