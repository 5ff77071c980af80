"""`make test`: every check and every test, in the order in which they tell most.

1. ruff, mypy, import contracts · 2. pytest on SQLite · 3. pytest on PostgreSQL · 4. scenarios in a real browser.
Where the machine has no PostgreSQL or no browser and none can be installed, that part is skipped and the summary says
so plainly; with CI=true nothing may be skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
CI = os.environ.get("CI") == "true"
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres?pool=off")
totals = {"passed": 0, "failed": 0, "skipped": 0}
notes: list[str] = []


def say(text: str) -> None:
    print(f"\n== {text}", flush=True)


def run(*command: str | Path, **environ: str) -> int:
    return subprocess.run([str(c) for c in command], cwd=ROOT, env={**os.environ, **environ}, check=False).returncode


def check(name: str, *command: str | Path) -> None:
    """A tool that passes or fails as a whole counts as one test."""
    say(name)
    totals["passed" if run(*command) == 0 else "failed"] += 1


def pytest(name: str, *arguments: str, **environ: str) -> None:
    """Run pytest, let its output through, and add up what its closing line says."""
    say(name)
    began = time.monotonic()
    process = subprocess.Popen(
        [str(BIN / "python"), "-m", "pytest", *arguments],
        cwd=ROOT,
        env={**os.environ, **environ},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    closing = ""
    for line in process.stdout:
        print(line, end="", flush=True)
        if re.search(r"\d+ (passed|failed|error|skipped)", line):
            closing = line
    code = process.wait()
    for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped)", closing):
        totals["failed" if word.startswith("error") else word] += int(number)
    if code != 0 and not re.search(r"\d+ (failed|error)", closing):
        totals["failed"] += 1
    print(f"   {time.monotonic() - began:.0f} s", flush=True)


def skip(what: str) -> None:
    """Say what is not tested; in CI that is a failure."""
    notes.append(what)
    totals["failed" if CI else "skipped"] += 1


def postgres_answers() -> bool:
    try:
        with socket.create_connection(("127.0.0.1", 5432), timeout=2):
            return True
    except OSError:
        return "TEST_POSTGRES_URL" in os.environ


APACHE = "/usr/lib/apache2/modules/mod_auth_openidc.so"
#: what has to be there → the Debian packages that bring it: Chromium with Chinese fonts, Firefox, WebKitGTK and a screen
#: for it, and Apache's OpenID Connect client (without the service: the tests start their own)
PROGRAMS = {
    "chromium": ("chromium", "fonts-noto-cjk"),
    "firefox-esr": ("firefox-esr",),
    "WebKitWebDriver": ("webkit2gtk-driver",),
    "Xvfb": ("xvfb",),
    APACHE: ("apache2-bin", "libapache2-mod-auth-openidc"),
}


def is_there(name: str) -> bool:
    return Path(name).exists() if name.startswith("/") else shutil.which(name) is not None


def programs() -> dict[str, bool]:
    """Which of them are there, after installing where we may."""
    wanted = [package for name, packages in PROGRAMS.items() if not is_there(name) for package in packages]
    if wanted and os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"installing {' '.join(wanted)} for the browser tests")
        run("apt-get", "update", "-qq")
        options = ("-y", "-qq", "--no-install-recommends")
        run("apt-get", "install", *options, *wanted, DEBIAN_FRONTEND="noninteractive")
    return {name: is_there(name) for name in PROGRAMS}


def main() -> int:
    began = time.monotonic()
    check("ruff", BIN / "ruff", "check", ".")
    check("format", BIN / "ruff", "format", "--check", ".")
    check("mypy", BIN / "mypy", "waizhuan")
    check("import contracts", BIN / "lint-imports")
    workers = str(min(4, os.cpu_count() or 1))
    apart = ("-m", "not scenario and not postgres")
    pytest("tests on SQLite", "-n", workers, *apart, WAIZHUAN_DATABASE_URL="sqlite:///var/test.sqlite3")
    if postgres_answers():
        pytest("tests on PostgreSQL", "-n", workers, "-m", "not scenario", WAIZHUAN_DATABASE_URL=POSTGRES)
    else:
        skip("PostgreSQL: nothing answers on 127.0.0.1:5432 (set TEST_POSTGRES_URL)")
    there = programs()
    if there["chromium"]:
        pytest(
            "scenarios in the browsers",
            *("-n", str(min(2, int(workers))), "--dist", "loadfile"),  # each worker has a product of its own
            *("-m", "scenario", "tests/scenarios"),
            WAIZHUAN_DATABASE_URL="sqlite:///var/scenario.sqlite3",
        )
    else:
        skip("browser scenarios: install the packages chromium and fonts-noto-cjk")
    if not there["firefox-esr"]:
        skip("Firefox: install the package firefox-esr")
    if not (there["WebKitWebDriver"] and there["Xvfb"]):
        skip("WebKit: install the packages webkit2gtk-driver and xvfb")
    if not there[APACHE]:
        skip("Apache as a client of the OpenID provider: install apache2-bin and libapache2-mod-auth-openidc")
    say(f"finished in {time.monotonic() - began:.0f} s")
    for note in notes:
        print(f"NOT TESTED: {note}")
    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    return 1 if totals["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
