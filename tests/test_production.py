"""The production profile as it runs: `serve --workers 2` and `worker` on PostgreSQL, Valkey and an S3 store, behind a
proxy that ends TLS; secure cookies, captcha, rate limits and second factor on."""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil
import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from tests.services import Receiver, free_port, object_store, receiver, until, valkey
from waizhuan.identity import demo
from waizhuan.web.config import ROOT

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif("sqlite" in str(connection.settings_dict["ENGINE"]), reason="production is PostgreSQL"),
]


@dataclass
class Production:
    """A running installation: its environment, its web and worker processes, its SMS gateway, its log."""

    environ: dict[str, str]
    gateway: Receiver
    log: Path
    port: int
    redis_url: str
    web: subprocess.Popen[bytes] | None = None

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def started(self, *words: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "-m", "waizhuan", *words],
                cwd=ROOT,
                env=self.environ,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ready(self) -> bool:
        return Visitor(self).get("/readyz")[0] == 200

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.environ["WAIZHUAN_DATABASE_URL"].split("?")[0]) as link:
            return link.execute(sql).fetchall()


@dataclass
class Visitor:
    """A browser behind the proxy: the proxy says that it was TLS, each request is a connection of its own."""

    product: Production
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, where it leads, and the body."""
        host = f"127.0.0.1:{self.product.port}"
        link = http.client.HTTPConnection("127.0.0.1", self.product.port, timeout=20)
        headers = {
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "203.0.113.7",
            "Referer": f"https://{host}/",
            "X-Request-ID": "request-of-the-test",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        link.request(method, path, urlencode(form or {}), headers)
        answer = link.getresponse()
        body = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.split(";")[0]
            if name.startswith("__Host-"):
                assert "Secure" in cookie
                assert "HttpOnly" in cookie
        link.close()
        return answer.status, urlsplit(answer.headers.get("Location", "")).path, body.decode("utf-8", "replace")

    def get(self, path: str) -> tuple[int, str, str]:
        return self.ask("GET", path)

    def signs_in(self, login_name: str, password: str) -> tuple[int, str, str]:
        page = self.get("/sign-in/")[2]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        return self.ask(
            "POST",
            "/sign-in/",
            {"csrfmiddlewaretoken": token.group(1), "login_name": login_name, "password": password},
        )


def database_of_its_own() -> tuple[str, str, str]:
    """The URL of a database that does not exist yet, its name, and the server's own."""
    given = settings.DATABASES["default"]
    login = given["USER"] + (f":{given['PASSWORD']}" if given["PASSWORD"] else "")
    server = f"postgresql://{login}@{given['HOST']}:{given['PORT'] or 5432}/"
    name = f"waizhuan_production_{os.getpid()}"
    return server + name, name, server + "postgres"


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    folder = tmp_path_factory.mktemp("production")
    url, name, server = database_of_its_own()
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        link.execute(f"CREATE DATABASE {name}")
    port = free_port()
    with (
        valkey(folder) as cache,
        object_store(folder, "files") as store,
        receiver({"ok": True}) as gateway,
        receiver({"result": "mismatch"}) as authority,
    ):
        environ = {k: v for k, v in os.environ.items() if not k.startswith("WAIZHUAN_")} | {
            "WAIZHUAN_PROFILE": "production",
            "WAIZHUAN_SECRET_KEY": secrets.token_urlsafe(48),
            "WAIZHUAN_FIELD_KEYS": f"k1:{secrets.token_hex(16)}",
            "WAIZHUAN_INDEX_KEY": secrets.token_hex(32),
            "WAIZHUAN_HOSTS": "127.0.0.1",
            "WAIZHUAN_BASE_URL": "https://127.0.0.1",
            "WAIZHUAN_PORT": str(port),
            "WAIZHUAN_DATABASE_URL": url,
            "WAIZHUAN_REDIS_URL": cache,
            "WAIZHUAN_WORKER": "process",
            "WAIZHUAN_SECOND_FACTOR": "required",
            "WAIZHUAN_AUTHORITY": "http",
            "WAIZHUAN_AUTHORITY_URL": authority.url,
            "WAIZHUAN_SMS": "http",
            "WAIZHUAN_SMS_URL": gateway.url,
            "WAIZHUAN_EMAIL_URL": "smtp://127.0.0.1:1",
            "WAIZHUAN_TRUSTED_PROXIES": "1",
            "WAIZHUAN_LOG": "json",
            **store,
        }
        product = Production(environ, gateway, folder / "product.log", port, cache)
        product.command("-m", "waizhuan", "migrate", "-v0")
        product.command("-m", "waizhuan", "createcachetable")
        product.command("-m", "waizhuan", "demo", "--force", "-v0")
        product.web = product.started("serve", "--workers", "2")
        worker = product.started("worker")
        try:
            until(product.ready, "the product", 90)
            yield product
        finally:
            for process in (product.web, worker):
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f"DROP DATABASE {name} WITH (FORCE)")


