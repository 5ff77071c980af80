"""The captcha's question in words: who reads it can answer it, in both languages; who guesses cannot."""

from __future__ import annotations

import pytest
from django.utils import translation

from waizhuan.identity.sign_in import questions

LANGUAGES = ("zh-hans", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_fits_has_its_answer_and_refuses_others(language: str) -> None:
    with translation.override(language):
        asked = [questions.question(language) for _ in range(300)]
    assert len({answer for _, answer in asked}) > 150, "hardly two alike"
    assert len({text for text, _ in asked}) > 250
    for text, answer in asked:
        assert len(answer) <= 32, "as it is kept"
        assert questions.BETWEEN in answer, "told from the picture and the digits"
        assert questions.is_answer(answer.replace("|", " "), answer)
        listed = text.split("：")[0].split(": ")[0]
        for wrong in ("", "5", "zzzz", listed, text):
            assert not questions.is_answer(wrong, answer), (text, wrong)
        if language == "en":
            assert text.isascii(), text


@pytest.mark.parametrize(
    ("kept", "typed", "right"),
    [
        ("horse|pear", "Pear, HORSE", True),
        ("horse|pear", "the horse and the pear", True),
        ("horse|pear", "hrose pear", False),
        ("horse|pear", "hors pear", True),
        ("horse|pear", "horsse pear", True),
        ("horse|pear", "horze  ｐｅａｒ", True),
        ("horse|pear", "horse", False),
        ("horse|pear", "horse pear table", False),
        ("老虎|苹果", "苹果和老虎", True),
        ("老虎|苹果", "老虎、苹果", True),
        ("老虎|苹果", "老虎", False),
        ("|hpte", "H p t e", True),
        ("|hpte", "hpt", False),
        ("|hpte", "ehpt", False),
        ("|老苹红桌", "老，苹，红，桌", True),
        ("|apta", "a p t a", True),
    ],
)
def test_an_answer_is_known_by_its_words(kept: str, typed: str, right: bool) -> None:
    assert questions.is_answer(typed, kept) is right


@pytest.mark.parametrize("words", [questions.ZH, questions.EN])
def test_every_word_is_of_one_kind(words: dict[str, str]) -> None:
    every = " ".join(words.values()).split()
    assert len(every) == len(set(every))
    assert set(words) == set(questions.KINDS)
