"""The tree from Excel or CSV: checked first, then loaded; the wrong rows as a file to correct; the tree as such a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.verdict import all_no, no
from waizhuan.kernel.words import say
from waizhuan.projects import columns, sheets, workbooks
from waizhuan.projects.departments import import_rules, queries, rules
from waizhuan.projects.departments.actions import apply, must_write
from waizhuan.projects.departments.import_rules import COLUMNS, Row, There
from waizhuan.projects.departments.models import DepartmentChange, State, TreeImport
from waizhuan.shared.documents import stores
from waizhuan.shared.documents.content import clean_name
from waizhuan.shared.documents.models import new_key

OUTCOMES = ("fresh", "changed", "same", "wrong")


def upload(*, actor: Actor, file: UploadedFile[Any] | None, reason: str) -> TreeImport:
    """Keep the file and look through it; nothing is changed yet. Raises Hidden, Refused."""
    account = must_write(actor)
    refusals = all_no([rules.has_reason(reason)])
    if file is None:
        refusals.append(no(say("请选择要上传的文件"), field="file", code="F5"))
    if refusals or file is None:
        raise Refused(*refusals)
    data, table = sheets.receive(file, actor=actor, purpose="departments_import")
    _, missing = columns.places(COLUMNS, table.head, code="F5")
    if len(table.rows) > import_rules.MOST_ROWS:
        missing.append(no(say("行数太多，请分成几个文件，每个不超过 {n} 行", n=import_rules.MOST_ROWS), field="file"))
    if missing:
        raise Refused(*missing)
    rows, there = read(table)
    key = new_key()
    stores.put(key, data)
    with transaction.atomic():
        made = TreeImport.objects.create(
            file_name=clean_name(file.name or ""),
            file_key=key,
            format=table.format,
            reason=reason.strip(),
            total=len(table.rows),
            made_by_id=account,
            **_counted(rows, there),
        )
        publish(Happened(actor, "departments.uploaded", f"departments.import:{made.pk}", {"rows": made.total}))
    return made


def table_of(batch: TreeImport) -> sheets.Table:
    """The file as it was uploaded. Raises Hidden where the store has lost it."""
    data = stores.get(batch.file_key)
    if data is None:
        raise Hidden
    return sheets.read(data)


def read(table: sheets.Table) -> tuple[list[Row], dict[int, There]]:
    """The rows compared with the register of today, and what is there by id. Two queries."""
    places, _ = columns.places(COLUMNS, table.head, code="F5")
    there = {
        row.name_key: There(row.pk, identity.values_of_department(row)) for row in identity.departments().order_by("id")
    }
    former = identity.departments().filter(former_names__isnull=False).values_list("former_names__name_key", "name")
    cells = [
        (line, {name: row[at] for name, at in places.items() if at < len(row)})
        for line, row in zip(table.lines, table.rows, strict=True)
    ]
    return import_rules.read(cells, there, dict(former)), {d.id: d for d in there.values()}


def outcome(row: Row, there: dict[int, There]) -> str:
    return import_rules.outcome(row, there[row.id].values if row.id else {})


def _counted(rows: Iterable[Row], there: dict[int, There]) -> dict[str, int]:
    counted = Counter(outcome(row, there) for row in rows)
    return {name: counted[name] for name in OUTCOMES}


def load(*, actor: Actor, id: int) -> TreeImport:
    """Write the rows with nothing wrong, from today, each as a change with its reason: all of them or none. Pressing twice
    loads once; what is there already stays. Raises Hidden, Conflict, Refused."""
    account = must_write(actor)
    with transaction.atomic():
        batch = TreeImport.objects.select_for_update(of=("self",)).filter(pk=id).first()
        if batch is None:
            raise Hidden
        if batch.state == State.DONE:
            return batch
        if batch.state != State.DRAFT:
            raise Conflict(say("这个文件已经取消，没有导入。请重新上传"))
        rows, there = read(table_of(batch))
        for name, n in _counted(rows, there).items():
            setattr(batch, name, n)
        for row in import_rules.roots_first(rows):
            what = outcome(row, there)
            if what in ("fresh", "changed"):
                _write(actor, account, batch, row, what, there)
        batch.state = State.DONE
        batch.save()
        publish(
            Happened(
                actor, "departments.loaded", f"departments.import:{batch.pk}",
                {"fresh": batch.fresh, "changed": batch.changed, "wrong": batch.wrong},
            )
        )  # fmt: skip
    return batch


def _write(actor: Actor, account: int, batch: TreeImport, row: Row, what: str, there: dict[int, There]) -> None:
    values = dict(row.values)
    if values.get("parent_id") == 0:  # it came with this file
        values["parent_id"] = queries.named([row.above]).get(row.above)
    if what == "changed" and row.id:
        values = rules.changed(there[row.id].values, values)
    change = DepartmentChange.objects.create(
        kind=DepartmentChange.Kind.ADD if what == "fresh" else DepartmentChange.Kind.EDIT,
        department_id=row.id,
        values=values,
        effective_on=clock.today(),
        reason=batch.reason,
        made_by_id=account,
    )
    apply(actor, change)


def drop(*, actor: Actor, id: int) -> None:
    """Nothing of this file is loaded. Raises Hidden, Conflict."""
    must_write(actor)
    with transaction.atomic():
        batch = TreeImport.objects.select_for_update(of=("self",)).filter(pk=id).first()
        if batch is None:
            raise Hidden
        if batch.state == State.DONE:
            raise Conflict(say("这个文件已经导入，不能取消"))
        batch.state = State.DROPPED
        batch.save(update_fields=["state"])


# ---------------------------------------------------------------- files


def problems_file(batch: TreeImport) -> bytes:
    """The wrong rows, to be corrected and uploaded again."""
    table = table_of(batch)
    rows, _ = read(table)
    places, _ = columns.places(COLUMNS, table.head, code="F5")
    return workbooks.to_correct(table, places, {row.line: complaints(row) for row in rows if row.wrong})


def complaints(row: Row) -> workbooks.Complaints:
    return [(column, import_rules.HEADINGS.get(column, column), reason) for column, reason in row.wrong]


def export() -> bytes:
    """The tree of today in the form in which it is imported. One query."""
    rows = []
    for node in queries.tree():
        for d in (node.department, *node.cities):
            above = node.department.name if d is not node.department else ""
            tier = import_rules.TIERS[str(d.tier)][0] if str(d.tier) in import_rules.TIERS else ""
            cells = [tier, above, d.name, d.division, d.public_phone, d.public_hours, d.address]
            rows.append((cells, ()))
    return workbooks.write([c.heading for c in COLUMNS], rows)
