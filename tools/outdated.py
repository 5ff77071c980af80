"""`make outdated`: which locked components have a known vulnerability, and which have a newer version.

Asks the registries and their advisories; what does not answer is shown, and the rest goes on. Ends with 1 where a
vulnerability is known. What to do then, and by when: docs/security/updates.md.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from vendor import npm

ROOT = Path(__file__).resolve().parent.parent
UV = str(ROOT / ".venv" / "bin" / "uv")
UVX = str(ROOT / ".venv" / "bin" / "uvx")
LOCKED = "requirements/run.txt"
AUDIT = [UVX, "pip-audit", "--requirement", LOCKED, "--require-hashes", "--disable-pip", "--progress-spinner", "off"]


def asks(title: str, command: list[str], finds: str = "") -> bool:
    """Run it and show what it says; True where that contains `finds`."""
    print(f"\n== {title}", flush=True)
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"   no answer: {type(error).__name__}")
        return False
    said = (done.stdout + done.stderr).strip()
    print(said or "   nothing")
    return bool(finds) and finds in said


def main() -> int:
    known = [
        asks("known vulnerabilities: Python", AUDIT, finds="known vulnerabilities in"),
        asks("known vulnerabilities: npm", [*npm(), "audit"], finds="# npm audit report"),
    ]
    asks("newer versions: Python", [UV, "pip", "list", "--outdated"])
    asks("newer versions: npm", [*npm(), "outdated"])
    return 1 if any(known) else 0


if __name__ == "__main__":
    sys.exit(main())
