"""Reading a table as people save it: Excel, or CSV in UTF-8 (with or without BOM) or GBK. Nothing here knows what it holds."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused, Unavailable
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.projects.columns import LOST
from waizhuan.shared.documents import api as documents

MOST_BYTES = 40_000_000
MOST_UNPACKED = 600_000_000
MOST_FILES = 2_000  # inside a workbook: sheets, styles, pictures
MOST_ROWS = 200_000
MOST_COLUMNS = 256
MOST_CELLS = 8_000_000  # of the rectangle from A1 to the last cell, empty ones too: they all take memory
MOST_CHARACTERS = 1_000  # of a cell
#: A row, and a cell that holds something, in a sheet's XML.
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d{1,9})"')
_CELL = re.compile(rb'<(?:\w+:)?c(?:\s(?:[^>]*?\br="([A-Za-z]{1,9})(\d{1,9})")?[^>]*)?(?<!/)>\s*<(?:\w+:)?(?:v|is|f)\b')
_PIECE = 1 << 20
_OVERLAP = 1_000


@dataclass(frozen=True, slots=True)
class Table:
    """The cells as text, row by row; `lines` gives each row's number as Excel shows it."""

    format: str  # "xlsx" | "UTF-8" | "GBK"
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]


def receive(upload: UploadedFile[Any], *, actor: Actor, purpose: str) -> tuple[bytes, Table]:
    """An uploaded file and the table in it; the malware scanner looks before anything opens it, as it does at every document.
    Raises Refused."""
    if (upload.size or 0) > MOST_BYTES:
        raise Refused(_no(say("文件太大，请分成几个，每个不超过 {n} MB", n=MOST_BYTES // 1_000_000)))
    data = upload.read()
    try:
        documents.scan(data, actor=actor, purpose=purpose)
    except Unavailable as error:  # what else was typed stays on the page
        raise Refused(_no(error.what)) from error
    return data, read(data)


def read(data: bytes) -> Table:
    """The table in this file. Raises Refused where it is none."""
    if not data.strip():
        raise Refused(_no(say("文件是空的")))
    if len(data) > MOST_BYTES:
        raise Refused(_no(say("文件太大，请分成几个，每个不超过 {n} MB", n=MOST_BYTES // 1_000_000)))
    if data[:4] == b"PK\x03\x04" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _table("Excel", _excel(data))
    text, name = _decode(data)
    try:
        return _table(name, list(csv.reader(io.StringIO(text), delimiter=_delimiter(text))))
    except csv.Error as error:
        raise Refused(_no(say("这不是 Excel 或 CSV 文件"))) from error


def _no(reason: object) -> Verdict:
    return no(reason, field="file", code="F9")  # type: ignore[arg-type]


def _decode(data: bytes) -> tuple[str, str]:
    """UTF-8 where it is that; otherwise GB 18030, the superset of GBK in which Chinese Excel saves CSV files."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace"), "UTF-16"
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030"), "GBK"
    except UnicodeDecodeError as error:
        raise Refused(_no(say("认不出文件的编码，请在 Excel 里另存为“CSV UTF-8”或 .xlsx"))) from error


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",\t;", key=first.count)


def _excel(data: bytes) -> list[list[str]]:
    try:
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                inside = packed.infolist()
                if len(inside) > MOST_FILES or sum(i.file_size for i in inside) > MOST_UNPACKED:
                    raise Refused(_no(say("文件太大，请分成几个，每个不超过 {n} MB", n=MOST_BYTES // 1_000_000)))
                _bounded(*_far_corner(packed))
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheet = book.get_sheet_by_index(0)
            _bounded(sheet.total_height, sheet.total_width)
            # from A1 on, so that lines have the numbers that Excel shows
            return [[_cell(c) for c in row] for row in sheet.to_python(skip_empty_area=False)]
    except PasswordError as error:
        raise Refused(_no(say("文件有密码，请去掉密码再上传"))) from error
    except (CalamineError, zipfile.BadZipFile, zlib.error, EOFError, IndexError, KeyError, ValueError,
            NotImplementedError, RuntimeError) as error:  # fmt: skip
        raise Refused(_no(say("Excel 文件打不开，请重新保存后再上传"))) from error


def _bounded(rows: int, columns: int) -> None:
    """The reader makes room for the whole rectangle up to the last cell: one forgotten cell at the far corner would take
    all the memory. Raises Refused before that."""
    if rows > MOST_ROWS * 2 or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise Refused(
            _no(
                say(
                    "表格太大：最后一格在第 {rows} 行、第 {columns} 列。请删掉内容以外的行和列（选中后“删除”），再保存上传",
                    rows=rows,
                    columns=columns,
                )
            )
        )


def _far_corner(packed: zipfile.ZipFile) -> tuple[int, int]:
    """The last row and the last column with something in it, found without building the sheet. Raises KeyError where this
    is no .xlsx file."""
    packed.getinfo("xl/workbook.xml")
    rows = columns = 0
    for name in packed.namelist():
        if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml"):
            row = 0
            for found in _marks(packed, name):
                if found.re is _ROW:
                    row = int(found[1])
                    continue
                rows = max(rows, int(found[2]) if found[2] else row)
                columns = max(columns, _column(found[1]) if found[1] else 0)
    return rows, columns


def _marks(packed: zipfile.ZipFile, name: str) -> Iterator[re.Match[bytes]]:
    """Rows and filled cells in their order, read piece by piece."""
    with packed.open(name) as stream:
        text = b""
        while piece := stream.read(_PIECE):
            text += piece
            found = sorted([*_ROW.finditer(text), *_CELL.finditer(text)], key=lambda m: m.start())
            yield from found
            text = text[max(len(text) - _OVERLAP, found[-1].end() if found else 0) :]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - 64
    return number


def _cell(value: object) -> str:
    if isinstance(value, float):
        if abs(value) >= 1e15:
            return LOST
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return str(value)


def _table(name: str, cells: list[list[str]]) -> Table:
    """The first row that holds something is the head; empty rows are left out."""
    filled = [(n, row) for n, row in enumerate(cells, 1) if any(c.strip() for c in row)]
    if not filled:
        raise Refused(_no(say("文件是空的")))
    if len(filled) == 1:
        raise Refused(_no(say("只有表头，没有内容")))
    if len(filled) > MOST_ROWS + 1:
        raise Refused(_no(say("行数太多，请分成几个文件，每个不超过 {n} 行", n=MOST_ROWS)))
    head = [c.strip() for c in filled[0][1]]
    return Table(name, head, [row for _, row in filled[1:]], [n for n, _ in filled[1:]])
