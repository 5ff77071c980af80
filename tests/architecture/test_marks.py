"""A Chinese mark that stands by itself stands in English pages too. Templates write the reader's own with `{% mark "：" %}`, code
with `kernel.ui.marks`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import waizhuan

#: what is no text of the page's own: comments, translated blocks, tags, values
NOT_TEXT = re.compile(
    r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|\{% blocktranslate\b.*?\{% endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}",
    re.DOTALL,
)


def test_no_mark_of_one_language_stands_between_words() -> None:
    root = Path(waizhuan.__file__).parent
    found = [
        f"{path.relative_to(root)}: {mark}"
        for path in root.glob("**/templates/**/*.html")
        for mark in re.findall("[：，、。；（）]", NOT_TEXT.sub("", path.read_text(encoding="utf-8")))
    ]
    assert found == []


#: what is Chinese for every reader: the letter that a department files, the drawing of the processes
CHINESE = {"projects/merges/papers.py", "web/generated.py"}


def test_no_code_joins_words_with_the_marks_of_one_language() -> None:
    root = Path(waizhuan.__file__).parent
    found = []
    for path in root.rglob("*.py"):
        name = str(path.relative_to(root))
        if name in CHINESE or {"tests", "migrations"} & set(path.parts) or path.stem in ("demo", "conftest"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if any(re.search("[：，、。；（）]", text) for text in _joining(node)):
                found.append(f"{name}:{node.lineno}")  # type: ignore[attr-defined]
    assert found == []


def _joining(node: ast.AST) -> list[str]:
    """What stands between values here: the text of an f-string, or what `join` puts between."""
    if isinstance(node, ast.JoinedStr):
        return [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
        return [str(node.func.value.value)] if isinstance(node.func.value, ast.Constant) else []
    return []
