"""The articles: Markdown files with a head, one a language. Read once, kept in memory.

`articles/<ID>.zh.md`, `articles/<ID>.en.md`; the head between `---` lines names `title`, `ids` (scenarios and reason codes
that lead here), `screen` (several, where a unit goes elsewhere than a person) and `button` (where the answer is put into
practice), `words` (what people search for), `see`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from markdown_it import MarkdownIt
from PIL import Image

from waizhuan.kernel.words import Words, say

FOLDER = Path(__file__).parent / "articles"
#: `<ID>.<language>.webp`; `make pictures` takes them over from the browser scenarios.
PICTURES = Path(__file__).parent / "static" / "help" / "pictures"
#: Groups of the home page, by the letter that an ID begins with.
GROUPS: dict[str, Words] = {
    "A": say("从这里开始"),
    "B": say("注册账号"),
    "C": say("给人授权"),
    "D": say("实名认证"),
    "E": say("登录不了"),
    "F": say("外国专家项目"),
    "G": say("其他"),
}
#: Pages about the service itself, linked by the footer.
ABOUT = ("accessibility", "privacy", "feedback")
#: Errand → the article about what goes wrong there, for refusals that carry no code of their own.
ERRANDS = {
    "registration": "B5",
    "sign_in": "E2",
    "second_factor": "G6",
    "recovery": "E1",
    "appeals": "E10",
    "contact_change": "G3",
    "realname": "D1",
    "organisations": "G3",
    "delegation": "C1",
    "services": "A4",
    "my_information": "G3",
    "account_merges": "F11",
    "operators": "G8",
    "audit": "G8",
    "refdata": "G8",
    "departments": "F5",
    "entry": "F2",
    "calls": "A5",
    "applications": "F4",
    "assignment": "F4",
    "review": "F1",
    "flow": "F1",
    "people": "F9",
    "legacy": "F11",
    "handover": "F12",
    "unit_changes": "F2",
    "linking": "F9",
    "unit_claims": "F9",
    "merges": "F11",
    "lookup": "G10",
    "openid": "A1",
    "documents": "E12",
}
#: Where one screen of an errand is about something else than the rest.
SCREENS = {
    "sign_in.password": "G4",
    "sign_in.sessions": "G4",
    "delegation.ask": "A5",
    "registration.lookup": "B5",
    "realname.change": "E11",
}
ANYWHERE = "G7"
REQUIRED = {"title", "ids", "words"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Article:
    """One answer in one language."""

    id: str
    language: str  # "zh" | "en"
    title: str
    ids: tuple[str, ...]
    screens: tuple[str, ...]  # the first that there is, and that the reader may open
    button: str
    words: str
    see: tuple[str, ...]
    text: str  # Markdown

    @property
    def html(self) -> SafeString:
        """Ours, and without raw HTML, so that it is safe."""
        return SafeString(_MARKDOWN.render(self.text))

    @property
    def summary(self) -> str:
        """The first paragraph as plain text."""
        return re.sub(r"[*`]|\[([^\]]*)\]\([^)]*\)", r"\1", self.text.strip().split("\n\n")[0]).replace("\n", " ")


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it looks: its static path, its size in pixels."""

    path: str
    width: int
    height: int


@cache
def picture(id: str, language: str) -> Picture | None:
    """The picture beside an article, in this language or else in Chinese; None where there is none."""
    for name in (f"{id}.{language}.webp", f"{id}.zh.webp"):
        if (PICTURES / name).exists():
            with Image.open(PICTURES / name) as found:
                return Picture(f"help/pictures/{name}", found.width, found.height)
    return None


class BrokenArticle(ValueError):
    """An article whose head is not complete."""


def parse(id: str, language: str, source: str) -> Article:
    """An article from its file's text."""
    _, head, body = source.split("---\n", 2)
    fields = dict(re.findall(r"^(\w+): *(.+?) *$", head, re.MULTILINE))
    missing = REQUIRED - fields.keys()
    if missing or ("screen" in fields) != ("button" in fields):
        raise BrokenArticle(f"{id}.{language}: missing {sorted(missing) or 'screen or button'}")
    return Article(
        id=id,
        language=language,
        title=fields["title"],
        ids=tuple(fields["ids"].split()),
        screens=tuple(fields.get("screen", "").split()),
        button=fields.get("button", ""),
        words=fields["words"],
        see=tuple(fields.get("see", "").split()),
        text=body.strip(),
    )


