"""`python -m waizhuan new-keys`: fresh secrets for the environment of a production installation."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand

from waizhuan.kernel import clock


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"WAIZHUAN_SECRET_KEY={secrets.token_urlsafe(48)}")
        self.stdout.write(f"WAIZHUAN_FIELD_KEYS={clock.today():%Y%m%d}:{secrets.token_hex(16)}")
        self.stdout.write(f"WAIZHUAN_INDEX_KEY={secrets.token_hex(32)}")
