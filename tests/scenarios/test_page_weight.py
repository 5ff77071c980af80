"""What a reader downloads: under 100 KB on the first page, under 15 KB on the next (issue: the front end's budget).

Measured in the browser: the bytes that came over the wire, headers and compression included, whatever the cache saved.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.scenarios.harness import Somebody, scenario
from waizhuan.identity import demo

FIRST, NEXT = 100_000, 15_000


class Scales:
    """Counts what the network brings to one page."""

    def __init__(self, person: Somebody) -> None:
        self.person, self.bytes, self.compressed = person, 0, True
        session = person.context.new_cdp_session(person.page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.responseReceived", self._received)

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def _received(self, event: dict[str, Any]) -> None:
        answer = event["response"]
        text = answer["mimeType"].startswith("text/")
        if (
            text
            and not answer.get("fromDiskCache")
            and "content-encoding" not in {h.lower() for h in answer["headers"]}
        ):
            self.compressed = answer["url"].endswith("healthz")

    def of(self, path: str) -> int:
        self.bytes = 0
        self.person.page.goto(path, wait_until="networkidle")
        return self.bytes


@scenario("G2")
def test_the_first_page_is_light_and_the_next_lighter(somebody: Callable[..., Somebody]) -> None:
    stranger = somebody("stranger")
    scales = Scales(stranger)
    first = scales.of("/")
    following = {path: scales.of(path) for path in ("/sign-in/", "/help/", "/register/person/", "/services/")}
    assert first < FIRST
    assert {path: weight for path, weight in following.items() if weight >= NEXT} == {}
    assert scales.compressed
    assert first > 20_000  # the scales work


@scenario("G2")
def test_working_pages_are_light_too(somebody: Callable[..., Somebody]) -> None:
    for login, paths in (
        ("xizhou_clerk1", ("/", "/work/", "/applications/", "/work/done/")),
        ("chenzhiwei", ("/", "/applications/", "/unit/", "/authorisation/")),
        ("limuyang", ("/", "/applications/", "/messages/", "/me/")),
    ):
        reader = somebody(login).signs_in(login, demo.PASSWORD)
        scales = Scales(reader)
        scales.of("/")  # what the door did not need: scripts of signed-in pages
        weights = {path: scales.of(path) for path in paths}
        assert {path: weight for path, weight in weights.items() if weight >= NEXT} == {}, weights
