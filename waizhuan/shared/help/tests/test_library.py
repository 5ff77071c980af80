"""Every scenario has its answer, in both languages, and is found by what people type."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation
from PIL import Image

from waizhuan.shared.help import library
from waizhuan.shared.help.library import BrokenArticle

COUNTS = {"A": 5, "B": 5, "C": 5, "D": 10, "E": 12, "F": 12, "G": 10}
SCENARIOS = [f"{letter}{n}" for letter, count in COUNTS.items() for n in range(1, count + 1)]
FILES = sorted(p.name for p in library.FOLDER.glob("*.md"))


def test_every_scenario_and_page_has_both_languages() -> None:
    assert sorted(f"{id}.{language}.md" for id in [*SCENARIOS, *library.ABOUT] for language in ("zh", "en")) == FILES


@pytest.mark.parametrize("name", FILES)
def test_every_head_is_complete(name: str) -> None:
    id, language, _ = name.split(".")
    article = library.parse(id, language, (library.FOLDER / name).read_text(encoding="utf-8"))
    assert id in article.ids
    assert len(article.text) > 30
    assert bool(article.screens) == (id not in library.ABOUT)
    assert all(library.article(see) for see in article.see)
    assert id not in article.see
    assert "<" not in re.sub(r"`[^`]*`", "", article.text)


@pytest.mark.parametrize("id", SCENARIOS)
def test_both_languages_lead_to_the_same_place(id: str) -> None:
    with translation.override("en"):
        english = library.article(id)
    with translation.override("zh-hans"):
        chinese = library.article(id)
    assert english
    assert chinese
    assert (english.language, chinese.language) == ("en", "zh")
    assert (english.screens, english.ids, english.see) == (chinese.screens, chinese.ids, chinese.see)
    assert not re.search(r"[㐀-鿿]", english.text + english.title + english.button)


def test_no_title_is_used_twice() -> None:
    for language in ("zh-hans", "en"):
        with translation.override(language):
            titles = [a.title for a in map(library.article, library.ids()) if a]
            assert len(titles) == len(set(titles)) == len(SCENARIOS) + len(library.ABOUT)


@pytest.mark.parametrize(
    ("query", "id"),
    [
        ("B1", "B1"),
        ("b1", "B1"),
        ("证件号码已被注册", "B1"),
        ("我的证件号码被注册了", "B1"),
        ("忘记密码", "E4"),
        ("法定代表人类型不能为空", "D6"),
        ("搜索不到自然人", "C4"),
        ("WGZJXM", "F8"),
        ("附件2", "G5"),
        ("passport", "D7"),
        ("forgot password", "E4"),
        ("电话格式", "D8"),
        ("红头文件", "F12"),
    ],
)
def test_answers_are_found(query: str, id: str) -> None:
    assert id in [a.id for a in library.search(query)[:3]]


@pytest.mark.parametrize("query", ["", " ", "zzzzqqq", "?", "%", "\x00", "<script>", "龘", "𠮷" * 5000, "' OR 1=1"])
def test_nothing_is_found_for_nonsense(query: str) -> None:
    assert len(library.search(query)) < 8


def test_raw_html_and_scripts_stay_text() -> None:
    source = "---\ntitle: t\nids: X\nwords: w\n---\n<script>alert(1)</script> [x](javascript:alert(1))\n"
    html = library.parse("X", "zh", source).html
    assert "<script" not in html
    assert "href" not in html


def test_an_incomplete_head_is_refused() -> None:
    with pytest.raises(BrokenArticle):
        library.parse("X", "zh", "---\ntitle: t\nids: X\nwords: w\nscreen: a.b\n---\ntext\n")


def test_the_picture_is_in_the_reader_s_language_or_else_in_chinese(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(library, "PICTURES", tmp_path)
    library.picture.cache_clear()
    for name, size in (("A1.zh", (960, 600)), ("A2.zh", (960, 600)), ("A2.en", (390, 720))):
        Image.new("RGB", size).save(tmp_path / f"{name}.webp")
    found = [library.picture(id, language) for id in ("A1", "A2", "A3") for language in ("zh", "en")]
    library.picture.cache_clear()
    assert [(p.path[14:-5], p.width, p.height) if p else None for p in found] == [
        *(("A1.zh", 960, 600), ("A1.zh", 960, 600), ("A2.zh", 960, 600), ("A2.en", 390, 720), None, None)
    ]


def test_every_picture_belongs_to_an_article_and_nearly_every_article_has_one_in_each_language() -> None:
    names = [path.name.split(".") for path in sorted(library.PICTURES.glob("*"))]
    assert all(id in SCENARIOS and language in ("zh", "en") and kind == "webp" for id, language, kind in names)
    chinese, english = ({id for id, of, _ in names if of == language} for language in ("zh", "en"))
    assert chinese == english
    assert len(chinese) > 0.9 * len(SCENARIOS)
