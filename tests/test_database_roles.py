"""Two accounts of the database, as docs/security/operations.md sets them up: one owns the tables and migrates, the other one, the
web's and the worker's, works with the rows and cannot change the tables, nor switch off what guards the audit log."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from waizhuan.web.config import ROOT

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif("sqlite" in str(connection.settings_dict["ENGINE"]), reason="SQLite has no accounts"),
]
PAGE = (ROOT / "docs" / "security" / "operations.md").read_text(encoding="utf-8")
NAME = f"waizhuan_roles_{os.getpid()}"
WORK = """
import django; django.setup()
from django.core.management import call_command
from django.test import Client
from waizhuan.identity import demo
from waizhuan.shared.audit.api import seal
call_command("migrate", verbosity=0, interactive=False)  # as `serve` does: nothing is left to do
call_command("createcachetable", verbosity=0)
account = demo.person("hanxu", "韩叙", 3)
client = Client(HTTP_HOST="localhost")
client.force_login(account)
assert client.get("/").status_code == 200
assert client.get("/audit/").status_code == 404  # which is written down
assert seal() > 0
print("worked")
"""


def _statements(n: int) -> str:
    """The n-th block of the page, for this test's own database and accounts."""
    return re.sub(r"\bwaizhuan(?=\b|_)", NAME, re.findall(r"```sql\n(.+?)```", PAGE, re.DOTALL)[n])


def _url(user: str, database: str) -> str:
    given = settings.DATABASES["default"]
    return f"postgresql://{user}:change-me@{given['HOST'] or '127.0.0.1'}:{given['PORT'] or 5432}/{database}"


def _run(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("WAIZHUAN_")}
    environ |= {"WAIZHUAN_DATABASE_URL": url + "?pool=off", "DJANGO_SETTINGS_MODULE": "waizhuan.web.settings"}
    return subprocess.run([sys.executable, *words], cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


def _carry_out(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as link:
        for statement in filter(None, map(str.strip, sql.split(";"))):
            link.execute(statement)


@pytest.fixture
def server() -> Iterator[str]:
    given = settings.DATABASES["default"]
    login = str(given["USER"]) + (f":{given['PASSWORD']}" if given["PASSWORD"] else "")
    found = f"postgresql://{login}@{given['HOST']}:{given['PORT'] or 5432}/"
    try:
        yield found
    finally:
        gone = [f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"]
        gone += [f"DROP ROLE IF EXISTS {NAME}{end}" for end in ("_owner", "_web", "")]
        _carry_out(found + "postgres", ";".join(gone))


def test_the_web_works_with_the_rows_alone(server: str) -> None:
    before, _, within = _statements(0).partition(f"\\connect {NAME}\n")
    _carry_out(server + "postgres", before)
    _carry_out(server + NAME, within)
    owner, web = _url(f"{NAME}_owner", NAME), _url(f"{NAME}_web", NAME)
    assert _run(web, "-m", "waizhuan", "migrate", "-v0").returncode != 0  # not by this account
    _prepare(owner)
    _works_and_no_more(web)


def test_an_installation_that_had_one_account_is_divided(server: str) -> None:
    _carry_out(
        server + "postgres",
        f"CREATE ROLE {NAME} LOGIN PASSWORD 'change-me'; CREATE DATABASE {NAME} OWNER {NAME}",
    )
    _prepare(_url(NAME, NAME))
    before, _, within = _statements(0).partition(f"\\connect {NAME}\n")
    _carry_out(server + "postgres", re.sub(r"CREATE DATABASE .+?;", "", before))
    _carry_out(server + NAME, within + _statements(1))
    _prepare(_url(f"{NAME}_owner", NAME))  # the next release
    _works_and_no_more(_url(f"{NAME}_web", NAME))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(_url(NAME, NAME))  # the one of before


def _prepare(url: str) -> None:
    for command in (("migrate", "-v0"), ("createcachetable",)):
        made = _run(url, "-m", "waizhuan", *command)
        assert made.returncode == 0, made.stderr[-2000:]


def _works_and_no_more(web: str) -> None:
    worked = _run(web, "-c", WORK)
    assert worked.stdout.strip().endswith("worked"), worked.stderr[-2000:]
    with psycopg.connect(web, autocommit=True) as link:
        for statement in (
            "ALTER TABLE audit_auditentry DISABLE TRIGGER ALL",
            "TRUNCATE audit_auditentry",
            "DROP TABLE identity_account CASCADE",
            "CREATE TABLE another (id int)",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                link.execute(statement)
