"""Nobody writes a line of the log by typing one."""

from __future__ import annotations

import json
import logging

import pytest

from waizhuan.web.logs import Json, Line

FORGED = "x\r\n2026-01-01 INFO [-] audit: approved\x1b[2K\u2028\x85end"


def record(message: str, **extras: object) -> logging.LogRecord:
    return logging.makeLogRecord({"name": "waizhuan", "levelname": "INFO", "msg": "%s", "args": (message,), **extras})


@pytest.mark.parametrize("formatter", [Line(), Json()])
def test_what_is_logged_stays_on_its_line(formatter: logging.Formatter) -> None:
    for made in (record(FORGED), record("fine", name_given=FORGED)):
        line = formatter.format(made)
        assert len(line.splitlines()) == 1 or isinstance(formatter, Json)
        assert "\n" not in line
        assert "\r" not in line
        assert "\x1b" not in line


def test_json_gives_back_what_it_was_given() -> None:
    assert json.loads(Json().format(record(FORGED)))["message"] == FORGED


def test_ordinary_text_is_left_alone() -> None:
    assert Line().format(record("买买提·吐尔逊 𠮷 O'Brien")).endswith("waizhuan: 买买提·吐尔逊 𠮷 O'Brien")
