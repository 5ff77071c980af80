"""Files pass the malware scanner."""

from __future__ import annotations

import socketserver
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from waizhuan.kernel import events
from waizhuan.kernel.actor import ANONYMOUS, Actor
from waizhuan.kernel.errors import Refused, Unavailable
from waizhuan.kernel.words import say
from waizhuan.shared.documents import api, scanner
from waizhuan.shared.documents.models import Document
from waizhuan.shared.documents.tests.clamd import (
    BAD,
    LONGEST,
    Broken,
    Clamd,
    Strange,
    Use,
    listening,
    over_tcp,
    use,
)
from waizhuan.shared.documents.tests.test_api import upload

__all__ = ["use"]  # a fixture


@pytest.fixture
def owner(db: None, django_user_model: Any) -> Actor:
    api.purpose("scanned", label=say("试"), may_view=lambda actor, document: False, strangers=True)
    account = django_user_model.objects.create(login_name="owner", kind="natural")
    return Actor(account_id=account.pk, name="owner", kind="natural")


def infected() -> SimpleUploadedFile:
    """A picture that opens, with something behind it."""
    file = upload("证件.png")
    return SimpleUploadedFile("证件.png", file.read() + BAD)


def test_without_a_scanner_nothing_is_asked(use: Use) -> None:
    use("")
    assert scanner.finding(BAD) == ""


@pytest.mark.parametrize("size", [1, scanner.PIECE, scanner.PIECE * 2 + 1])
def test_clean_and_infected_are_told_apart_over_tcp(use: Use, size: int) -> None:
    with over_tcp(Clamd) as where:
        use(where)
        assert scanner.finding(b"x" * size) == ""
        assert scanner.finding(b"x" * size + BAD) == "Test.Malware-1"


def test_over_a_socket_in_the_file_system(use: Use, tmp_path: Path) -> None:
    path = str(tmp_path / "clamd.ctl")
    with socketserver.ThreadingUnixStreamServer(path, Clamd) as server, listening(server):
        use(path)
        assert scanner.finding(b"x") == ""
        assert scanner.finding(BAD) == "Test.Malware-1"


def test_an_infected_file_is_refused_told_to_the_audit_log_and_not_kept(
    use: Use, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(events, "_subscribers", {events.Happened: [heard.append]})
    with over_tcp(Clamd) as where:
        use(where)
        assert api.store(upload(), actor=owner, purpose="scanned").pk
        for actor in (owner, ANONYMOUS):
            with pytest.raises(Refused) as refused:
                api.store(infected(), actor=actor, purpose="scanned")
            (verdict,) = refused.value.verdicts
            assert (verdict.field, verdict.code) == ("file", "E12")
            assert "恶意程序" in str(verdict.reason)
    assert Document.objects.count() == 1
    noted = [e.detail["malware"] for e in heard if e.verb == "documents.infected"]
    assert noted == ["Test.Malware-1"] * 2


@pytest.mark.parametrize("handler", [Broken, Strange])
def test_an_unclear_answer_keeps_the_file_out(
    use: Use, owner: Actor, handler: type[socketserver.BaseRequestHandler]
) -> None:
    with over_tcp(handler) as where:
        use(where)
        with pytest.raises(Unavailable):
            api.store(upload(), actor=owner, purpose="scanned")
    assert not Document.objects.exists()


def test_a_scanner_that_is_away_or_has_enough_keeps_the_file_out(use: Use, owner: Actor) -> None:
    with over_tcp(Clamd) as where:
        use(where)
        with pytest.raises(Unavailable):
            scanner.finding(b"x" * (LONGEST * 20))
    with pytest.raises(Unavailable):  # nobody listens there any more
        api.store(upload(), actor=owner, purpose="scanned")
    assert not Document.objects.exists()
