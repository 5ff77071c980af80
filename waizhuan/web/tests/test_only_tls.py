"""Production is reached by TLS alone; the database's settings for TLS reach the driver."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from waizhuan.web.settings import _database

HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
TLS = {"HTTP_X_FORWARDED_PROTO": "https"}


@pytest.fixture(autouse=True)
def production(settings: Any) -> None:
    settings.PRODUCTION, settings.BASE_URL = True, "https://example.org"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def test_a_browser_is_sent_to_the_same_page_with_tls() -> None:
    answer = Client(HTTP_HOST="evil.example").get("/help/?q=1", HTTP_ACCEPT=HTML)
    assert (answer.status_code, answer["Location"]) == (302, "https://example.org/help/?q=1")


@pytest.mark.parametrize(
    "name", ["openid.token", "openid.userinfo", "openid.keys", "openid.discovery", "sign_in.start"]
)
def test_machines_and_forms_are_refused_and_not_redirected(name: str) -> None:
    assert Client().post(reverse(name), HTTP_ACCEPT=HTML).status_code == 403
    assert Client().get(reverse(name), HTTP_ACCEPT="*/*").status_code == 403


@pytest.mark.django_db
def test_with_tls_everything_is_as_ever_and_subdomains_are_bound_too(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31536000, True
    answer = Client().get(reverse("help.home"), HTTP_ACCEPT=HTML, **TLS)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.django_db
def test_probes_ask_from_inside() -> None:
    assert {Client().get(path).status_code for path in ("/healthz", "/readyz")} == {200}


def test_what_the_url_of_the_database_says_of_tls_reaches_the_driver() -> None:
    made = _database("postgresql://u@h/d?sslmode=verify-full&sslrootcert=/etc/ssl/a%20b.pem&pool=off")
    assert made["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/etc/ssl/a b.pem"}
    assert "pool" in str(_database("postgresql://u@h/d?sslmode=verify-full")["OPTIONS"])
