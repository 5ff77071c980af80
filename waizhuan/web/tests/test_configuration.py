"""Wrong configuration stops the start with sentences that say what to do."""

from __future__ import annotations

import pytest

from waizhuan.web import config

GOOD = {
    "WAIZHUAN_PROFILE": "production",
    "WAIZHUAN_SECRET_KEY": "s" * 40,
    "WAIZHUAN_FIELD_KEYS": "k1:" + "ab" * 16,
    "WAIZHUAN_INDEX_KEY": "cd" * 32,
    "WAIZHUAN_DATABASE_URL": "postgresql://u@h/d",
    "WAIZHUAN_REDIS_URL": "redis://h:6379/0",
    "WAIZHUAN_SECOND_FACTOR": "required",
    "WAIZHUAN_SMS": "http",
    "WAIZHUAN_SMS_URL": "https://sms.example.org/",
    "WAIZHUAN_AUTHORITY_URL": "https://authority.example.org/",
    "WAIZHUAN_EMAIL_URL": "smtp://h:25",
    "WAIZHUAN_WORKER": "process",
    "WAIZHUAN_AUTHORITY": "http",
    "WAIZHUAN_BASE_URL": "https://example.org",
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
    for where in ("clamav:3310", "[::1]:3310", "/run/clamav/clamd.ctl"):
        assert config.warnings(config.read({**GOOD, "WAIZHUAN_CLAMD": where})) == []
    assert config.warnings(config.read({})) == []
