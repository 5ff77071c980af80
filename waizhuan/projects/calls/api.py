"""What other errands use of calls."""

from __future__ import annotations

from waizhuan.projects.calls.models import BudgetStandard, Call, Tier
from waizhuan.projects.calls.queries import open_now, visible_to
from waizhuan.projects.calls.rules import is_open, make_number

__all__ = ["BudgetStandard", "Call", "Tier", "is_open", "make_number", "open_now", "visible_to"]
