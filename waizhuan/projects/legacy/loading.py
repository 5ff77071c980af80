"""The work of an import: batch after batch, each one transaction that also moves the cursor.

Killed at any moment, it goes on with the row where it stopped and doubles nothing: what a batch wrote and how far it came
are one commit, and rows are written by their key.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.urls import reverse

from waizhuan.kernel import clock, crypto
from waizhuan.kernel.actor import the_system
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.words import as_json, say
from waizhuan.projects import columns, sheets
from waizhuan.projects.legacy import rules, writing
from waizhuan.projects.legacy.models import Import, RowProblem, State
from waizhuan.projects.legacy.rules import Row
from waizhuan.shared.documents import stores

BATCH = 1000
AT_WORK = (State.CHECKING, State.LOADING)


@dataclass(slots=True)
class Plan:
    """A file, ready to be worked on. `seen`: key → (place, fingerprint of the row), of what was dealt with before."""

    kind: str
    table: sheets.Table
    places: Mapping[str, int]
    seen: dict[str, tuple[int, bytes]]


def work(id: int, *, seconds: float = 20.0, batches: int | None = None) -> int:
    """Work on this import for a while; how many rows were dealt with."""
    row = Import.objects.filter(pk=id, state__in=AT_WORK).first()
    plan = _plan(row) if row else None
    if row is None or plan is None:
        return 0
    until, done, left = time.monotonic() + seconds, 0, batches
    while time.monotonic() < until and left != 0:
        count = step(id, plan)
        if count == 0:
            break
        done += count
        left = None if left is None else left - 1
    return done


def _plan(row: Import) -> Plan | None:
    data = stores.get(row.file_key)
    try:
        table = sheets.read(data or b"")
    except Refused:  # it was readable when it came in: the store has lost it
        _fail(row)
        return None
    found, _ = columns.places(rules.COLUMNS[row.kind], table.head)
    return Plan(row.kind, table, found, {})


def step(id: int, plan: Plan) -> int:
    """One batch, in one transaction; how many rows it had."""
    with transaction.atomic():
        locked = Import.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        row = locked.filter(pk=id, state__in=AT_WORK).first()
        if row is None:
            return 0
        start, end = row.cursor, min(row.cursor + BATCH, row.total)
        _remember(plan, start)
        rows = [_read(plan, place) for place in range(start, end)]
        written = writing.write(plan.kind, [r for r in rows if r.key], load=row.state == State.LOADING)
        _complain(row, plan, rows, start)
        row.cursor = end
        row.fresh, row.changed = row.fresh + written.fresh, row.changed + written.changed
        row.same += written.same + sum(not r.key and not r.wrong for r in rows)
        row.wrong += sum(bool(r.wrong) for r in rows)
        if row.cursor == row.total:
            _finish(row)
        row.save()
    return end - start


def _finish(row: Import) -> None:
    row.state = State.CHECKED if row.state == State.CHECKING else State.DONE
    row.finished_at = clock.now()
    counts = {"fresh": row.fresh, "changed": row.changed, "same": row.same, "wrong": row.wrong}
    verb = "legacy.checked" if row.state == State.CHECKED else "legacy.loaded"
    publish(Happened(the_system(), verb, f"legacy.import:{row.pk}", {"kind": row.kind, **counts}))


def _fail(row: Import) -> None:
    """It ends, what was loaded stays, and whoever started it is told to upload the file again."""
    with transaction.atomic():
        ended = Import.objects.filter(pk=row.pk, state__in=AT_WORK)
        if ended.update(state=State.FAILED, finished_at=clock.now()):
            said = {"file": row.file_name}
            way = reverse("legacy.import", args=[row.pk])
            publish(
                Happened(the_system(), "legacy.failed", f"legacy.import:{row.pk}", {"kind": row.kind}),
                Tell("legacy.failed", accounts=(row.started_by_id,), context=said, link=way),
            )


def _cells(plan: Plan, place: int) -> dict[str, str]:
    cells = plan.table.rows[place]
    return {name: cells[at] if at < len(cells) else "" for name, at in plan.places.items()}


def _fingerprint(row: Row) -> bytes:
    return crypto.mac(repr(sorted((k, str(v)) for k, v in row.values.items())).encode())


def _remember(plan: Plan, start: int) -> None:
    """After a crash: what the rows before said, so that a double further down is still known as one."""
    if start and not plan.seen:
        for place in range(start):
            _read(plan, place)


def _read(plan: Plan, place: int) -> Row:
    """The row, tidied. A double that says the same counts for nothing; one that says something else is wrong."""
    row = rules.read_row(plan.kind, _cells(plan, place), clock.today())
    print_of_row = _fingerprint(row)
    first = plan.seen.setdefault(row.key, (place, print_of_row)) if row.key else (place, print_of_row)
    if first[0] != place and first[1] == print_of_row and not row.wrong:
        row.key = ""
    elif first[0] != place:
        line = plan.table.lines[first[0]]
        row.wrong.append(
            rules.Wrong(rules.COLUMNS[plan.kind][0].name, say("和第 {line} 行是同一个，但内容不同", line=line))
        )
    return row


def _complain(batch: Import, plan: Plan, rows: Sequence[Row], start: int) -> None:
    RowProblem.objects.bulk_create(
        RowProblem(
            batch=batch,
            line=plan.table.lines[start + n],
            column=wrong.column,
            reason=wrong.reason.msgid[:300],
            params=as_json(wrong.reason)["params"],
        )
        for n, row in enumerate(rows)
        for wrong in row.wrong
    )
