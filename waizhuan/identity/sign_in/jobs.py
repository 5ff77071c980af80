"""Clears what ended."""

from __future__ import annotations

from django.core.management import call_command

from waizhuan.identity import rate
from waizhuan.identity.sign_in.sessions import remove_ended
from waizhuan.kernel.jobs import every


@every(seconds=3600)
def clear_sessions() -> None:
    call_command("clearsessions")
    remove_ended()
    rate.forget_old()
