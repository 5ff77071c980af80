"""Wrong configuration stops the start with sentences that say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from waizhuan.web import config

GOOD = {
    "WAIZHUAN_PROFILE": "production",
    "WAIZHUAN_SECRET_KEY": "s" * 40,
    "WAIZHUAN_FIELD_KEYS": "k1:" + "ab" * 16,
    "WAIZHUAN_INDEX_KEY": "cd" * 32,
    "WAIZHUAN_DATABASE_URL": "postgresql://u@h/d?sslmode=verify-full&sslrootcert=/etc/ssl/database.pem",
    "WAIZHUAN_REDIS_URL": "rediss://h:6379/0",
    "WAIZHUAN_SECOND_FACTOR": "required",
    "WAIZHUAN_SMS": "http",
    "WAIZHUAN_SMS_URL": "https://sms.example.org/",
    "WAIZHUAN_AUTHORITY_URL": "https://authority.example.org/",
    "WAIZHUAN_EMAIL_URL": "smtps://h",
    "WAIZHUAN_WORKER": "process",
    "WAIZHUAN_AUTHORITY": "http",
    "WAIZHUAN_BASE_URL": "https://example.org",
    "WAIZHUAN_TRUSTED_PROXIES": "1",
}


def test_a_production_environment_is_accepted() -> None:
    assert config.read(GOOD)["PROFILE"] == "production"


def test_a_trial_needs_nothing() -> None:
    assert config.read({})["PROFILE"] == "development"


@pytest.mark.parametrize("name", sorted(set(GOOD) - {"WAIZHUAN_PROFILE"}))
def test_production_refuses_what_is_only_fit_for_trying_out(name: str) -> None:
    with pytest.raises(config.WrongConfiguration) as refused:
        config.read({k: v for k, v in GOOD.items() if k != name})
    assert name in str(refused.value)


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"WAIZHUAN_SMS": "http"}, "WAIZHUAN_SMS_URL"),
        ({"WAIZHUAN_AUTHORITY": "http"}, "WAIZHUAN_AUTHORITY_URL"),
    ],
)
def test_what_is_chosen_must_be_complete(environ: dict[str, str], name: str) -> None:
    with pytest.raises(config.WrongConfiguration) as refused:
        config.read(environ)
    assert name in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAIZHUAN_PORT", "eighty"),
        ("WAIZHUAN_PORT", "0"),
        ("WAIZHUAN_CAPTCHA", "yes"),
        ("WAIZHUAN_PROFILE", "test"),
        ("WAIZHUAN_FIELD_KEYS", "k1:short"),
        ("WAIZHUAN_INDEX_KEY", "xyz"),
        ("WAIZHUAN_TYPO", "1"),
        ("WAIZHUAN_CLAMD", "clamd"),
        ("WAIZHUAN_CLAMD", "host:port"),
        ("WAIZHUAN_CLAMD", "tcp://h:3310"),
        ("WAIZHUAN_PASSWORD_DAYS", "-1"),
    ],
)
def test_every_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(config.WrongConfiguration) as refused:
        config.read({name: value})
    assert name in str(refused.value)


def test_all_that_is_wrong_is_said_at_once_and_no_secret_is_shown() -> None:
    with pytest.raises(config.WrongConfiguration) as refused:
        config.read({"WAIZHUAN_PORT": "x", "WAIZHUAN_CAPTCHA": "x", "WAIZHUAN_FIELD_KEYS": "k1:secret"})
    said = str(refused.value)
    assert "WAIZHUAN_PORT" in said
    assert "WAIZHUAN_CAPTCHA" in said
    assert "k1:secret" not in said


def test_the_address_follows_the_port_where_none_is_given() -> None:
    assert config.read({})["BASE_URL"] == "http://127.0.0.1:8000"
    assert config.read({"WAIZHUAN_PORT": "8123"})["BASE_URL"] == "http://127.0.0.1:8123"
    assert config.read({"WAIZHUAN_BASE_URL": "https://a.example"})["BASE_URL"] == "https://a.example"


def test_production_without_a_scanner_is_warned_and_starts() -> None:
    assert "WAIZHUAN_CLAMD" in " ".join(config.warnings(config.read(GOOD)))
    for where in ("127.0.0.1:3310", "[::1]:3310", "/run/clamav/clamd.ctl"):
        assert config.warnings(config.read({**GOOD, "WAIZHUAN_CLAMD": where})) == []
    assert config.warnings(config.read({})) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAIZHUAN_DATABASE_URL", "postgresql://u@h/d"),
        ("WAIZHUAN_DATABASE_URL", "postgresql://u@h/d?sslmode=require"),  # whoever answers
        ("WAIZHUAN_REDIS_URL", "redis://h:6379/0"),
        ("WAIZHUAN_REDIS_URL", "rediss://h:6379/0?ssl_cert_reqs=none"),
        ("WAIZHUAN_S3_ENDPOINT", "http://h:9000"),
        ("WAIZHUAN_SMS_URL", "http://h/"),
        ("WAIZHUAN_AUTHORITY_URL", "http://h/"),
        ("WAIZHUAN_EMAIL_URL", "smtp://h:25"),
        ("WAIZHUAN_CLAMD", "h:3310"),
        ("WAIZHUAN_CLAMD", "127.0.0.1.example.org:3310"),
    ],
)
def test_nothing_leaves_the_machine_in_the_clear(name: str, value: str) -> None:
    with pytest.raises(config.WrongConfiguration) as refused:
        config.read({**GOOD, name: value})
    assert f"{name} leads to another machine in the clear" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAIZHUAN_DATABASE_URL", "postgresql://u@127.0.0.1:5432/d"),
        ("WAIZHUAN_DATABASE_URL", "postgresql:///d"),
        ("WAIZHUAN_REDIS_URL", "redis://localhost:6379/0"),
        ("WAIZHUAN_REDIS_URL", "unix:///run/valkey.sock"),
        ("WAIZHUAN_S3_ENDPOINT", "https://h"),
        ("WAIZHUAN_EMAIL_URL", "smtp://user:password@h:587"),
        ("WAIZHUAN_CLAMD", "/run/clamav/clamd.ctl"),
    ],
)
def test_what_stays_here_or_has_tls_is_fine(name: str, value: str) -> None:
    config.read({**GOOD, name: value})


def test_a_network_that_encrypts_by_itself_is_named_and_warned_of() -> None:
    values = config.read({**GOOD, "WAIZHUAN_CLAMD": "h:3310", "WAIZHUAN_ENCRYPTED_NETWORK": "h"})
    assert config.warnings(values) == ["WAIZHUAN_ENCRYPTED_NETWORK: no TLS is asked for on the way to h"]


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("s" * 50 + "\n", encoding="utf-8")
    assert config.read({"WAIZHUAN_SECRET_KEY_FILE": str(secret)})["SECRET_KEY"] == "s" * 50
    for name, path in (("WAIZHUAN_SECRET_KEY_FILE", tmp_path / "none"), ("WAIZHUAN_PORT_FILE", secret)):
        with pytest.raises(config.WrongConfiguration) as refused:
            config.read({name: str(path)})
        assert name in str(refused.value)


def test_a_secret_that_no_file_can_hold_or_that_is_set_twice_is_named_and_not_shown(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_bytes(b"\xff" * 40)
    for environ in (
        {"WAIZHUAN_SECRET_KEY_FILE": str(secret)},
        {"WAIZHUAN_SECRET_KEY": "s" * 50, "WAIZHUAN_SECRET_KEY_FILE": "/dev/null"},
    ):
        with pytest.raises(config.WrongConfiguration) as refused:
            config.read(environ)
        assert "WAIZHUAN_SECRET_KEY" in str(refused.value)
        assert "sss" not in str(refused.value)


def test_a_host_that_stands_among_the_settings_is_the_one_that_is_reached() -> None:
    with pytest.raises(config.WrongConfiguration, match="WAIZHUAN_DATABASE_URL"):
        config.read({**GOOD, "WAIZHUAN_DATABASE_URL": "postgresql:///d?host=db.example.org"})
    config.read({**GOOD, "WAIZHUAN_DATABASE_URL": "postgresql:///d?host=/run/postgresql"})
    named = {"WAIZHUAN_DATABASE_URL": "postgresql://u@DB.example.org/d", "WAIZHUAN_ENCRYPTED_NETWORK": "DB.example.org"}
    config.read({**GOOD, **named})
