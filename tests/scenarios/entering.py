"""What the scenarios of getting in have in common: letters, their scans, and what came by message."""

from __future__ import annotations

import io
import re
import sqlite3
from pathlib import Path

import pypdfium2
from PIL import Image

from tests.scenarios.harness import Somebody
from tests.scenarios.papers import heic, png
from tests.scenarios.server import Server


def message_to(who: Somebody, destination: str, pattern: str, seconds: int = 20) -> str:
    """The first group of the newest message to this phone or address that fits the pattern."""
    address = f"/messages/mailbox/?to={destination.replace('+', '%2B')}"
    for _ in range(seconds * 2):
        text = re.sub(r"<[^>]+>", "", who.context.request.get(address).text().split("<main", 1)[-1])
        found = re.search(pattern, text)
        if found:
            return found.group(1)
        who.page.wait_for_timeout(500)
    raise AssertionError(f"nothing like {pattern} arrived for {destination}")


def link_to(who: Somebody, destination: str, to: str, seconds: int = 20) -> str:
    """The path of the newest link to a page whose address begins with `to`."""
    return message_to(who, destination, rf"https?://[^/\s]+({re.escape(to)}[A-Za-z0-9_:/-]+)", seconds)


def scan_of_the_letter(who: Somebody, folder: Path) -> Path:
    """The letter that the page offers, printed and photographed by hand: not quite straight."""
    pdf = who.context.request.get("/appeals/papers/form.pdf").body()
    page = pypdfium2.PdfDocument(io.BytesIO(pdf))[0].render(scale=2).to_pil()
    path = folder / "letter.jpg"
    page.convert("L").rotate(2, expand=True, fillcolor=255).save(path, quality=80)
    return path


def give_papers(who: Somebody, folder: Path) -> Somebody:
    """The scan of the letter, and a picture into every other place that asks for one; each another kind of file."""
    kinds = iter((heic(folder, "front.HEIC"), _as(folder, "back.webp"), _as(folder, "more.tiff"), png(folder, "p.png")))
    slots = [s.get_attribute("id") or "" for s in who.page.locator("section[id^=slot-]").all()]
    for slot in (s.removeprefix("slot-") for s in slots):
        if slot == "other":
            continue
        file = scan_of_the_letter(who, folder) if slot == "form" else next(kinds)
        who.page.set_input_files(f"input#{slot}", str(file))
        if not who.scripts:
            who.page.locator(f"#slot-{slot} button[type=submit]").click()
        who.page.locator(f"#slot-{slot} img").wait_for()
    return who.looks()


def _as(folder: Path, name: str) -> Path:
    path = folder / name
    Image.new("RGB", (700, 480), "#e9edf2").save(path)
    return path


def let_cool(product: Server) -> None:
    """Days pass: the cooling-off times that run now are over."""
    with sqlite3.connect(product.database, timeout=30) as rows:
        rows.execute("UPDATE appeals_appeal SET cooling_until = '2020-01-01 00:00:00' WHERE state = 'cooling'")
