"""How amounts are said, and how a masked value looks."""

from __future__ import annotations

from decimal import Decimal


def money(amount: int | Decimal) -> str:
    """15,000 or 15,000.50 (元): from fen as a whole number, or from yuan as a Decimal."""
    fen = amount if isinstance(amount, int) else int((amount * 100).to_integral_value())
    sign, fen = ("-" if fen < 0 else ""), abs(fen)
    yuan, rest = divmod(fen, 100)
    return f"{sign}{yuan:,}" + (f".{rest:02d}" if rest else "")


def mask(value: str) -> str:
    """The first and last characters, stars between: 3302**********1739, 138****2047, 沈**."""
    length = len(value)
    if length <= 3:
        return value[:1] + "*" * max(length - 1, 1 if value else 0)
    head, tail = (4, 4) if length > 11 else (3, 4) if length == 11 else (1, 1) if length < 8 else (2, 2)
    return value[:head] + "*" * (length - head - tail) + value[-tail:]
