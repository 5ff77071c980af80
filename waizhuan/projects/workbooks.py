"""Excel files that we hand out, every cell as text; among them the wrong rows of a file that was brought, to be corrected and
brought again."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping, Sequence

import xlsxwriter

from waizhuan.kernel.ui import marks
from waizhuan.kernel.words import Words, say
from waizhuan.projects.columns import LOST
from waizhuan.projects.sheets import Table

LONGEST = 32_000  # characters that Excel takes in a cell
#: What is wrong with a row: (the column's name, its heading, the sentence).
Complaints = Sequence[tuple[str, str, Words]]


def write(head: Sequence[str], rows: Iterable[tuple[Sequence[str], Collection[int]]]) -> bytes:
    """A sheet with these headings; each row with the places of the cells that are marked. Memory does not grow with it."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        bold, marked = book.add_format({"bold": True}), book.add_format({"bg_color": "#fbebe9", "num_format": "@"})
        plain = book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(head) - 1, 20)
        for n, text in enumerate(head):
            sheet.write_string(0, n, text, bold)
        for at, (cells, coloured) in enumerate(rows, 1):
            for n, text in enumerate(cells):
                sheet.write_string(at, n, text[:LONGEST], marked if n in coloured else plain)
    return out.getvalue()


def to_correct(table: Table, places: Mapping[str, int], wrong: Mapping[int, Complaints]) -> bytes:
    """The rows of these lines: each wrong cell marked, what to do in the last column, which is ignored when the file comes
    back."""
    width = len(table.head)

    def rows() -> Iterable[tuple[Sequence[str], Collection[int]]]:
        for line, cells in zip(table.lines, table.rows, strict=True):
            if line in wrong:
                shown = ["" if c == LOST else c for c in cells[:width]]
                coloured = {places[column] for column, _, _ in wrong[line] if column in places}
                yield [*shown, *[""] * (width - len(shown)), sentence(wrong[line])], coloured

    return write([*table.head, str(say("问题"))], rows())


def sentence(complaints: Complaints) -> str:
    return str(
        marks.listed(
            (marks.listed((heading, reason), marks.COLON) for _, heading, reason in complaints), marks.SEMICOLON
        )
    )
