"""What a project lead leaves behind, for whoever withdraws the authorisation."""

from __future__ import annotations

from urllib.parse import urlencode

from waizhuan.identity.api import Left
from waizhuan.kernel.words import say, say_n
from waizhuan.projects.assignment.queries import led_by
from waizhuan.shared.flow.api import link


def left_by(account_id: int, organisation_id: int) -> Left | None:
    """The unfinished projects, and the list of them where another lead is named."""
    count = led_by(account_id, organisation_id)
    if not count:
        return None
    return Left(
        say_n(
            "对方在这里负责 {n} 个没有结束的项目。收回授权以后，这些项目不会自动转给别人，要交给另一位负责人。", count
        ),
        say_n("您在这里负责 {n} 个没有结束的项目。卸任以后，这些项目不会自动转给别人，要交给另一位负责人。", count),
        link("assignment.list", ()) + "?" + urlencode({"lead": account_id}),
        say("交给另一位负责人"),
    )
