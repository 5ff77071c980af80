"""Bringing a file of the old system in: upload and check, then load, or leave it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.projects import columns, sheets
from waizhuan.projects.legacy import rules
from waizhuan.projects.legacy.models import Import, State
from waizhuan.shared.documents import stores
from waizhuan.shared.documents.content import clean_name
from waizhuan.shared.documents.models import new_key

#: The ministry's administrators: the files hold personal data, which the platform's system administrators never see, and
#: what is in them is the ministry's own register.
ROLE = "ministry.head"


def upload(*, actor: Actor, kind: str, file: UploadedFile[Any] | None) -> Import:
    """Keep the file and let it be checked; nothing is loaded yet. Raises Refused where it cannot be read at all."""
    if not actor.has(ROLE) or actor.organisation_id is None or actor.account_id is None:
        raise Hidden
    if kind not in rules.COLUMNS:
        raise Refused(no(say("请选择文件里是什么"), field="kind"))
    if file is None:
        raise Refused(no(say("请选择要上传的文件"), field="file"))
    data, table = sheets.receive(file, actor=actor, purpose="legacy_import")
    _, missing = columns.places(rules.COLUMNS[kind], table.head)
    if missing:
        raise Refused(*missing)
    key = new_key()
    stores.put(key, data)
    with transaction.atomic():
        made = Import.objects.create(
            kind=kind,
            file_name=clean_name(file.name or ""),
            file_key=key,
            format=table.format,
            organisation_id=actor.organisation_id,
            started_by_id=actor.account_id,
            total=len(table.rows),
        )
        publish(Happened(actor, "legacy.uploaded", f"legacy.import:{made.pk}", {"kind": kind, "rows": made.total}))
    return made


def load(*, actor: Actor, id: int) -> Import:
    """Load what was checked: the good rows; the wrong ones stay listed. Pressing twice loads once."""
    return _move(actor, id, State.LOADING, "legacy.started")


def drop(*, actor: Actor, id: int) -> Import:
    """Leave it: nothing of this file is loaded."""
    return _move(actor, id, State.DROPPED, "legacy.dropped")


def _move(actor: Actor, id: int, state: State, verb: str) -> Import:
    if not actor.has(ROLE) or actor.organisation_id is None:
        raise Hidden
    with transaction.atomic():
        row = Import.objects.select_for_update().filter(pk=id, organisation_id=actor.organisation_id).first()
        if row is None:
            raise Hidden
        if row.state == state or (state == State.LOADING and row.state == State.DONE):
            return row
        verdict = rules.may_start(row.state)
        if not verdict.ok:
            raise Conflict(verdict.reason)
        row.state = state
        if state == State.LOADING:
            row.problems.all().delete()
            row.cursor = row.fresh = row.changed = row.same = row.wrong = 0
            row.finished_at = None
        else:
            row.finished_at = clock.now()
        row.save()
        publish(Happened(actor, verb, f"legacy.import:{row.pk}", {"kind": row.kind}))
    return row
