"""What every page's frame shows: navigation, the organisation acted for, messages, language."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from waizhuan.kernel import menu
from waizhuan.kernel.actor import ANONYMOUS, Actor
from waizhuan.kernel.ui.addresses import address
from waizhuan.shared.notify import api as notify

#: Screens of other errands that the frame links to, by the name that its templates use.
FRAME = {
    "home": "web.home",
    "language": "web.language",
    "switch": "organisations.switch",
    "inbox": "notify.inbox",
    "me": "my_information.home",
    "out": "sign_in.out",
    "sign_in": "sign_in.start",
    "help": "help.home",
    "accessibility": "help.accessibility",
    "privacy": "help.privacy",
    "feedback": "help.feedback",
    "mailbox": "notify.mailbox",
}


def shell(request: HttpRequest) -> dict[str, object]:
    """The template context of the frame. One query (unread messages), and only when the frame is drawn."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    match = request.resolver_match
    here = (match.url_name or "") if match else ""
    return {
        "actor": actor,
        "service_name": settings.SERVICE_NAME,
        "frame": {name: address(screen) for name, screen in FRAME.items()},
        "navigation": [
            {"label": e.label, "url": url, "here": here.startswith(e.section or e.screen.split(".")[0] + ".")}
            for e in menu.entries_for(actor)
            if (url := address(e.screen))
        ],
        "unread": SimpleLazyObject(lambda: notify.unread(actor.account_id) if actor.account_id else 0),
        "request_id": getattr(request, "request_id", "-"),
        "screen_id": here,
        "demonstration": not settings.PRODUCTION,
    }
