"""The product as its users meet it: the real command, in a process of its own, on a database of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from tests.scenarios.slow_line import SlowLine

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "scenarios"
GALLERY = ("--application", "tests.scenarios.gallery:application") if os.environ.get("SCENARIOS_GALLERY") else ()
SLOW = os.environ.get("SCENARIOS_LINE") == "slow"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@dataclass
class Server:
    """One running product. `kill()` is SIGKILL to the whole process group: nothing gets a chance to tidy up."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.line = self.port
        if SLOW:
            self.line = free_port()
            SlowLine(self.line, to=self.port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.line}"

    @property
    def database(self) -> Path:
        return self.folder / "waizhuan.sqlite3"

    def _environ(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("WAIZHUAN_")}
        return {
            **inherited,
            "WAIZHUAN_DATABASE_URL": f"sqlite:///{self.database}",
            "WAIZHUAN_FILES": str(self.folder / "files"),
            "WAIZHUAN_PORT": str(self.port),
            "WAIZHUAN_BASE_URL": self.url,
            "WAIZHUAN_CAPTCHA": "off",
            "WAIZHUAN_RATE_LIMITS": "off",
            **self.environ,
        }

    def start(self, *, collects: bool = False) -> Server:
        """`collects`: gathers the static files too, while no other product is serving them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "waizhuan", "serve", "--demo", *GALLERY, *([] if collects else ["--collected"])],
                cwd=ROOT,
                env=self._environ(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait()
        return self

    def runs(self, script: str) -> str:
        """Run a Python script on this product's database; what it printed."""
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, cwd=ROOT, env=self._environ(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def _wait(self, seconds: float = 300) -> None:
        assert self.process is not None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        self.kill()  # nothing may be left running
        raise RuntimeError("the product did not start:\n" + (self.folder / "server.log").read_text()[-3000:])

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, how)
            self.process.wait(timeout=20)


def prepared() -> Path:
    """A folder with the demonstration database, made once a run, whoever comes first; tests copy it."""
    folder = BUILD / f"prepared-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            Server(folder).start(collects=True).kill(signal.SIGTERM)
            (folder / "ready").touch()
    return folder


def copy_of(prepared_folder: Path, name: str) -> Path:
    target = BUILD / f"{name}-{os.getpid()}"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(prepared_folder, target)
    return target
