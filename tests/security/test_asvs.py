"""The table of docs/security/asvs.md names what exists, and leaves no requirement out."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (\d) \| (.+?) \| (.+?) \| (.+?) \|$", TABLE, re.MULTILINE)
#: How many requirements ASVS 5.0.0 has at each of the two levels.
REQUIREMENTS = {"1": 70, "2": 183}


def test_every_requirement_has_its_row() -> None:
    assert Counter(level for _, level, *_ in ROWS) == REQUIREMENTS
    assert len({row for row, *_ in ROWS}) == sum(REQUIREMENTS.values())


def test_every_answer_is_one_of_four_and_says_where_or_why() -> None:
    assert {answer for *_, answer, _ in ROWS} <= {"met", "partly", "not met", "n.a."}
    counted = Counter(answer for *_, answer, _ in ROWS)
    assert "; ".join(f"{a}: {counted[a]}" for a in ("met", "partly", "not met", "n.a.")) in TABLE


def test_everything_that_is_named_exists() -> None:
    named = {
        name for *_, where in ROWS for name in re.findall(r"`([\w./-]+/[\w./-]+|[\w-]+\.toml|[\w-]+\.json)`", where)
    }
    assert len(named) > 60
    assert {name for name in named if not (ROOT / name).exists()} == set()
