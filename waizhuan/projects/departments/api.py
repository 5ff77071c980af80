"""What the other errands of the experts system use of departments."""

from __future__ import annotations

from waizhuan.projects.departments.moving import before_moving

__all__ = ["before_moving"]
