"""A Chinese mark that stands in a template by itself stands in English pages too: `{% mark "：" %}` writes the reader's own."""

from __future__ import annotations

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
