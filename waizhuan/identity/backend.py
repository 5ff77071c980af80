"""Loading the account of a session: with its person, in one query."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from waizhuan.identity.models import Account
from waizhuan.kernel.reading import the_one

SHOWN_EVERYWHERE = (
    "password",  # the session's fingerprint is made of it
    "login_name",
    "login_key",
    "kind",
    "language",
    "sessions_from",
    "is_active",
    "locked_at",
    "closed_at",
    "person__name",
    "person__real_name",
)


class AccountBackend(ModelBackend):
    def get_user(self, user_id: int) -> Account | None:
        """Without the sealed columns: few pages show them, and every page would pay for opening them."""
        rows = Account.objects.select_related("person").only(*SHOWN_EVERYWHERE)
        return the_one(rows.filter(pk=user_id, is_active=True))
