"""Old accounts find their owners by themselves where the number says so."""

from __future__ import annotations

from waizhuan.kernel.jobs import every
from waizhuan.projects.linking import actions


@every(seconds=60)
def link_newcomers() -> int:
    return actions.link_newcomers()