@cache
def _all() -> dict[tuple[str, str], Article]:
    found = {}
    for path in FOLDER.glob("*.md"):
        id, language, _ = path.name.split(".")
        found[id, language] = parse(id, language, path.read_text(encoding="utf-8"))
    return found


@cache
def _by_code() -> dict[str, str]:
    """Scenario or reason code → ID of its article; an ID leads to itself."""
    codes = {code.upper(): article.id for article in _all().values() for code in article.ids}
    return codes | {id.upper(): id for id, _ in _all()}


def language() -> str:
    """The reader's language, as the articles' names have it."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def ids() -> list[str]:
    """The IDs of all articles, A1, A2 … G5, then the pages about the service."""
    every = {id for id, _ in _all()}
    return sorted(every, key=lambda id: (id in ABOUT, id[0], int(id[1:]) if id[1:].isdigit() else 0, id))


def article(code: str) -> Article | None:
    """The article of an ID or a reason's code, in the reader's language."""
    id = _by_code().get(code.upper(), "")
    return _all().get((id, language())) or _all().get((id, "zh"))


def code_for(screen: str) -> str:
    """The code of the article that explains what goes wrong on this screen."""
    return SCREENS.get(screen) or ERRANDS.get(screen.partition(".")[0], ANYWHERE)


def grouped() -> list[tuple[Words, list[Article]]]:
    """Every article under its group."""
    every = [a for a in map(article, ids()) if a and a.id not in ABOUT]
    return [(label, [a for a in every if a.id.startswith(letter)]) for letter, label in GROUPS.items()]


# ---------------------------------------------------------------- search


@cache
def _texts() -> dict[str, tuple[str, str, str]]:
    """ID → title, search words and body in both languages: who reads English may still have a Chinese error message."""
    texts: dict[str, tuple[str, str, str]] = {}
    for (id, _), a in sorted(_all().items()):
        title, words, body = texts.get(id, ("", "", ""))
        codes = " ".join(a.ids)
        texts[id] = (f"{title} {a.title}".lower(), f"{words} {a.words} {codes}".lower(), f"{body} {a.text}".lower())
    return texts


def search(query: str, limit: int = 20) -> list[Article]:
    """The best answers to the query, the best first. Every word counts; Chinese needs no spaces between words."""
    exact = article(query.strip())
    found: dict[str, float] = {exact.id: 1000.0} if exact else {}
    pieces = _pieces(query.lower())
    for id, texts in _texts().items():
        score = sum(_score(piece, texts) for piece in pieces)
        if pieces and score >= 1.5 * len(pieces):
            found[id] = found.get(id, 0.0) + score
    best = sorted(found, key=lambda id: -found[id])[:limit]
    return [a for a in map(article, best) if a]


def _pieces(query: str) -> list[str]:
    """Words of Latin script (or, to, my say nothing), runs of Chinese characters."""
    found = re.findall(r"[a-z0-9]+|[㐀-鿿]+", query[:100])
    return [p for p in found if not p.isascii() or len(p) > 2][:12]


def _score(piece: str, texts: tuple[str, str, str]) -> float:
    """As a whole, or for Chinese by its pairs of characters."""
    title, words, body = texts
    if piece.isascii():
        word = re.compile(rf"\b{piece}")
        return 6.0 * bool(word.search(title)) + 5.0 * bool(word.search(words)) + 2.0 * bool(word.search(body))
    whole = 6.0 * (piece in title) + 5.0 * (piece in words) + 2.0 * (piece in body)
    if whole or len(piece) < 3:
        return whole
    pairs = [piece[i : i + 2] for i in range(len(piece) - 1)]
    hits = sum(4.0 * (p in title) + 3.0 * (p in words) + 1.0 * (p in body) for p in pairs)
    return hits / len(pairs)
