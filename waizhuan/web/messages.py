"""Finds every sentence of an app and keeps its English catalogue in step.

Sentences are literal Chinese strings in `{% translate %}`, `{% blocktranslate %}`, `gettext*`, `say` and `say_n`. Each
app has its own `locale/en/LC_MESSAGES/django.po`, so that adding an errand touches one folder. No gettext tools needed.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from django.apps import AppConfig, apps
from django.template import engines
from django.template.base import Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

SINGULAR = {"_", "gettext", "gettext_lazy", "say"}
PLURAL = {"ngettext", "ngettext_lazy"}  # say_n has one Chinese sentence for both
#: a literal inside a tag: {% badge "ok" _("已实名") %}
IN_TAG = re.compile(r"""\b_\((?:"([^"]+)"|'([^']+)')\)""")
Sentences = dict[tuple[str, str], set[str]]  # (msgid, plural or "") → places


def our_apps() -> list[AppConfig]:
    return [a for a in apps.get_app_configs() if a.name.startswith("waizhuan")]


def files_of(app: AppConfig, *endings: str) -> Iterator[Path]:
    """The app's own files: not its tests and migrations, and not those of an app in a folder below it."""
    root = Path(app.path)
    nested = [p.parent for p in root.rglob("apps.py") if p.parent != root]
    for path in sorted(root.rglob("*")):
        parts = set(path.relative_to(root).parts)
        ours = not parts & {"tests", "migrations", "management"} and not any(path.is_relative_to(n) for n in nested)
        if path.suffix in endings and ours:
            yield path
    if app.label == "ui" and ".py" in endings:  # the kernel is no app; what its rules say is kept beside its pages
        yield from sorted(root.parent.glob("*.py"))


def in_python(source: str) -> Iterator[tuple[int, str, str]]:
    """(line, msgid, plural) of every sentence in a Python file."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in SINGULAR and texts and node.args[0].__class__ is ast.Constant:
            yield node.lineno, texts[0], ""
        elif name == "say_n" and texts:
            yield node.lineno, texts[0], texts[0]
        elif name in PLURAL and len(texts) > 1:
            yield node.lineno, texts[0], texts[1]


def in_template(source: str) -> Iterator[tuple[int, str, str]]:
    """(line, msgid, plural) of every sentence in a template."""
    for number, line in enumerate(source.splitlines(), 1):
        for found in IN_TAG.finditer(line):
            yield number, found[1] or found[2], ""
    nodes: Any = Template(source, engine=engines["django"].engine).nodelist  # type: ignore[attr-defined]
    for node in nodes.get_nodes_by_type(TranslateNode):
        literal = node.filter_expression.var
        text = getattr(literal, "literal", literal)
        if isinstance(text, str):
            yield node.token.lineno, text, ""
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        singular, _ = node.render_token_list(node.singular)
        plural = node.render_token_list(node.plural)[0] if node.plural else ""
        yield node.token.lineno, singular, plural


def sentences(app: AppConfig) -> Sentences:
    """Every sentence of the app with the places where it stands."""
    found: Sentences = {}
    root = Path(app.path)
    for path in files_of(app, ".py", ".html", ".txt"):
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            each = in_python(source)
        elif "templates" in path.parts:
            each = in_template(source)
        else:
            continue
        for _, msgid, plural in each:
            if msgid:
                found.setdefault((msgid, plural), set()).add(os.path.relpath(path, root))
    return found


def catalogue(app: AppConfig) -> Path:
    return Path(app.path) / "locale" / "en" / "LC_MESSAGES" / "django.po"


def missing(app: AppConfig) -> list[str]:
    """The sentences of the app that lack an English translation."""
    path = catalogue(app)
    known = {e.msgid: e for e in polib.pofile(str(path))} if path.exists() else {}
    gone = []
    for msgid, plural in sentences(app):
        entry = known.get(msgid)
        if entry is None or not _complete(entry, plural):
            gone.append(msgid)
    return gone


def _complete(entry: polib.POEntry, plural: str) -> bool:
    if entry.fuzzy:
        return False
    return all(entry.msgstr_plural.get(i) for i in (0, 1)) if plural else bool(entry.msgstr)


def update(app: AppConfig) -> int:
    """Bring the app's catalogue up to date; how many sentences still want a translation.

    New sentences are added (with the translation that another app has for the same sentence), unused ones removed.
    """
    wanted = sentences(app)
    path = catalogue(app)
    if not wanted and not path.exists():
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    old = {e.msgid: e for e in polib.pofile(str(path))} if path.exists() else {}
    elsewhere = _translations_elsewhere(app)
    po = polib.POFile(wrapwidth=110)
    po.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "en",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for (msgid, plural), places in sorted(wanted.items()):
        before = old.get(msgid) or elsewhere.get(msgid)
        entry = polib.POEntry(msgid=msgid, occurrences=[(p, "") for p in sorted(places)])
        if "{" in msgid:
            entry.flags = ["python-brace-format"]
        if plural:
            entry.msgid_plural = plural
            same = before.msgstr if before else ""
            entry.msgstr_plural = (before.msgstr_plural if before else {}) or {0: same, 1: same}
        else:
            entry.msgstr = before.msgstr if before else ""
        po.append(entry)
    po.save(str(path))
    return len(missing(app))


def _translations_elsewhere(app: AppConfig) -> dict[str, polib.POEntry]:
    found: dict[str, polib.POEntry] = {}
    for other in our_apps():
        path = catalogue(other)
        if other is not app and path.exists():
            found.update({e.msgid: e for e in polib.pofile(str(path)) if e.translated()})
    return found


def compile_all() -> int:
    """Compile every catalogue that is newer than its `.mo`; how many there are."""
    paths = [p for p in map(catalogue, our_apps()) if p.exists()]
    for path in paths:
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            temporary = target.with_suffix(f".{id(path)}.tmp")
            polib.pofile(str(path)).save_as_mofile(str(temporary))
            temporary.replace(target)
    return len(paths)
