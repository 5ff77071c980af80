"""Sessions in the database as Django keeps them; reading and beginning one costs less: docs/adr/0007-who-acts-in-one-statement.md."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as InDatabase
from django.db import connection
from django.utils import timezone
from django.utils.crypto import get_random_string

_DATA = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(InDatabase):
    """Django's own, which does not build the same statement anew in every request, and writes a new session once."""

    fresh = False  # it has a key, and no row yet
    written: dict[str, Any] | None = None  # what this request wrote already

    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(_DATA, [self.session_key, connection.ops.adapt_datetimefield_value(timezone.now())])
            row = cursor.fetchone()
        if row is None:  # over, ended, or never there: whoever writes to it gets a new key
            self._session_key = None
            return {}
        return dict(self.decode(row[0]))

    def create(self) -> None:
        """A new key. Its row is written when the request is answered, with all that the request put into it; should the
        request fail, nobody was signed in."""
        # 165 bits by chance: a key that is taken already does not happen, and `save` would refuse it
        self._session_key = get_random_string(32, VALID_KEY_CHARS)
        self.fresh = self.modified = True
        self._session_cache: dict[str, Any] = getattr(self, "_session_cache", {})  # nothing to read yet

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
        # what was written a moment ago is not written again when the request is answered
        data = getattr(self, "_session_cache", None)
        if must_create or self.fresh or data is None or data != self.written:
            super().save(must_create or self.fresh)
            self.written = deepcopy(self._session_cache)
        self.fresh = False
