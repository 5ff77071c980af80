"""G2 · in Firefox and WebKit as in Chromium: sign in, look around, fill in a form and hand it in, on a desk and a phone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.scenarios.harness import PICTURES, scenario
from tests.scenarios.other_browsers import Driven, firefox, missing, sees, webkit
from tests.scenarios.server import Server
from waizhuan.identity import demo

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def keeps(browser: Driven, name: str) -> None:
    folder = PICTURES / browser.name.lower()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.png").write_bytes(browser.picture())


@pytest.mark.parametrize(
    ("name", "opened", "login_name"),
    [("Firefox", firefox, "hanxu"), ("WebKit", webkit, "limuyang")],
    ids=["firefox", "webkit"],
)
@scenario("G2")
def test_the_same_in_another_browser(
    product: Server, name: str, opened: Callable[[], AbstractContextManager[Driven]], login_name: str
) -> None:
    if missing(name):
        pytest.skip(f"no {name}: install Debian's packages {' and '.join(missing(name))}")
    with opened() as browser:
        browser.goes(product.url + "/healthz")
        browser.evaluates("document.cookie = 'language=zh-hans; path=/'")
        browser.goes(product.url + "/sign-in/")
        browser.types('[name="login_name"]', login_name)
        browser.types('[name="password"]', "Wrong-" + demo.PASSWORD)
        browser.clicks('main form button[type="submit"]')
        sees(browser, "不对")  # and what was typed is still there
        assert browser.evaluates("document.querySelector('[name=login_name]').value") == login_name
        keeps(browser, "sign-in")
        browser.types('[name="password"]', demo.PASSWORD)
        browser.clicks('main form button[type="submit"]')
        sees(browser, "可以办的事")
        keeps(browser, "home")

        browser.goes(product.url + "/services/")
        sees(browser, "外国专家项目")
        keeps(browser, "services")
        for width in (1280, 390):
            browser.resizes(width, 844)
            for path in ("/", "/services/", "/me/", "/me/requests/"):
                browser.goes(product.url + path)
                assert browser.evaluates(SIDEWAYS) <= 0, f"{path} scrolls sideways in {name}"
        keeps(browser, "form-on-a-phone")

        # WebKit's driver types no characters beyond the first plane; Firefox's does
        text = f"请更正姓名里的字：{'吉' if name == 'WebKit' else '𠮷'}。O'Brien, {name}"
        browser.clicks('[name="kind"][value="explain"]')
        browser.types('[name="words"]', text)
        browser.clicks('main form button[type="submit"]')
        sees(browser, text)
        keeps(browser, "handed-in")
        assert browser.problems == []
