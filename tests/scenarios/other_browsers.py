"""Firefox and WebKit as Debian ships them, driven by what they speak: WebDriver BiDi and WebDriver.

Just what a scenario needs of a browser. Keys and clicks are the browser's own input, not scripts.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import httpx
from websockets.sync.client import ClientConnection, connect

MINI_BROWSER = Path("/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser")
PACKAGES = {"Firefox": ("firefox-esr",), "WebKit": ("webkit2gtk-driver", "xvfb")}
SECONDS = 60.0


def missing(name: str) -> list[str]:
    """The Debian packages that this browser still wants."""
    there = {
        "firefox-esr": bool(shutil.which("firefox-esr")),
        "webkit2gtk-driver": bool(shutil.which("WebKitWebDriver")) and MINI_BROWSER.exists(),
        "xvfb": bool(shutil.which("Xvfb")),
    }
    return [package for package in PACKAGES[name] if not there[package]]


class Driven(Protocol):
    """A browser with one page."""

    name: str
    problems: list[str]

    def goes(self, url: str) -> None: ...

    def evaluates(self, expression: str) -> Any: ...

    def types(self, css: str, text: str) -> None: ...

    def clicks(self, css: str) -> None: ...

    def resizes(self, width: int, height: int) -> None: ...

    def picture(self) -> bytes: ...


def sees(browser: Driven, *texts: str) -> None:
    """Wait until the page says all of it."""
    deadline = time.monotonic() + SECONDS
    while True:
        with contextlib.suppress(RuntimeError):  # between two pages
            page = str(browser.evaluates("document.readyState == 'complete' ? document.body.innerText : ''"))
            if all(text in page for text in texts):
                return
        if time.monotonic() > deadline:
            raise AssertionError(f"{browser.name} does not show {texts}, but:\n{page[:2000]}")
        time.sleep(0.2)


def waits_until_still(browser: Driven, css: str) -> None:
    """Until nothing moves the element any more, a font that comes late, say: a click goes to a place."""
    where = f"(e => JSON.stringify(e.getBoundingClientRect()))({_found(css)})"
    for _ in range(50):
        before = browser.evaluates(where)
        time.sleep(0.05)
        if browser.evaluates(where) == before:
            return


def _found(css: str) -> str:
    """An expression: the element, brought into view."""
    return f"(e => (e.scrollIntoView({{block: 'center'}}), e))(document.querySelector({json.dumps(css)}))"


# ---------------------------------------------------------------- Firefox


class Firefox:
    """Over WebDriver BiDi. Errors on the console, refused resources among them, are kept in `problems`."""

    name = "Firefox"

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.count = socket, 0
        self.problems: list[str] = []
        self.ask("session.new", capabilities={})
        self.page = self.ask("browsingContext.getTree")["contexts"][0]["context"]
        self.ask("session.subscribe", events=["log.entryAdded"])

    def ask(self, method: str, **parameters: Any) -> Any:
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv(timeout=SECONDS))
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] == "error":
                self.problems.append(str(answer["params"]["text"]))
            if answer.get("id") == self.count:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]

    def goes(self, url: str) -> None:
        self.ask("browsingContext.navigate", context=self.page, url=url, wait="complete")

    def _value(self, expression: str) -> Any:
        answer = self.ask("script.evaluate", expression=expression, target={"context": self.page}, awaitPromise=True)
        if answer["type"] != "success":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"]

    def evaluates(self, expression: str) -> Any:
        return self._value(expression).get("value")

    def clicks(self, css: str) -> None:
        waits_until_still(self, css)
        node = self._value(_found(css))
        at = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        press = [{"type": "pointerMove", "x": 0, "y": 0, "origin": at}, {"type": "pointerDown", "button": 0}]
        self._acts({"type": "pointer", "id": "mouse", "actions": [*press, {"type": "pointerUp", "button": 0}]})

    def types(self, css: str, text: str) -> None:
        for _ in range(20):  # a page that has just come may still put the focus on its errors
            self.clicks(css)
            if self.evaluates(f"document.activeElement === document.querySelector({json.dumps(css)})"):
                break
            time.sleep(0.1)
        keys = [{"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")]
        self._acts({"type": "key", "id": "keyboard", "actions": keys})

    def _acts(self, *sources: dict[str, Any]) -> None:
        self.ask("input.performActions", context=self.page, actions=list(sources))

    def resizes(self, width: int, height: int) -> None:
        self.ask("browsingContext.setViewport", context=self.page, viewport={"width": width, "height": height})

    def picture(self) -> bytes:
        return base64.b64decode(self.ask("browsingContext.captureScreenshot", context=self.page)["data"])


@contextlib.contextmanager
def firefox() -> Iterator[Firefox]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = ("firefox-esr", "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0")
        with _process(*command, environ={"HOME": profile}) as (_, said):
            address = said(r"WebDriver BiDi listening on (ws://\S+)")
            with connect(address + "/session", max_size=None, proxy=None, open_timeout=SECONDS) as socket:
                yield Firefox(socket)


# ---------------------------------------------------------------- WebKit

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class WebKit:
    """WebKitGTK's MiniBrowser over WebDriver."""

    name = "WebKit"

    def __init__(self, driver: httpx.Client) -> None:
        self.driver = driver
        self.problems: list[str] = []
        options = {"binary": str(MINI_BROWSER), "args": ["--automation"]}
        made = self.ask("", capabilities={"alwaysMatch": {"webkitgtk:browserOptions": options}})
        self.session = "/" + made["sessionId"]

    session = ""

    def ask(self, path: str, **body: Any) -> Any:
        answer = self.driver.post(f"/session{self.session}{path}", json=body).json()["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise RuntimeError(f"{path}: {answer['error']} {answer.get('message', '')}")
        return answer

    def goes(self, url: str) -> None:
        self.ask("/url", url=url)

    def evaluates(self, expression: str) -> Any:
        return self.ask("/execute/sync", script=f"return {expression}", args=[])

    def _element(self, css: str) -> str:
        self.evaluates(f"({_found(css)}, null)")
        return str(self.ask("/element", using="css selector", value=css)[ELEMENT])

    def clicks(self, css: str) -> None:
        waits_until_still(self, css)
        self.ask(f"/element/{self._element(css)}/click")

    def types(self, css: str, text: str) -> None:
        self.ask(f"/element/{self._element(css)}/value", text=text)

    def resizes(self, width: int, height: int) -> None:
        self.ask("/window/rect", width=width, height=height)

    def picture(self) -> bytes:
        shot = self.driver.get(f"/session{self.session}/screenshot").json()["value"]
        return base64.b64decode(shot)


@contextlib.contextmanager
def webkit() -> Iterator[WebKit]:
    reading, writing = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        display = os.read(reading, 16).decode().strip()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, _free_port() as port:
            environ = {"HOME": home, "DISPLAY": f":{display}", "LIBGL_ALWAYS_SOFTWARE": "1"}
            command = ("WebKitWebDriver", f"--port={port}", "--host=127.0.0.1")
            with (
                _process(*command, environ=environ),
                httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS, trust_env=False) as driver,
            ):
                _wait_for(driver)
                browser = WebKit(driver)
                yield browser
                driver.delete(f"/session{browser.session}")
    finally:
        os.close(reading)
        screen.kill()
        screen.wait()


@contextlib.contextmanager
def _free_port() -> Iterator[int]:
    from tests.scenarios.server import free_port

    yield free_port()


def _wait_for(driver: httpx.Client) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if driver.get("/status").json()["value"]["ready"]:
                return
        time.sleep(0.1)
    raise AssertionError("WebKitWebDriver did not come up")


@contextlib.contextmanager
def _process(*command: str, environ: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], Callable[[str], str]]]:
    """The process, and a function that waits until it says something: the first group of the pattern."""
    with tempfile.NamedTemporaryFile("w") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environ},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

        def said(pattern: str) -> str:
            deadline = time.monotonic() + SECONDS
            while time.monotonic() < deadline:
                found = re.search(pattern, Path(output.name).read_text(encoding="utf-8", errors="replace"))
                if found:
                    return found.group(1)
                time.sleep(0.1)
            raise AssertionError(f"{command[0]} did not say {pattern}")

        try:
            yield process, said
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait()
