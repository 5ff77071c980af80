"""Take the help centre's pictures over from the last run of the browser scenarios.

`python tools/pictures.py` reads build/pictures (made by `pytest -m scenario`) and writes the upper part of one page an article
to waizhuan/shared/help/static/help/pictures/<ID>.<language>.webp: of a wide screen where there is such a picture, else of a
phone. The scenarios take these pictures (SHOWN) in both languages.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
TAKEN = ROOT / "build" / "pictures"
KEPT = ROOT / "waizhuan" / "shared" / "help" / "static" / "help" / "pictures"
#: Width of the screen → how much of the page is kept, in its own pixels, and the size of the picture.
SIZES = {1280: ((1280, 800), (960, 600)), 390: ((390, 720), (390, 720))}
#: Article → the picture that shows its answer best, where it is not the one that carries the article's own ID.
BETTER = {
    "A1": "A4-what-is-missing",
    "A4": "A4-missing",
    "A5": "A5-missing",
    "C1": "C1-granted",
    "C2": "C2-not-oneself",
    "C4": "C4-invite",
    "D1": "D1-unit",
    "D2": "D2-waiting",
    "D9": "D9-nothing-more",
    "D10": "D10-fixed",
    "E7": "B4-errors",
    "E9": "G3-agent",
    "F1": "F1-waiting",
    "F2": "F2-form",
    "F4": "F4-empty",
    "F5": "A5-first-entry",
    "F7": "F7-identity",
    "F10": "F10-hand-over",
    "F11": "F11-list",
    "F12": "F12-papers",
    "G4": "G4-sessions",
    "G6": "G6-home",
    "G9": "queue",
    "G10": "look-up",
}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
SCREENS = ("1280", "1280-noscript", "390", "390-noscript")
WITHOUT = ("G2", "G7", "G8", "accessibility", "feedback", "privacy")  # about no page in particular
ARTICLES = sorted(p.name.split(".")[0] for p in (KEPT.parents[2] / "articles").glob("*.zh.md"))
#: The pictures that articles show.
SHOWN = frozenset(BETTER.get(id, id) for id in ARTICLES if id not in WITHOUT)


def main() -> int:
    KEPT.mkdir(parents=True, exist_ok=True)
    missing = []
    for id in ARTICLES:
        for language, folder in LANGUAGES.items():
            taken = [TAKEN / f"{folder}-{screen}" / f"{BETTER.get(id, id)}.png" for screen in SCREENS]
            source = next((path for path in taken if path.exists()), None)
            if source is not None and id not in WITHOUT:
                keep(source, KEPT / f"{id}.{language}.webp")
            elif id not in WITHOUT:
                missing.append(f"{id}.{language}")
    print(f"{len(list(KEPT.glob('*.webp')))} pictures, {sum(p.stat().st_size for p in KEPT.glob('*.webp')) // 1000} KB")
    print("no picture was taken for: " + " ".join(missing) if missing else "every article has its picture")
    return 0


def keep(source: Path, target: Path) -> None:
    """The upper part of the page, on white where the page is shorter."""
    with Image.open(source) as page:
        part, size = SIZES[page.width]
        shown = Image.new("RGB", part, "white")
        shown.paste(page.convert("RGB").crop((0, 0, page.width, min(page.height, part[1]))))
    shown.resize(size, Image.Resampling.LANCZOS).save(target, "WEBP", quality=78, method=6)


if __name__ == "__main__":
    sys.exit(main())
