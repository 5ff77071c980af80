"""Look at every page that the scenarios came to: in both languages, on a wide screen and on a phone.

`make gallery` runs the scenarios with SCENARIOS_GALLERY=1 (`tests/scenarios/gallery.py`) and then this.

Pictures land in `build/gallery/pictures/`; the pages of one screen that differ in their headings alone are told apart by number.
What a machine can see is printed, and is the exit status: a fault of accessibility, a page that scrolls sideways, a sentence that
was left in the other language.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import django
import polib
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, Route, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "gallery"
PICTURES = KEPT / "pictures"
STATIC = ROOT / "build" / "collected"
LANGUAGES, WIDTHS = ("zh-hans", "en"), (1280, 390)
VARIANTS = 3  # of one screen, method and status: those with the most headings
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: What is shown but for what says itself that it is Chinese: messages as they were sent, column names of files.
NOT_MARKED = """() => {
    const marked = [...document.body.querySelectorAll('[lang^=zh]')].map(e => [e, e.style.display])
    for (const [e] of marked) e.style.display = 'none'
    const shown = document.body.innerText
    for (const [e, display] of marked) e.style.display = display
    return shown
}"""
CHINESE = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff（），。：、《》·]*")


class Seen(NamedTuple):
    name: str
    stamp: str


def _screen(path: str) -> str:
    try:
        return str(resolve(path).view_name or path)
    except Resolver404:
        return "nothing"


def _headings(page: str) -> tuple[str, ...]:
    found = re.findall(r"<h[123][^>]*>(.*?)</h[123]>", page, re.DOTALL)
    return tuple(sorted({re.sub(r"<[^>]+>|\s+|\d+", "", h)[:12] for h in found}))


def chosen() -> list[Seen]:
    """The pages to look at: of each screen, method and status, a few that differ."""
    kinds: dict[tuple[str, str, str], dict[tuple[str, ...], str]] = defaultdict(dict)
    for about in sorted(KEPT.glob("*.json")):
        told = json.loads(about.read_text(encoding="utf-8"))
        page = (KEPT / f"{about.stem}.zh-hans.html").read_text(encoding="utf-8")
        kinds[_screen(told["path"]), told["method"], told["status"]].setdefault(_headings(page), about.stem)
    pages = []
    for (screen, method, status), variants in sorted(kinds.items()):
        most = sorted(variants.items(), key=lambda v: (-len(v[0]), v[1]))[:VARIANTS]
        for n, (_, stamp) in enumerate(most, 1):
            pages.append(Seen(f"{screen}-{method.lower()}{'' if status == '200' else status}-{n}", stamp))
    return pages


def sentences() -> set[str]:
    """Every sentence of ours in Chinese: none of them stands in an English page."""
    catalogues = ROOT.glob("waizhuan/**/locale/en/LC_MESSAGES/django.po")
    return {e.msgid for c in catalogues for e in polib.pofile(str(c)) if e.msgstr and len(e.msgid) > 3}


def _answers(route: Route) -> None:
    """The pages as they were, and static files; nothing else is there."""
    asked = urlsplit(route.request.url).path
    file = KEPT / asked[1:] if asked.endswith(".html") else STATIC / asked.removeprefix("/static/")
    if file.is_file():
        route.fulfill(path=str(file))
    else:
        route.fulfill(status=204, body="")


def _faults(page: Page, language: str, ours: set[str]) -> list[str]:
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))",
        RULES,
    )
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider > 0:
        found.append(f"scrolls sideways by {wider} px")
    if language == "en":
        shown = page.evaluate(NOT_MARKED)
        found += [f"in Chinese: {said}" for said in sorted(set(CHINESE.findall(shown)) & ours)]
    return [str(fault)[:200] for fault in found]


def look(pages: list[Seen]) -> list[str]:
    """A picture of each page, and what is wrong with it."""
    axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    ours, faults = sentences(), []
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for width in WIDTHS:
            page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
            page.route("**/*", _answers)
            for seen in pages:
                for language in LANGUAGES:
                    page.goto(f"http://gallery.local/{seen.stamp}.{language}.html", wait_until="load")
                    page.evaluate(axe)
                    name = f"{seen.name}.{language}.{width}"
                    faults += [f"{name}: {fault}" for fault in _faults(page, language, ours)]
                    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        browser.close()
    return faults


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waizhuan.web.settings")
    sys.path.insert(0, str(ROOT))
    django.setup()
    pages = chosen()
    if not pages:
        sys.exit("No pages: run the scenarios with SCENARIOS_GALLERY=1 first.")
    found = look(pages)
    print("\n".join(found))
    print(f"{len(pages)} pages, each in 2 languages and 2 widths; {len(found)} faults")
    sys.exit(bool(found))
