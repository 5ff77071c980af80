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


def _url(user: str, database: str) -> str:
    given = settings.DATABASES["default"]
    return f"postgresql://{user}:change-me@{given['HOST'] or '127.0.0.1'}:{given['PORT'] or 5432}/{database}"


def _run(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("WAIZHUAN_")}
    environ |= {"WAIZHUAN_DATABASE_URL": url + "?pool=off", "DJANGO_SETTINGS_MODULE": "waizhuan.web.settings"}
    return subprocess.run([sys.executable, *words], cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    given = settings.DATABASES["default"]
    login = given["USER"] + (f":{given['PASSWORD']}" if given["PASSWORD"] else "")
    server = f"postgresql://{login}@{given['HOST']}:{given['PORT'] or 5432}/"
    block = re.search(r"```sql\n(.+?)```", PAGE, re.DOTALL)
    assert block
    sql = (
        re.sub(r"--.*", "", block.group(1))
        .replace("waizhuan_", NAME + "_")
        .replace("DATABASE waizhuan", f"DATABASE {NAME}")
    )
    before, _, within = sql.partition("\\connect waizhuan\n")
    with psycopg.connect(server + "postgres", autocommit=True) as link:
        for statement in filter(None, map(str.strip, before.split(";"))):
            link.execute(statement)  # type: ignore[call-overload]
        try:
            with psycopg.connect(server + NAME, autocommit=True) as inside:
                for statement in filter(None, map(str.strip, within.split(";"))):
                    inside.execute(statement)  # type: ignore[call-overload]
            yield NAME
        finally:
            link.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            for role in ("owner", "web"):
                link.execute(f"DROP ROLE IF EXISTS {NAME}_{role}")


def test_the_web_works_with_the_rows_alone(database: str) -> None:
    owner, web = _url(f"{NAME}_owner", database), _url(f"{NAME}_web", database)
    assert _run(web, "-m", "waizhuan", "migrate", "-v0").returncode != 0  # not by this account
    for command in (("migrate", "-v0"), ("createcachetable",)):
        made = _run(owner, "-m", "waizhuan", *command)
        assert made.returncode == 0, made.stderr[-2000:]
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
