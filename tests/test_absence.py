"""When the database is away: an honest page with the request's id, and nothing half-written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASK = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "waizhuan.web.settings"
import django
django.setup()
from django.test import Client
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
client = Client(raise_request_exception=False)
client.cookies["session"] = "x" * 32
for method, path in (("get", "/"), ("get", "/applications/"), ("post", "/sign-in/"), ("get", "/readyz"), ("get", "/healthz")):
    if path == "/healthz":
        client = Client()  # a load balancer brings no session
    answer = getattr(client, method)(path, headers={"X-Request-ID": "request-12345"})
    print(path, answer.status_code, "request-12345" in answer.content.decode(), answer.headers.get("Retry-After"))
"""


def test_every_page_says_so() -> None:
    environ = {**os.environ, "WAIZHUAN_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none?pool=off"}
    answer = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environ, capture_output=True, text=True, check=True, timeout=120
    )
    lines = [line for line in answer.stdout.splitlines() if line.startswith("/")]
    assert lines == [
        "/ 503 True 30",
        "/applications/ 503 True 30",
        "/sign-in/ 503 True 30",
        "/readyz 503 True 30",
        "/healthz 200 False None",
    ]
