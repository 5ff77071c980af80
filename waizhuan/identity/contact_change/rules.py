"""What a contact is good for. Pure."""

from __future__ import annotations

import datetime as dt

#: The password alone adds a contact, or puts another one in its place. For so long it speaks for nobody who had the account
#: before: else whoever knows the password adds a phone of their own and confirms with it what the holder should.
PROVES_AFTER = dt.timedelta(days=30)


def speaks_for_holder(changed_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Does a contact that was last changed at this moment (None: never since it was registered or proved by papers) speak for
    who has had the account all along?"""
    return changed_at is None or now - changed_at >= PROVES_AFTER
