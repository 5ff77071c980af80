"""What people hold in their hands: Chromium's own virtual authenticator, which asks, signs and counts as a phone does; and an
app that shows codes."""

from __future__ import annotations

from typing import Any

import pyotp
from playwright.sync_api import CDPSession

from tests.scenarios.harness import Somebody
from waizhuan.identity import demo

OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """The device of this reader. Passkeys know names of hosts, not numbers: `home` is the product by its name."""

    def __init__(self, who: Somebody) -> None:
        self.who, self.home = who, who.url.replace("127.0.0.1", "localhost")
        self.devtools: CDPSession = who.context.new_cdp_session(who.page)
        self.devtools.send("WebAuthn.enable")
        self.id = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})["authenticatorId"]

    def comes(self) -> None:
        """Its owner comes in a new session."""
        self.who.context.clear_cookies()
        self.who.context.add_cookies([{"name": "language", "value": self.who.language, "url": self.home}])

    def answers(self, button: str, to: str) -> Somebody:
        """The script asks the device and then sends the form: the page `to` comes when the device has answered."""
        with self.who.page.expect_navigation(url=self.home + to):
            self.who.page.locator("main form").get_by_role("button", name=button).click()
        return self.who.looks()

    def keeps(self) -> list[dict[str, Any]]:
        kept: list[dict[str, Any]] = self.devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]
        return kept


def sets_up_the_app(who: Somebody) -> pyotp.TOTP:
    """From the page of two-step verification to the recovery codes."""
    who.opens("/second-factor/app/").sees("先输一次密码" if who.language != "en" else "password")
    who.fills(password=demo.PASSWORD)
    who.page.locator('main form button[type="submit"]').first.click()
    who.page.locator("main details summary").click()
    secret = who.page.locator("main details .wz-num").inner_text().strip()
    totp = pyotp.TOTP(secret)
    who.looks().fills(code="000000")
    who.page.locator('main form button[type="submit"]').first.click()
    who.page.locator(".wz-error").first.wait_for()
    who.looks().fills(code=totp.now())
    who.page.locator('main form button[type="submit"]').first.click()
    who.is_at("/second-factor/codes/").looks()
    return totp
