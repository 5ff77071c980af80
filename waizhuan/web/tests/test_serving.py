"""Starting the product: a port that is taken is said before anything else happens."""

from __future__ import annotations

import socket

import pytest
from django.core.management import CommandError, call_command


def test_a_port_that_is_taken_is_named_with_the_remedy(settings) -> None:  # type: ignore[no-untyped-def]
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = somebody.getsockname()[1]
        settings.ENV = settings.ENV | {"PORT": port}
        with pytest.raises(CommandError, match=rf"port {port}: .*WAIZHUAN_PORT="):
            call_command("serve")


def test_a_host_that_is_none_is_named(settings) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CommandError, match=r"Cannot listen at 192\.0\.2\.1"):  # an address of no machine (RFC 5737)
        call_command("serve", host="192.0.2.1")
