"""The browser, the running product, and the people of a scenario."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.scenarios.harness import Somebody
from tests.scenarios.server import BUILD, Server, copy_of, prepared

CHROMIUM = shutil.which("chromium") or ""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium: install Debian's packages chromium and fonts-noto-cjk")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def product() -> Iterator[Server]:
    """One product with the demonstration data, shared by the scenarios; each makes the people that it changes."""
    server = Server(copy_of(prepared(), "shared")).start()
    yield server
    server.kill(signal.SIGTERM)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The run's databases are not kept; with several workers, the one who sends them out tidies up."""
    if not hasattr(session.config, "workerinput"):
        shutil.rmtree(BUILD, ignore_errors=True)


@pytest.fixture
def somebody(browser: Browser, product: Server) -> Iterator[Callable[..., Somebody]]:
    """Make a reader: `somebody("professor", language="en", size=PHONE, scripts=False)`."""
    people: list[Somebody] = []

    def come(name: str, **how: object) -> Somebody:
        person = Somebody(browser, product.url, name, **how)  # type: ignore[arg-type]
        people.append(person)
        return person

    yield come
    for person in people:
        person.leaves()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A failed scenario leaves a picture of every reader's page."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call" and report.failed:
        for person in Somebody.present:
            person.picture(f"failed-{item.name}-{person.name}")
