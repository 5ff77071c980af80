"""Configuration comes from the environment alone. Each variable is declared once, with its default and its meaning.

`python -m waizhuan configuration` prints the table (kept in `docs/generated/configuration.md`). A wrong value stops the
start with one sentence that names the variable, what it was and what it may be.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

ROOT = Path(__file__).resolve().parents[2]


class WrongConfiguration(SystemExit):
    """The start is refused; the message says which variable and what to do."""


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    default: str
    parse: Callable[[str], Any]
    meaning: str
    secret: bool = False


def text(value: str) -> str:
    return value


def whole(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        number = int(value)
        if not low <= number <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return number

    parse.__doc__ = f"a whole number from {low} to {high}"
    return parse


def choice(*allowed: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError
        return value

    parse.__doc__ = "one of " + ", ".join(allowed)
    return parse


def on_off(value: str) -> bool:
    """`on` or `off`"""
    if value not in ("on", "off"):
        raise ValueError
    return value == "on"


def keys(value: str) -> list[str]:
    """`id:32 hex digits`, several separated by commas"""
    found = names(value)
    if not all(re.fullmatch(r"[A-Za-z0-9_-]{1,20}:[0-9a-fA-F]{32}", key) for key in found):
        raise ValueError
    return found


def hex64(value: str) -> str:
    """64 hex digits"""
    if value and not re.fullmatch(r"[0-9a-fA-F]{64}", value):
        raise ValueError
    return value


def names(value: str) -> list[str]:
    """names separated by commas"""
    return [part.strip() for part in value.split(",") if part.strip()]


def clamd(value: str) -> str:
    """`host:port` or `/path/of/the/socket`"""
    if value and not re.fullmatch(r"/\S+|(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}", value):
        raise ValueError
    return value


VARIABLES = (
    Variable(
        "WAIZHUAN_PROFILE",
        "development",
        choice("development", "production"),
        "`production` refuses to start with anything that is only fit for trying out.",
    ),
    Variable("WAIZHUAN_SECRET_KEY", "", text, "Signs sessions and links. At least 32 characters in production.", True),
    Variable(
        "WAIZHUAN_FIELD_KEYS",
        "",
        keys,
        "Keys that encrypt personal data, `id:32 hex digits` each, the current one first; older ones stay until "
        "`rotate-keys` has run.",
        True,
    ),
    Variable("WAIZHUAN_INDEX_KEY", "", hex64, "Key of the blind indexes (64 hex digits). Never changes.", True),
    Variable("WAIZHUAN_HOSTS", "localhost,127.0.0.1,[::1]", names, "Host names under which the product is reached."),
    Variable(
        "WAIZHUAN_BASE_URL",
        "",
        text,
        "Address of the product, for links in messages. Without it: `http://127.0.0.1` and the port.",
    ),
    Variable("WAIZHUAN_PORT", "8000", whole(1, 65535), "Port that `make run` listens on."),
    Variable(
        "WAIZHUAN_DATABASE_URL",
        "sqlite:///var/waizhuan.sqlite3",
        text,
        "`sqlite:///path` or `postgresql://user:password@host:port/name`; after a `?` libpq's settings for TLS "
        "(`sslmode=verify-full&sslrootcert=/path`, `sslcert`, `sslkey`) and `pool=off` (without the pool).",
        True,
    ),
    Variable(
        "WAIZHUAN_REDIS_URL",
        "",
        text,
        "Redis or Valkey for cache and rate limits, `redis://host:port/0`, with TLS `rediss://`. Empty: the database keeps "
        "them.",
        True,
    ),
    Variable("WAIZHUAN_FILES", "var/files", text, "Folder of uploaded files, or `s3://bucket/prefix`."),
    Variable("WAIZHUAN_S3_ENDPOINT", "", text, "Address of the S3-compatible store."),
    Variable("WAIZHUAN_S3_ACCESS_KEY", "", text, "Access key of the store.", True),
    Variable("WAIZHUAN_S3_SECRET_KEY", "", text, "Secret key of the store.", True),
    Variable(
        "WAIZHUAN_CLAMD",
        "",
        clamd,
        "ClamAV's daemon, which looks at every uploaded file before it is kept; while it does not answer, nothing is taken. "
        "Empty: files are not scanned; production warns.",
    ),
    Variable(
        "WAIZHUAN_WORKER",
        "thread",
        choice("thread", "process"),
        "`thread`: jobs run inside the web process. `process`: run `python -m waizhuan worker` beside it.",
    ),
    Variable(
        "WAIZHUAN_CAPTCHA",
        "on",
        choice("on", "off"),
        "`off` lets automatic tests drive the product. Production refuses it.",
    ),
    Variable("WAIZHUAN_RATE_LIMITS", "on", choice("on", "off"), "As above, for rate limits."),
    Variable(
        "WAIZHUAN_SECOND_FACTOR",
        "off",
        choice("required", "off"),
        "`required`: reviewers, operators and ministry roles work only in sessions with a second factor. "
        "Production refuses `off`.",
    ),
    Variable(
        "WAIZHUAN_PASSWORD_PROFILE",
        "dengbao3",
        choice("dengbao3", "nist"),
        "`dengbao3` (等保 level 3: composition) or `nist` (SP 800-63B-4: length, no composition).",
    ),
    Variable("WAIZHUAN_PASSWORD_DAYS", "0", whole(0, 3650), "Days until a password expires (E5); 0: never."),
    Variable(
        "WAIZHUAN_PASSWORD_DAYS_SECOND_FACTOR",
        "0",
        whole(0, 3650),
        "The same for accounts with a second factor, whose password is changed after it; 0: never.",
    ),
    Variable("WAIZHUAN_SESSION_MINUTES", "60", whole(5, 1440), "A session ends after so many idle minutes."),
    Variable(
        "WAIZHUAN_AUTHORITY",
        "register",
        choice("register", "http"),
        "Who answers real-name checks: the local register loaded from CSV, or an HTTP service.",
    ),
    Variable("WAIZHUAN_AUTHORITY_URL", "", text, "Address of the HTTP authority."),
    Variable("WAIZHUAN_AUTHORITY_TOKEN", "", text, "Its bearer token.", True),
    Variable(
        "WAIZHUAN_SMS",
        "mailbox",
        choice("mailbox", "http"),
        "`mailbox`: messages land on the development mailbox page. Production refuses it.",
    ),
    Variable("WAIZHUAN_SMS_URL", "", text, "Address of the SMS gateway."),
    Variable("WAIZHUAN_SMS_TOKEN", "", text, "Its bearer token.", True),
    Variable("WAIZHUAN_EMAIL_URL", "mailbox://", text, "`mailbox://` or `smtp://user:password@host:port`.", True),
    Variable(
        "WAIZHUAN_TRUSTED_PROXIES",
        "0",
        whole(0, 5),
        "How many proxies stand before the product; so many entries of X-Forwarded-For are believed.",
    ),
    Variable(
        "WAIZHUAN_ENCRYPTED_NETWORK",
        "",
        names,
        "Hosts that are reached through an encrypted network (WireGuard, IPsec, a service mesh): production asks for no TLS "
        "on the way there.",
    ),
    Variable(
        "WAIZHUAN_STATIC",
        "finders",
        choice("finders", "collected"),
        "`collected`: hashed, compressed static files, as `serve` prepares them; `finders`: from the source.",
    ),
    Variable("WAIZHUAN_LOG", "text", choice("text", "json"), "Form of the log lines."),
)


def read(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Every variable, parsed. Raises WrongConfiguration naming all that is wrong at once."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for v in VARIABLES:
        if v.secret and environ.get(v.name) and environ.get(v.name + "_FILE"):
            wrong.append(f"{v.name} and {v.name}_FILE are both set: only one can count.")
        try:
            raw = _given(v, environ)
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not text (UTF-8)"
            wrong.append(f"{v.name}_FILE names a file that cannot be read: {why}.")
            continue
        try:
            values[v.name.removeprefix("WAIZHUAN_")] = v.parse(raw)
        except ValueError:
            shown = "(not shown)" if v.secret else repr(raw)
            wrong.append(f"{v.name} is {shown}, but must be {v.parse.__doc__ or 'valid'}.")
    values["BASE_URL"] = values.get("BASE_URL") or f"http://127.0.0.1:{values.get('PORT', '')}"
    known = {v.name for v in VARIABLES} | {v.name + "_FILE" for v in VARIABLES if v.secret}
    wrong += [
        f"{name} is not a variable of this product."
        for name in environ
        if name.startswith("WAIZHUAN_") and name not in known
    ]
    if not wrong:
        wrong += _incomplete(values)
        wrong += _not_fit_for_production(values) if values["PROFILE"] == "production" else []
    if wrong:
        raise WrongConfiguration("The configuration is wrong:\n  " + "\n  ".join(wrong))
    return values


def _given(v: Variable, environ: Mapping[str, str]) -> str:
    """A secret may stand in a file that a vault writes (`…_FILE`): processes show their environment, files have owners.
    Raises OSError, UnicodeDecodeError."""
    path = environ.get(v.name + "_FILE", "") if v.secret else ""
    return Path(path).read_text(encoding="utf-8").strip() if path else environ.get(v.name, v.default)


def _incomplete(v: Mapping[str, Any]) -> list[str]:
    """What one variable chooses and another has to complete."""
    pairs = (
        (v["SMS"] == "http", "SMS_URL", "WAIZHUAN_SMS is http"),
        (v["AUTHORITY"] == "http", "AUTHORITY_URL", "WAIZHUAN_AUTHORITY is http"),
    )
    return [f"WAIZHUAN_{name} must be set, because {why}." for chosen, name, why in pairs if chosen and not v[name]]


def _not_fit_for_production(v: Mapping[str, Any]) -> list[str]:
    wrong = []
    if len(v["SECRET_KEY"]) < 32:
        wrong.append("WAIZHUAN_SECRET_KEY needs at least 32 characters.")
    if not v["FIELD_KEYS"] or not v["INDEX_KEY"]:
        wrong.append(
            "WAIZHUAN_FIELD_KEYS and WAIZHUAN_INDEX_KEY must be set: `python -m waizhuan new-keys` makes them."
        )
    if v["CAPTCHA"] == "off" or v["RATE_LIMITS"] == "off":
        wrong.append("WAIZHUAN_CAPTCHA and WAIZHUAN_RATE_LIMITS must be on.")
    if v["SECOND_FACTOR"] == "off":
        wrong.append("WAIZHUAN_SECOND_FACTOR must be required.")
    if not v["DATABASE_URL"].startswith("postgresql:"):
        wrong.append("WAIZHUAN_DATABASE_URL must be a PostgreSQL database.")
    if not v["REDIS_URL"]:
        wrong.append("WAIZHUAN_REDIS_URL must be set.")
    if v["SMS"] == "mailbox" or v["EMAIL_URL"] == "mailbox://":
        wrong.append("WAIZHUAN_SMS and WAIZHUAN_EMAIL_URL must not use the development mailbox.")
    if v["WORKER"] == "thread":
        wrong.append("WAIZHUAN_WORKER must be process.")
    if v["AUTHORITY"] == "register":
        wrong.append("WAIZHUAN_AUTHORITY must be http.")
    if not v["BASE_URL"].startswith("https://"):
        wrong.append("WAIZHUAN_BASE_URL must begin with https://.")
    if not v["TRUSTED_PROXIES"]:
        wrong.append("WAIZHUAN_TRUSTED_PROXIES must be at least 1: a proxy ends TLS and says so in X-Forwarded-Proto.")
    return wrong + _in_the_clear(v)


def _https(url: SplitResult) -> bool:
    return url.scheme == "https"


#: Variable, what it needs in production where it leads to another machine, and whether it has that.
ENCRYPTED: tuple[tuple[str, str, Callable[[SplitResult], bool]], ...] = (
    ("DATABASE_URL", "sslmode=verify-full", lambda url: dict(parse_qsl(url.query)).get("sslmode") == "verify-full"),
    ("REDIS_URL", "rediss://", lambda url: url.scheme == "rediss" and "ssl_cert_reqs" not in url.query),
    ("S3_ENDPOINT", "https://", _https),
    ("SMS_URL", "https://", _https),
    ("AUTHORITY_URL", "https://", _https),
    (
        "EMAIL_URL",
        "smtps://, or smtp:// with a user (STARTTLS)",
        lambda url: url.scheme == "smtps" or bool(url.username),
    ),
    ("CLAMD", "a socket, or a tunnel that begins on this machine", lambda url: False),
)


def _in_the_clear(v: Mapping[str, Any]) -> list[str]:
    """Connections that would cross a network without TLS, or without looking whose certificate it is."""
    wrong = []
    for name, needed, fine in ENCRYPTED:
        url = urlsplit("clamd://" + v[name] if name == "CLAMD" and ":" in v[name] else v[name])
        host = (
            dict(parse_qsl(url.query)).get("host") or url.hostname or ""
        )  # libpq takes the first where both are there
        if not (_here(host) or host in map(str.lower, v["ENCRYPTED_NETWORK"]) or fine(url)):
            wrong.append(
                f"WAIZHUAN_{name} leads to another machine in the clear: it needs {needed}, or the host's name in "
                "WAIZHUAN_ENCRYPTED_NETWORK."
            )
    return wrong


def _here(host: str) -> bool:
    """This machine, or no machine at all (a socket, a folder, nothing set)."""
    return host in ("", "localhost", "::1") or host.startswith("/") or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def warnings(v: Mapping[str, Any]) -> list[str]:
    """What production does without, and had better not; the start goes on."""
    if v["PROFILE"] != "production":
        return []
    found = []
    if not v["CLAMD"]:
        found.append("WAIZHUAN_CLAMD is not set: uploaded files are not scanned for malware.")
    if v["ENCRYPTED_NETWORK"]:
        found.append(
            "WAIZHUAN_ENCRYPTED_NETWORK: no TLS is asked for on the way to " + ", ".join(v["ENCRYPTED_NETWORK"])
        )
    return found


def table() -> str:
    """The variables as a Markdown page."""
    lines = [
        "# Configuration",
        "",
        "The environment is the only configuration. Printed by `python -m waizhuan configuration`.",
        "",
        "| variable | default | may be | meaning |",
        "|---|---|---|---|",
    ]
    for v in VARIABLES:
        default = f"`{v.default}`" if v.default else "—"
        lines.append(f"| `{v.name}` | {default} | {v.parse.__doc__ or 'text'} | {v.meaning} |")
    return "\n".join(lines) + "\n"
