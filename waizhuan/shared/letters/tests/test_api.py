"""Letters: data is never markup, and what is wrong is named."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pypdfium2
import pytest

from waizhuan.kernel.errors import Unavailable
from waizhuan.shared.letters import api

DATA = {
    "number": "G2026-0001",
    "case": "SB-2026-000001",
    "date": "2026年11月24日",
    "from": "外国专家服务司",
    "department": "汐州市外国专家局",
    "call": "2026 高端外国专家引进计划",
    "lead": "买买提·吐尔逊",
    "starts": "2027年1月1日",
    "ends": "2027年12月31日",
    "total": "91,000.00",
    "match": "60,000.00",
    "standard": "外专发〔2010〕87号",
}


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_names_come_out_as_they_are() -> None:
    title = "近海 #let x = 1 *粗* _斜_ $E=mc^2$ @ref \\ O'Brien"
    shown = text_of(api.render("review/approval", {**DATA, "to": "云溪理工大学", "title": title, "experts": []}))
    assert "#let x = 1 *粗* _斜_ $E=mc^2$ @ref" in shown.replace("\r\n", "")
    assert "O'Brien" in shown
    assert "买买提·吐尔逊" in shown


def test_two_hundred_rows_and_ten_thousand_characters() -> None:
    experts = [{"name": f"Anna Lindqvist {n}", "chinese": "", "days": n} for n in range(200)]
    pdf = api.render("review/approval", {**DATA, "to": "单位", "title": "长" * 10_000, "experts": experts})
    assert "Anna Lindqvist 199" in text_of(pdf)


def test_a_character_that_few_fonts_have_is_no_error() -> None:
    assert api.render("review/approval", {**DATA, "to": "𠮷", "title": "𠮷", "experts": []}).startswith(b"%PDF")


def test_a_missing_template_is_named() -> None:
    with pytest.raises(api.NoSuchLetter, match=r"nothing\.typ"):
        api.render("review/nothing", {})


def test_only_so_many_are_set_at_a_time_and_the_next_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()

    def slow(path: Path, given: str) -> bytes:
        begun.release()
        go_on.wait(20)
        return b"%PDF"

    monkeypatch.setattr(api, "_set", slow)
    monkeypatch.setattr(api, "PATIENCE", 0.1)
    busy = [threading.Thread(target=api.render, args=("review/approval", DATA)) for _ in range(api.AT_ONCE)]
    for thread in busy:
        thread.start()
        begun.acquire()
    with pytest.raises(Unavailable):
        api.render("review/approval", DATA)
    go_on.set()
    for thread in busy:
        thread.join()
    assert api.render("review/approval", DATA) == b"%PDF"