def web_processes(product: Production) -> list[psutil.Process]:
    assert product.web
    return psutil.Process(product.web.pid).children(recursive=True)


def test_a_session_is_the_same_in_every_process(production: Production) -> None:
    until(lambda: len(web_processes(production)) >= 2, "the second web process", 30)
    visitor = Visitor(production)
    status, target, _ = visitor.signs_in("linwangshu", demo.PASSWORD)
    assert (status, target) == (302, "/")
    pages = {visitor.get(path)[0] for path in ("/", "/applications/", "/services/", "/messages/") for _ in range(5)}
    assert pages == {200}
    assert "林望舒" in visitor.get("/")[2]
    assert "__Host-session" in visitor.cookies


def test_no_trial_page_and_no_reviewer_without_a_second_factor(production: Production) -> None:
    lead, clerk = Visitor(production), Visitor(production)
    lead.signs_in("linwangshu", demo.PASSWORD)
    clerk.signs_in("xizhou_clerk1", demo.PASSWORD)
    for page in ("/ui/", "/messages/mailbox/"):
        assert lead.get(page)[0] == 404
        assert clerk.get(page)[0] != 200
    status, target, _ = clerk.get("/work/")
    assert (status, target.split("?")[0]) == (302, "/second-factor/confirm/")


def test_wrong_passwords_are_counted_in_the_shared_cache(production: Production) -> None:
    for _ in range(4):
        status, _, page = Visitor(production).signs_in("hanxu", "Wrong-password-1")
        assert status == 422
    assert "captcha" in page
    with redis.Redis.from_url(production.redis_url) as cache:
        assert cache.dbsize() > 0


def test_the_worker_delivers_what_a_web_process_wrote(production: Production) -> None:
    production.command(
        "-c",
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'waizhuan.web.settings'; django.setup(); "
        "from waizhuan.shared.notify import outbox; outbox.put('sms', '+8613900000000', 'hello', key='test:1')",
    )
    until(lambda: [m for m in production.gateway.received if "hello" in json.dumps(m)], "the message", 180)


def test_documents_lie_sealed_in_the_store_and_come_back(production: Production) -> None:
    found = production.rows(
        "SELECT d.id, a.login_name, d.key FROM documents_document d JOIN identity_account a ON a.id = d.owner_id "
        "WHERE a.kind = 'natural' ORDER BY d.id LIMIT 1"
    )
    assert found, "the demonstration has a person with a document"
    id, login_name, _ = found[0]
    visitor = Visitor(production)
    assert visitor.signs_in(str(login_name), demo.PASSWORD)[0] == 302
    assert visitor.get(f"/documents/{id}/original")[0] == 200
    assert visitor.get(f"/documents/{id}/pages/1.jpg")[0] == 200
    assert Visitor(production).get(f"/documents/{id}/original")[0] == 302


def test_a_web_process_that_dies_is_replaced(production: Production) -> None:
    until(lambda: len(web_processes(production)) >= 2, "the second web process", 30)
    victim = web_processes(production)[0]
    victim.kill()
    until(production.ready, "the product", 30)
    until(lambda: len([p for p in web_processes(production) if p.pid != victim.pid]) >= 2, "its successor", 30)


def test_the_log_tells_what_happened_and_names_nobody(production: Production) -> None:
    visitor = Visitor(production)
    visitor.signs_in("linwangshu", demo.PASSWORD)
    time.sleep(0.5)
    text = production.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    asked = [line for line in lines if line["logger"] == "waizhuan.request"]
    assert {"request-of-the-test"} == {line["request_id"] for line in asked}
    assert "sign_in.start" in {line["screen"] for line in asked}
    assert not [line for line in lines if line["level"] == "ERROR"], text[-3000:]
    for personal in ("linwangshu", "林望舒", "203.0.113.7", demo.PASSWORD, "13900000000"):
        assert personal not in text
