"""Files as people save them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from waizhuan.kernel.errors import Refused
from waizhuan.projects import columns, sheets
from waizhuan.projects.legacy.tests.old_system import as_csv, as_xlsx

ROWS = [["登录名", "姓名"], ["anna", "买买提·吐尔逊"], ["", ""], ["bo", "𠮷"]]
GBK_ROWS = [["登录名", "姓名"], ["anna", "买买提·吐尔逊"], ["", ""], ["bo", "沈知微"]]


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (as_csv(ROWS, "utf-8"), "UTF-8"),
        (as_csv(ROWS, "utf-8-sig"), "UTF-8"),
        (as_csv(GBK_ROWS, "gbk"), "GBK"),
        (as_csv(ROWS, "gb18030"), "GBK"),
        (as_xlsx(ROWS), "Excel"),
    ],
)
def test_the_encoding_is_recognised(data: bytes, format: str) -> None:
    table = sheets.read(data)
    assert table.format == format
    assert table.head == ["登录名", "姓名"]
    assert table.rows[0] == ["anna", "买买提·吐尔逊"]
    assert table.lines == [2, 4]  # as Excel counts them, the empty row between included


def test_excel_numbers_and_dates_are_read_as_written() -> None:
    table = sheets.read(as_xlsx([["编号", "年度", "证件"], [12, 2016, 330106199003074826]]))
    assert table.rows[0] == ["12", "2016", columns.LOST]
    assert sheets._cell(dt.datetime(2016, 3, 1)) == "2016-03-01"  # noqa: DTZ001


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n ",
        b"PK\x03\x04broken",
        b"\xff\xfe\xff\x00\xd8",
        b"\x81\x00\xff\xfe\xfa",
        "登录名\n".encode(),
        b"\x00" * 40,
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        sheets.read(data)
    assert all(v.field == "file" and str(v.reason) for v in refused.value.verdicts)


def bomb(files: int, size: int) -> bytes:
    """A workbook's zip that is small and unpacks to `files` × `size` bytes."""
    packed = io.BytesIO(as_xlsx(ROWS))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        for n in range(files):
            archive.writestr(f"xl/media/{n}.bin", bytes(size))
    return packed.getvalue()


@pytest.mark.parametrize(("files", "size"), [(3, 210_000_000), (sheets.MOST_FILES + 1, 1)])
def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(files: int, size: int) -> None:
    data = bomb(files, size)
    assert len(data) < 2_000_000
    with pytest.raises(Refused) as refused:
        sheets.read(data)
    assert "文件太大" in str(refused.value.verdicts[0].reason)
    assert sheets.read(bomb(3, 1000)).rows[0] == ["anna", "买买提·吐尔逊"]
