"""Apache as another system (A1): `mod_auth_openidc` stands before an application that knows nothing of OpenID Connect and
reads who sits there from the headers of the request. A real Apache on a port of its own, in a folder of its own."""

from __future__ import annotations

import html
import os
import shutil
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.scenarios.harness import PHONE, Somebody, scenario
from tests.scenarios.server import Server, free_port
from tests.scenarios.test_openid import System
from tests.services import until
from waizhuan.identity import demo

Come = Callable[..., Somebody]
MODULES = Path("/usr/lib/apache2/modules")
APACHE = shutil.which("apache2", path="/usr/sbin:" + os.environ.get("PATH", ""))
pytestmark = pytest.mark.skipif(
    not APACHE or not (MODULES / "mod_auth_openidc.so").exists(),
    reason="no Apache with mod_auth_openidc: install Debian's packages apache2-bin and libapache2-mod-auth-openidc",
)

CONFIG = """
ServerRoot "{folder}"
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile "{folder}/apache.pid"
DefaultRuntimeDir "{folder}"
ErrorLog "{folder}/error.log"
{modules}
{user}
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {secret}
OIDCRedirectURI {url}/callback
OIDCDefaultURL {url}/
OIDCScope "openid profile phone organisation"
OIDCPKCEMethod S256
OIDCCryptoPassphrase only-for-this-run
OIDCPassClaimsAs headers
ProxyPass /callback !
ProxyPass / http://127.0.0.1:{behind}/
<LocationMatch "^/(login|leads|clerks|callback)">
  AuthType openid-connect
  Require valid-user
</LocationMatch>
{refreshing}
<Location /leads>
  Require claim roles:projects.lead
</Location>
<Location /clerks>
  Require claim roles:department.clerk
</Location>
"""

#: Our access tokens are good for 600 seconds: one that has been there for a second is exchanged before the page is shown,
#: what the person may do is asked for anew then, and whoever cannot be refreshed is signed out.
REFRESHING = """
OIDCUserInfoRefreshInterval 1
OIDCDefaultLoggedOutURL {url}/
<LocationMatch "^/(login|leads|clerks)">
  OIDCRefreshAccessTokenBeforeExpiry 599 logout_on_error
</LocationMatch>
<Location /still>
  AuthType openid-connect
  Require valid-user
</Location>
"""

HANDED_OUT = """
SELECT t.kind FROM openid_token t JOIN openid_grant g ON g.id = t.grant_id JOIN identity_account a ON a.id = g.account_id
WHERE a.login_name = ? ORDER BY t.id
"""


