"""Forgets registrations that were never finished."""

from __future__ import annotations

from waizhuan.identity.registration.actions import forget_old_drafts
from waizhuan.kernel.jobs import every


@every(seconds=3600)
def forget() -> int:
    return forget_old_drafts()
