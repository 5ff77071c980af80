"""Tables as people save them; among them one whose last cell lies at the far corner."""

from __future__ import annotations

import io
import resource
import zipfile

import pytest
import xlsxwriter

from waizhuan.kernel.errors import Refused
from waizhuan.projects import sheets


def book(*cells: tuple[int, int, str], formatted: tuple[int, int] | None = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        for row, column, text in cells:
            sheet.write_string(row, column, text)
        if formatted:
            sheet.write_blank(*formatted, None, made.add_format({"bold": True}))
    return out.getvalue()


@pytest.mark.parametrize("far", [(1_048_575, 16_383), (1_048_575, 0), (0, 16_383), (300_000, 200)])
def test_a_cell_at_the_far_corner_is_refused_before_it_takes_memory(far: tuple[int, int]) -> None:
    data = book((0, 0, "名称"), (1, 0, "甲"), (*far, "x"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refused, match="表格太大"):
        sheets.read(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KB


def test_a_far_cell_that_is_only_formatted_does_no_harm() -> None:
    found = sheets.read(book((0, 0, "名称"), (1, 0, "甲"), formatted=(1_048_575, 16_383)))
    assert (found.head, found.rows) == (["名称"], [["甲"]])


def test_lines_have_the_numbers_that_excel_shows() -> None:
    found = sheets.read(book((2, 1, "名称"), (5, 1, "甲"), (9, 1, "乙")))
    assert (found.head, found.lines) == (["", "名称"], [6, 10])


def test_cells_without_their_address_are_bounded_too() -> None:
    """A sheet may leave the addresses of its cells out and number only its rows."""
    source, out = zipfile.ZipFile(io.BytesIO(book((0, 0, "名称"), (1, 0, "甲")))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/"):
                data = data.replace(b'<row r="2"', b'<row r="1048576"').replace(b'<c r="A2"', b"<c")
                assert b"1048576" in data
            packed.writestr(name, data)
    with pytest.raises(Refused, match="表格太大"):
        sheets.read(out.getvalue())


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("content.xml", "<x/>")
    with pytest.raises(Refused, match="打不开"):
        sheets.read(out.getvalue())
    with pytest.raises(Refused, match="打不开"):
        sheets.read(book((0, 0, "名称"), (1, 0, "甲"))[:-200])
