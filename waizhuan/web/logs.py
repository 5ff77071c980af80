"""Log lines: one a line, with the request's id, never with personal data (only ids of rows are logged)."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request_id", "request", "status_code"}


class AddRequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


#: Line breaks and other controls, written out: what somebody typed cannot look like a line of ours.
_CONTROLS = {n: f"\\x{n:02x}" for n in (*range(32), 127, *range(128, 160))} | {0x2028: "\\u2028", 0x2029: "\\u2029"}


class Line(logging.Formatter):
    """For people: time, level, request, logger, message, extras; only an exception takes more than one line."""

    def format(self, record: logging.LogRecord) -> str:
        extras = "".join(f" {k}={v}" for k, v in vars(record).items() if k not in _STANDARD)
        request = getattr(record, "request_id", "-")
        said = f"{record.getMessage()}{extras}".translate(_CONTROLS)
        line = f"{self.formatTime(record)} {record.levelname} [{request}] {record.name}: {said}"
        return line + ("\n" + self.formatException(record.exc_info) if record.exc_info else "")


class Json(logging.Formatter):
    """For machines: one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
            **{k: str(v) for k, v in vars(record).items() if k not in _STANDARD},
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False)
