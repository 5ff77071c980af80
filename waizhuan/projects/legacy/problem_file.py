"""The wrong rows of an import as an Excel file that can be corrected and loaded again."""

from __future__ import annotations

from collections import defaultdict

from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.words import Words
from waizhuan.projects import columns, sheets, workbooks
from waizhuan.projects.legacy import rules
from waizhuan.projects.legacy.models import Import
from waizhuan.shared.documents import stores


def build(batch: Import) -> bytes:
    """The file. Two queries; memory does not grow with the rows."""
    complaints: dict[int, list[tuple[str, str, Words]]] = defaultdict(list)
    for problem in batch.problems.order_by("line", "id").iterator(chunk_size=2000):
        heading = rules.heading_of(batch.kind, problem.column)
        complaints[problem.line].append((problem.column, heading, problem.sentence))
    data = stores.get(batch.file_key)
    if data is None:
        raise Hidden
    table = sheets.read(data)
    places, _ = columns.places(rules.COLUMNS[batch.kind], table.head)
    return workbooks.to_correct(table, places, complaints)
