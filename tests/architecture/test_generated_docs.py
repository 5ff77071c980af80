"""What is generated is what the code says now."""

from __future__ import annotations

from pathlib import Path

from waizhuan.shared.flow.process import all_processes
from waizhuan.shared.notify import api as notify
from waizhuan.web.generated import processes_page

DOCS = Path(__file__).resolve().parents[2] / "docs" / "generated"


def test_the_processes_page_is_fresh() -> None:
    assert (DOCS / "processes.md").read_text(encoding="utf-8") == processes_page(), "run `make docs`"


def test_every_message_of_a_process_has_its_words() -> None:
    used = {t.notify for p in all_processes() for t in p.transitions if t.notify}
    assert {key for key in used if not notify.known(key)} == set()
