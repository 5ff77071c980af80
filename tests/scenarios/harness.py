"""Given somebody with a browser, when they do this, then they see that.

Every page that a scenario comes to is checked by axe; anything on the browser's console that is an error (a broken
script, a refused resource, a violation of the content security policy) fails the test. Pictures land in
`build/pictures/` and are the pictures of the help centre; what an article shows is taken in both languages.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    Route,
    expect,
)

from tools.pictures import SHOWN

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "pictures"
F = TypeVar("F", bound=Callable[..., Any])
DESKTOP, PHONE = (1280, 900), (390, 844)
#: Messages of the browser itself about an answer that the scenario expects (a refused form is a 4xx).
EXPECTED = re.compile(r"the server responded with a status of (400|401|403|404|409|410|413|422|503)")
#: What htmx says of a request that gave way to a newer one (of one that failed it says htmx:sendError, too).
GAVE_WAY = ("htmx:sendAbort", "htmx:afterRequest")

expect.set_options(timeout=15_000)


def scenario(*ids: str) -> Callable[[F], F]:
    """Mark a test with the IDs of the scenarios that it proves."""

    def mark(function: F) -> F:
        marked: F = pytest.mark.scenario(ids=ids)(function)
        return marked

    return mark


@cache
def axe_source() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


class Somebody:
    """One reader with a browser of their own: their cookies, their language, their screen."""

    seen: set[tuple[str, str, str, int]] = set()  # pages that axe has checked in this run
    present: list[Somebody] = []

    def __init__(
        self,
        browser: Browser,
        url: str,
        name: str,
        *,
        language: str = "zh-hans",
        size: tuple[int, int] = DESKTOP,
        scripts: bool = True,
    ) -> None:
        self.name, self.url, self.language, self.scripts, self.size = name, url, language, scripts, size
        self.context: BrowserContext = browser.new_context(
            base_url=url,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            locale="en-GB" if language == "en" else "zh-CN",
            timezone_id="Asia/Shanghai",
        )
        self.context.add_cookies([{"name": "language", "value": language, "url": url}])
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.asked: Request | None = None  # what the browser asked for to show the page
        self.page.on("request", self._asks)
        Somebody.present.append(self)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))

    def _console(self, message: ConsoleMessage) -> None:
        page = message.page or self.page
        of_the_page = message.location.get("url", "").split("#")[0] == page.url.split("#")[0]
        if (
            message.type == "error"
            and message.text not in GAVE_WAY
            and not (EXPECTED.search(message.text) and of_the_page)
        ):
            self.problems.append(f"{message.text} ({self.page.url})")

    def _asks(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.asked = request

    # ------------------------------------------------------------ doing

    def opens(self, path: str) -> Somebody:
        self.page.goto(path, wait_until="load")
        return self.looks()

    def fills(self, **by_name: str) -> Somebody:
        """Fill, choose or tick controls by their `name`."""
        for name, value in by_name.items():
            self._fill(self.page.locator(f'[name="{name}"]'), value)
        return self

    def agrees(self) -> Somebody:
        """Agree to what is asked for before going on; nothing where nothing is asked."""
        self.page.wait_for_load_state("load")
        if self.page.url.split("?")[0].endswith("/me/consent/"):
            ticks = self.page.locator('main input[type="checkbox"]')
            ticks.first.wait_for()  # `all` waits for nothing: of a page that is still coming it would tick none
            for tick in ticks.all():
                tick.check()
            self.presses("Agree and go on" if self.language == "en" else "同意并继续")
        return self

    def fills_in(self, by_name: dict[str, str]) -> Somebody:
        return self.fills(**by_name)

    def _fill(self, controls: Locator, value: str) -> None:
        control = controls.first
        kind = control.evaluate("e => e.tagName + ':' + (e.type || '')") if self.scripts else self._kind(control)
        if kind.startswith("SELECT"):
            control.select_option(value)
        elif kind.endswith(":radio"):
            controls.and_(self.page.locator(f'[value="{value}"]')).check()
        elif kind.endswith(":checkbox"):
            chosen = controls.and_(self.page.locator(f'[value="{value}"]'))
            (chosen if chosen.count() else control).check()
        elif kind.endswith(":file"):
            control.set_input_files(value)
        else:
            control.fill(value)

    def _kind(self, control: Locator) -> str:
        tag = "SELECT" if control.and_(self.page.locator("select")).count() else "INPUT"
        return f"{tag}:{control.get_attribute('type') or ''}"

    def presses(self, name: str, *, within: str = "main, header, dialog") -> Somebody:
        """Press the button, or follow the link, whose name begins so."""
        area, begins = self.page.locator(within), re.compile("^" + re.escape(name))
        target = area.get_by_role("button", name=begins).or_(area.get_by_role("link", name=begins)).first
        target.click()
        self.page.wait_for_load_state("load")
        return self.looks()

    def goes_on(self, button: str, to: str) -> Somebody:
        """Press a button that saves by itself before the page `to` comes."""
        with self.page.expect_navigation(url=re.compile(re.escape(to))):
            self.page.locator("main").get_by_role("button", name=re.compile("^" + button)).first.click()
        return self.looks()

    def uploads(self, path: Path, *, into: int = 0) -> Somebody:
        """Choose a file in the n-th file field and wait until it is there."""
        self.page.locator('input[type="file"]').nth(into).set_input_files(str(path))
        return self

    # ------------------------------------------------------------ seeing

    def sees(self, *texts: str) -> Somebody:
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)
        return self

    def sees_not(self, *texts: str) -> Somebody:
        for text in texts:
            expect(self.page.locator("body")).not_to_contain_text(text)
        return self

    def is_at(self, pattern: str) -> Somebody:
        expect(self.page).to_have_url(re.compile(pattern))
        return self

    def title(self) -> str:
        return self.page.locator("h1").first.inner_text()

    def looks(self) -> Somebody:
        """Check the page that is open: no console errors, one h1, no sideways scroll, no cell lost, no violation found by axe."""
        for again in (True, True, False):
            try:
                self.page.wait_for_load_state("load")  # half a page has faults that the whole one has not
                self._look()
                break
            except Error:  # the next page came while we looked, for which the browser has many words: look at that
                if not again:
                    raise
        return self

    def _look(self) -> None:
        assert not self.problems, f"{self.name}: " + "; ".join(self.problems)
        if self.scripts:
            where = re.sub(r"\d+", "N", self.page.url.split("?")[0].removeprefix(self.url))
            key = (where, self.page.title(), self.language, self.size[0])
            if key not in Somebody.seen and self.page.evaluate("document.contentType") == "text/html":
                self._axe(where)
                Somebody.seen.add(key)

    def _axe(self, where: str) -> None:
        self.page.evaluate(axe_source())
        found = self.page.evaluate(
            "() => axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']})"
            ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | ')))"
        )
        assert not found, f"axe at {where}: " + "\n".join(found)
        expect(self.page.locator("h1"), f"{where} has not one h1").to_have_count(1)
        wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{where} scrolls sideways by {wider} px at {self.size[0]} px"
        lost = self.page.evaluate(
            "() => [...document.querySelectorAll('main tbody tr')].filter(r => r.checkVisibility()).flatMap("
            "r => [...r.cells]).filter(c => c.textContent.trim() && !c.checkVisibility())"
            ".map(c => c.textContent.trim().slice(0, 80))"
        )
        assert not lost, f"{where} hides cells at {self.size[0]} px: {lost}"

    def picture(self, name: str) -> Somebody:
        self._take(self.page, name, self.language)
        if name in SHOWN:
            self._in_the_other_language(name)
        return self

    def _take(self, page: Page, name: str, language: str) -> None:
        folder = PICTURES / f"{language}-{self.size[0]}{'' if self.scripts else '-noscript'}"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)

    def _in_the_other_language(self, name: str) -> None:
        """Ask for the same page once more, beside the one that is open, which keeps what was typed into it. A page that
        answers to a form that was refused is asked for with that form."""
        other = "zh-hans" if self.language == "en" else "en"
        asked = self.asked if self.asked and self.asked.url == self.page.url else None

        def the_same(route: Route) -> None:
            route.continue_(method=asked.method, headers=asked.headers, post_data=asked.post_data_buffer)  # type: ignore[union-attr]

        self.context.add_cookies([{"name": "language", "value": other, "url": self.url}])
        beside = self.context.new_page()
        if asked and asked.method == "POST":
            beside.route(self.page.url, the_same, times=1)
        beside.goto(self.page.url, wait_until="load")
        self._take(beside, name, other)
        beside.close()
        self.context.add_cookies([{"name": "language", "value": self.language, "url": self.url}])

    # ------------------------------------------------------------ everyday errands

    def signs_in(self, login_name: str, password: str) -> Somebody:
        self.opens("/sign-in/")
        self.fills(login_name=login_name, password=password)
        self.page.locator('main form button[type="submit"]').first.click()
        self.page.wait_for_load_state("load")
        return self.looks()

    def signs_out(self) -> Somebody:
        self.context.clear_cookies()
        self.context.add_cookies([{"name": "language", "value": self.language, "url": self.url}])
        return self

    def code_sent_to(self, destination: str) -> str:
        """The newest one-time code that the development mailbox holds for this phone or address."""
        for _ in range(40):
            body = self.context.request.get(f"/messages/mailbox/?to={destination.replace('+', '%2B')}").text()
            found = re.search(r"\b(\d{6})\b", re.sub(r"<[^>]+>", " ", body.split("<main", 1)[-1]))
            if found:
                return found.group(1)
            self.page.wait_for_timeout(250)
        raise AssertionError(f"no code arrived for {destination}")

    def leaves(self) -> None:
        Somebody.present.remove(self)
        with contextlib.suppress(Error):  # the browser went away first
            self.context.close()
        assert not self.problems, f"{self.name}: " + "; ".join(self.problems)