class Application(BaseHTTPRequestHandler):
    """What stands behind Apache: shows the headers that Apache sets, and nothing else."""

    def do_GET(self) -> None:
        told = {k[11:]: v.encode("latin-1").decode() for k, v in self.headers.items() if k.startswith("OIDC_CLAIM_")}
        if "OIDC_access_token" in self.headers:
            told["token"] = self.headers["OIDC_access_token"]
        rows = "".join(f"<li>{html.escape(k)}={html.escape(v)}</li>" for k, v in sorted(told.items()))
        page = (
            f"<!doctype html><html lang='en'><title>Behind Apache</title><main><h1>{html.escape(self.path)}</h1>"
            f"<ul>{rows or '<li>Nobody</li>'}</ul></main></html>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@dataclass
class Apache(System):
    folder: Path = Path()
    behind: int = 0
    told_at: str = "/callback?logout=backchannel"
    refreshing: str = ""

    def start(self, client_id: str, secret: str) -> None:
        names = ("mpm_event", "authn_core", "authz_core", "authz_user", "proxy", "proxy_http", "auth_openidc")
        config = self.folder / "apache.conf"
        config.write_text(
            CONFIG.format(
                folder=self.folder,
                port=self.port,
                url=self.url,
                behind=self.behind,
                issuer=self.issuer,
                client_id=client_id,
                secret=secret,
                modules="\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names),
                refreshing=self.refreshing,
                user="User www-data\nGroup www-data" if os.geteuid() == 0 else "",
            )
        )
        with (self.folder / "apache.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(APACHE), "-f", str(config), "-D", "FOREGROUND"], stdout=log, stderr=subprocess.STDOUT
            )
        process = self.process

        def is_up() -> bool:
            assert process.poll() is None, (self.folder / "apache.log").read_text() + self.errors()
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True

        until(is_up, "Apache")

    def errors(self) -> str:
        log = self.folder / "error.log"
        return log.read_text() if log.exists() else ""


@pytest.fixture
def apache(product: Server, tmp_path: Path) -> Iterator[Apache]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Application) as application:
        thread = threading.Thread(target=application.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        made = Apache(free_port(), "apache", product.url, folder=tmp_path, behind=application.server_port)
        try:
            yield made
        finally:
            made.stop()
            application.shutdown()
            thread.join()


def signs_in(who: Somebody, name: str) -> Somebody:
    who.fills(login_name=name, password=demo.PASSWORD)
    who.page.locator('main form button[type="submit"]').first.click()
    who.page.wait_for_load_state("load")
    return who.looks()


@scenario("A1")
def test_apache_lets_in_by_the_platform_and_says_who_it_is(somebody: Come, apache: Apache) -> None:
    apache.registered_by(somebody("admin"), "仪器预约（apache）", "Laboratory booking", "organisation")
    lead = somebody("lead")
    signs_in(lead.opens(apache.url + "/login").is_at("/sign-in/"), "linwangshu")
    lead.sees("知道您是谁").presses("同意，进入").is_at(f"^{apache.url}/login$")
    lead.sees("name=林望舒", "account_kind=natural", "real_name_status=passed", "phone_number=+86", "acr=urn:waizhuan")
    lead.opens(apache.url + "/leads").sees("roles=projects.lead")
    assert lead.page.goto(apache.url + "/clerks").status == 401  # type: ignore[union-attr]
    subject = lead.opens(apache.url + "/leads").page.get_by_text("sub=").inner_text()

    # Apache signs out: the platform too, and back to where nobody is known
    lead.opens(apache.url + f"/callback?logout={apache.url}/").is_at(f"^{apache.url}/$").sees("Nobody")
    lead.opens("/me/").is_at("/sign-in/")
    signs_in(lead.opens(apache.url + "/leads").is_at("/sign-in/"), "linwangshu").is_at(f"^{apache.url}/leads$")
    assert lead.page.get_by_text("sub=").inner_text() == subject, "the same person is somebody else now"

    # the platform signs out: Apache hears of it and asks again
    with lead.opens("/").page.expect_navigation():
        lead.page.locator('form[action="/sign-in/out/"] button').first.evaluate("b => b.click()")
    for _ in range(40):
        lead.page.goto(apache.url + "/leads")
        if "/sign-in/" in lead.page.url:
            break
        lead.page.wait_for_timeout(500)
    lead.is_at("/sign-in/")


@scenario("A1")
def test_apache_in_english_on_a_phone_without_scripts(somebody: Come, apache: Apache) -> None:
    apache.registered_by(somebody("admin"), "样品登记（apache）", "Sample register")
    who = somebody("expert", language="en", size=PHONE, scripts=False)
    signs_in(who.opens(apache.url + "/login").is_at("/sign-in/"), "hanxu")
    # whoever refuses is not let in; this module then asks once more, in a sign-in of its own
    asked = who.sees("know who you are").page.url
    with who.page.expect_navigation(url=lambda url: "/openid/authorize" in url and url != asked):
        who.page.get_by_role("button", name="Refuse").click()
    who.sees("know who you are").opens(apache.url + "/").sees("Nobody")
    who.opens(apache.url + "/login").presses("Agree and enter").is_at(f"^{apache.url}/login$").sees("name=韩叙")
    who.sees_not("organisation=云溪")


def token(who: Somebody) -> str:
    """The access token that Apache holds now."""
    return who.page.get_by_text("token=").inner_text().partition("=")[2]


def later(who: Somebody, url: str) -> Somebody:
    """Open it when the token has been there for more than a second."""
    who.page.wait_for_timeout(1500)
    return who.opens(url)


@scenario("A1", "C3")
def test_apache_refreshes_and_lets_nobody_in_once_it_cannot(somebody: Come, apache: Apache, product: Server) -> None:
    # no address for logout notices: nothing but refreshing tells this Apache what has changed
    apache.told_at, apache.refreshing = "", REFRESHING.format(url=apache.url)
    apache.registered_by(somebody("admin"), "设备共享（apache）", "Shared equipment", "organisation")
    unit = somebody("unit").signs_in("unit12", demo.PASSWORD).opens("/authorisation/new/")
    unit.fills(name=demo.person_name(37), sought="person37", roles="unit.admin").presses("授权", within="main form")
    lead = somebody("lead")
    signs_in(lead.opens(apache.url + "/leads").is_at("/sign-in/"), "person37").presses("同意，进入")
    lead.is_at(f"^{apache.url}/leads$").sees("roles=projects.lead")

    # by itself, before the token runs out
    first = token(lead)
    second = token(later(lead, apache.url + "/leads").sees("roles=projects.lead"))
    assert second != first
    # when the application asks for it
    assert token(lead.opens(apache.url + "/still")) == second
    lead.opens(apache.url + f"/callback?refresh={apache.url}/still&access_token={second}")
    lead.is_at(f"^{apache.url}/still$")
    third = token(lead)
    assert third not in (first, second)
    assert handed_out(product, "person37")[:6] == ["access", "refresh"] * 3

    # a role is withdrawn, the person acts for the unit still: what Apache is told now opens the door no more
    row = unit.opens("/authorisation/").page.locator("tbody tr", has_text=demo.person_name(37))
    row.filter(has_text="项目负责人").get_by_role("link", name="收回").click()
    unit.looks().presses("收回授权")
    assert refused(later(lead, apache.url + "/login").sees(f"name={demo.person_name(37)}", "roles="), apache)
    assert len(handed_out(product, "person37")) >= 8

    # the consent is taken back, or the session ends: nothing more is handed out, and the person has to come in again
    lead.opens("/openid/systems/").page.locator(".wz-row", has_text="设备共享").get_by_role("link").click()
    lead.looks().presses("收回同意")
    signed_out(lead, apache)
    lead.opens(apache.url + "/login").sees("知道您是谁").presses("同意，进入").is_at(f"^{apache.url}/login$")
    lead.sees(f"name={demo.person_name(37)}").sees_not("projects.lead")
    elsewhere = somebody("elsewhere").signs_in("person37", demo.PASSWORD).opens("/sign-in/sessions/")
    elsewhere.presses("结束其他所有登录").fills(password=demo.PASSWORD).presses("结束其他所有登录", within="main form")
    signed_out(lead, apache)
    lead.opens(apache.url + "/login").is_at("/sign-in/")


def refused(who: Somebody, apache: Apache) -> bool:
    answer = who.page.goto(apache.url + "/leads")
    return answer is not None and answer.status == 401


def signed_out(who: Somebody, apache: Apache) -> None:
    """Refreshing fails, and Apache forgets who it was."""
    who.page.wait_for_timeout(1500)
    who.opens(apache.url + "/login").is_at(f"^{apache.url}/$").sees("Nobody")


def handed_out(product: Server, login_name: str) -> list[str]:
    """The kinds of the tokens that the platform gave for this person's only sign-in at another system."""
    with sqlite3.connect(product.database) as rows:
        found = rows.execute(HANDED_OUT, (login_name,)).fetchall()
    return [kind for (kind,) in found]
