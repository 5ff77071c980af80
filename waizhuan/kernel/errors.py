"""What an action throws when it will not act. The middleware turns each into a page; none is ever a 500."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import Words, say


class Refused(Exception):
    """A rule said no. Carries every reason at once."""

    def __init__(self, *verdicts: Verdict) -> None:
        super().__init__("; ".join(str(v.reason) for v in verdicts))
        self.verdicts: Sequence[Verdict] = verdicts


class Hidden(Exception):
    """There is nothing here that this actor may see: answered as 404."""


class Conflict(Exception):
    """Somebody else was faster. Says who did what and when, so that the page can (main job, step 4)."""

    def __init__(self, reason: Words, *, by: str = "", at: dt.datetime | None = None) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.by = by
        self.at = at


class Unavailable(Exception):
    """Something outside (the database, an authority, a store) does not answer. An honest page with a request id."""

    def __init__(self, what: Words | None = None) -> None:
        self.what = what or say("对方系统暂时没有应答")
        super().__init__(str(self.what))
