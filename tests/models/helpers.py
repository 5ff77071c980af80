"""What random days need besides their rules: a database that is rolled back, and papers that cost little."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from waizhuan.kernel.actor import Actor
from waizhuan.projects.handover import actions, rules
from waizhuan.projects.handover.models import HandOver

#: the smallest picture that there is: what it costs to keep it is not what is tried here
LETTER = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@contextlib.contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def hand_in_papers(actor: Actor, row: HandOver) -> None:
    for slot in rules.PAPERS:
        actions.add_document(actor=actor, row=row, slot=slot, upload=SimpleUploadedFile("letter.png", LETTER))
