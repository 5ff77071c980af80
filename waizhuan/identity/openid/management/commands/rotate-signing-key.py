"""`python -m waizhuan rotate-signing-key`: sign with a new key from now on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from waizhuan.identity.openid import keys
from waizhuan.kernel.actor import the_system


class Command(BaseCommand):
    help = (
        "Sign ID tokens with a new key. The one before stays published for a day, so that what it signed is accepted."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        made = keys.rotate(the_system("rotate-signing-key"))
        self.stdout.write(f"signing with {made.kid}")
