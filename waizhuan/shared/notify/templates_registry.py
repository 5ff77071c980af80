"""What messages say: templates by key, declared by the errands, filled in the reader's language."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from waizhuan.kernel.words import Words, say

log = logging.getLogger("waizhuan.notify")


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """Sentences with `{placeholders}` that the context of the event fills. `sms`: the text message; default: the body."""

    key: str
    subject: Words
    body: Words
    sms: Words | None = None


_templates: dict[str, MessageTemplate] = {}
#: Shown where an errand forgot its template: the reader still learns that something happened.
FALLBACK = MessageTemplate("notify.fallback", say("您的事项有新进展"), say("{title}（{number}）有新进展，请打开查看。"))


def template(key: str, subject: Words, body: Words, sms: Words | None = None) -> None:
    """Declare a message template (in the `ready()` of an app)."""
    _templates[key] = MessageTemplate(key, subject, body, sms)


def known(key: str) -> bool:
    return key in _templates


def template_of(key: str) -> MessageTemplate:
    found = _templates.get(key)
    if found is None:
        log.error("no message template", extra={"template": key})
    return found or FALLBACK


class _Given(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"


def fill(words: Words, context: Mapping[str, Any]) -> str:
    """The sentence in the language that is active, with its placeholders filled; what is not given is a dash."""
    return str(Words(words.msgid)).format_map(_Given({**words.params, **context}))
