"""A reader who follows every link that a page shows and fills in every form: what the walkers of this folder share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

from waizhuan.identity.api import Account

#: Leaving, and switching whom one acts for, would change who is walking.
NEVER = {"sign_in.out", "organisations.switch", "web.language"}


@dataclass
class Field:
    name: str
    kind: str  # the type of an input, or "textarea", "select"
    value: str = ""


@dataclass
class PageForm:
    """A form as the page shows it. `at`: the address of the page."""

    at: str
    method: str
    action: str
    fields: list[Field] = field(default_factory=list)

    @property
    def target(self) -> str:
        return urljoin(self.at, self.action) if self.action else self.at


class Page(HTMLParser):
    """The links and the forms of a page."""

    def __init__(self, at: str, html: str) -> None:
        super().__init__()
        self.at, self.html = at, html
        self.links: list[str] = []
        self.forms: list[PageForm] = []
        self._open: PageForm | None = None
        self._select: Field | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        if tag in ("a", "img", "iframe") and (a.get("href") or a.get("src")):
            self.links.append(urljoin(self.at, a.get("href") or a.get("src") or ""))
        elif tag == "form":
            self._open = PageForm(self.at, a.get("method", "get").lower(), a.get("action", ""))
            self.forms.append(self._open)
        elif self._open and tag in ("input", "textarea", "select", "button") and a.get("name"):
            self._control(tag, a)
        elif tag == "option" and self._select and (not self._select.value or "selected" in a):
            self._select.value = a.get("value", "")

    def _control(self, tag: str, a: dict[str, str]) -> None:
        assert self._open is not None
        kind = (a.get("type") or "text") if tag == "input" else tag
        known = {f.name for f in self._open.fields}
        if kind in ("radio", "submit", "button") and a["name"] in known:
            return  # the first of a group is pressed
        made = Field(a["name"], kind, a.get("value", ""))
        self._open.fields.append(made)
        self._select = made if tag == "select" else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None


def screen_at(path: str) -> str:
    """The screen that this address opens; "" where there is none."""
    try:
        return resolve(urlsplit(path).path).url_name or ""
    except Resolver404:
        return ""


def client_of(login_key: str | None) -> Client:
    client = Client()
    if login_key:
        client.force_login(Account.objects.get(login_key=login_key))
    return client


def walk(client: Client, *, each: int = 2, begin: tuple[str, ...] = ("/",)) -> Iterator[Page]:
    """Every kind of page that links lead to from the home page; at most `each` of a kind."""
    waiting, known, visits = list(begin), set(begin), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        screen = screen_at(path)
        if not screen or screen in NEVER or visits[screen] >= each:
            continue
        visits[screen] += 1
        answer = client.get(path)
        if answer.status_code == 302:
            waiting.append(answer["Location"])
        if answer.streaming or "text/html" not in answer.get("Content-Type", ""):
            continue
        page = Page(path, answer.content.decode())
        yield page
        for link in page.links:
            parts = urlsplit(link)
            if not parts.netloc and not parts.scheme and link not in known:
                known.add(link)
                waiting.append(link)


def filled(form: PageForm, text: Callable[[Field], str], extra: dict[str, str] | None = None) -> dict[str, str]:
    """What is sent when every field that takes text holds `text(field)`; choices keep their first value."""
    sent = dict(extra or {})
    for one in form.fields:
        if one.kind in ("hidden", "select", "radio", "checkbox", "button", "submit"):
            sent[one.name] = one.value or "on"
        elif one.kind != "file":
            sent[one.name] = text(one)
    return sent
