"""What errands and the shell use of notify.

Errands declare `template(key, subject, body, sms)` in their `ready()` and publish `kernel.events.Tell`; the inbox, SMS and
e-mail follow from it. `codes` are one-time codes; `send_to` reaches somebody without an account.
"""

from __future__ import annotations

from django.db import connection

from waizhuan.shared.notify import codes
from waizhuan.shared.notify.telling import Contact, reach_with, resolve_posts_with, send_to
from waizhuan.shared.notify.templates_registry import known, template

__all__ = ["Contact", "codes", "known", "reach_with", "resolve_posts_with", "send_to", "template", "unread"]

MANY = 100
#: every page of a signed-in reader asks it: docs/adr/0007-who-acts-in-one-statement.md
_UNREAD = "SELECT 1 FROM notify_message WHERE account_id = %s AND read_at IS NULL LIMIT %s"


def unread(account_id: int) -> int:
    """How many messages the account has not read; 100 stands for "more than 99". One query on an index."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, [account_id, MANY])
        return len(cursor.fetchall())
