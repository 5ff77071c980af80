"""The tree from a file: every wrong row named, the good ones loaded once, the rest corrected and loaded again."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from waizhuan.identity.api import Organisation
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.conftest import HOSTILE, World
from waizhuan.projects.departments import importing, queries
from waizhuan.projects.departments.history import as_of
from waizhuan.projects.departments.import_rules import Row, read
from waizhuan.projects.departments.models import DepartmentChange, TreeImport
from waizhuan.projects.legacy.tests.old_system import as_csv, as_xlsx
from waizhuan.shared.audit.api import AuditEntry

HEAD = ["类别", "上级", "名称", "地区代码", "电话", "办公时间", "地址"]
NEW_PROVINCE = ["省级", "", "东山省外国专家局", "370000", "0531-12345", "工作日", "泉城路 1 号"]
NEW_CITY = ["市级", "东山省外国专家局", "东山市外国专家局", "370100", "12345", "", ""]
BY_CODE = ["市级", "330000", "新河市外国专家局", "330300", "", "", ""]
RENEWED = ["市级", "江海省外国专家局", "汐州市外国专家局", "330100", "0571-99999999", "", ""]


def upload(
    world: World, rows: Sequence[Sequence[str]], *, form: str = "xlsx", head: Sequence[str] = HEAD
) -> TreeImport:
    table = [list(head), *map(list, rows)]
    data = as_xlsx(table) if form == "xlsx" else as_csv(table, form)
    return importing.upload(
        actor=world.actor("minister"), file=SimpleUploadedFile("归口单位.xlsx", data), reason="外专发〔2026〕12号"
    )


def load(world: World, batch: TreeImport) -> TreeImport:
    return importing.load(actor=world.actor("minister"), id=batch.pk)


def counts(batch: TreeImport) -> tuple[int, int, int, int]:
    return batch.fresh, batch.changed, batch.same, batch.wrong


# ---------------------------------------------------------------- rows, without a database


def rows(*lines: Sequence[str]) -> list[Row]:
    names = ("tier", "parent", "name", "division", "public_phone", "public_hours", "address")
    return read([(n, dict(zip(names, line, strict=True))) for n, line in enumerate(lines, 2)], {}, {"旧名": "新名"})


def test_untidy_rows_are_tidied() -> None:
    province, city = rows(
        ["省", "", "  东山省外国专家局 ", "３７００００", "", "", ""],
        ["地市", "370000", "东山市局", "370100", "", "", ""],
    )
    assert (province.wrong, city.wrong) == ([], [])
    assert (province.values["division"], city.above) == ("370000", "东山省外国专家局")


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (["省市级", "", "甲省局", "370000", "", "", ""], "tier"),
        (["", "", "甲省局", "370000", "", "", ""], "tier"),
        (["省级", "", "", "370000", "", "", ""], "name"),
        (["省级", "", "旧名", "370000", "", "", ""], "name"),
        (["省级", "", "甲省局", "3700", "", "", ""], "division"),
        (["省级", "", "甲省局", "\x00lost", "", "", ""], "division"),
        (["市级", "", "甲市局", "370100", "", "", ""], "parent"),
        (["市级", "没有的局", "甲市局", "370100", "", "", ""], "parent"),
        (["省级", "", "甲省局", "370000", "打电话", "", ""], "public_phone"),
        (["省级", "", "甲省局", "370000", "", "时" * 81, ""], "public_hours"),
        (["省级", "", "甲省局", "370000", "", "", "址" * 301], "address"),
    ],
)
def test_each_wrong_cell_is_named(line: Sequence[str], column: str) -> None:
    (row,) = rows(line)
    assert column in [c for c, _ in row.wrong]


def test_a_city_waits_for_its_province_and_a_double_is_named() -> None:
    found = rows(
        ["省级", "", "东山省外国专家局", "12", "", "", ""], NEW_CITY, ["部委", "", "甲司", "", "", "", ""],
        ["部委", "", "甲司", "", "", "", ""],
    )  # fmt: skip
    assert [[c for c, _ in row.wrong] for row in found] == [["division"], ["division", "parent"], [], ["name"]]


# ---------------------------------------------------------------- files


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["xlsx", "utf-8-sig", "gbk"])
def test_a_file_is_checked_and_then_loaded_once(world: World, form: str) -> None:
    before = Organisation.objects.count()
    batch = upload(world, [NEW_CITY, NEW_PROVINCE, BY_CODE, RENEWED], form=form)
    assert counts(batch) == (3, 1, 0, 0)
    assert Organisation.objects.count() == before
    assert load(world, batch).state == load(world, batch).state == "done"
    batch.refresh_from_db()
    assert counts(batch) == (3, 1, 0, 0)  # what the first time did
    assert AuditEntry.objects.filter(verb="departments.loaded").count() == 1
    assert Organisation.objects.count() == before + 3
    city = Organisation.objects.get(name="东山市外国专家局")
    assert city.parent is not None
    assert (city.parent.name, city.tier, city.public_phone) == ("东山省外国专家局", "city", "12345")
    world.bureau.refresh_from_db()
    assert (world.bureau.public_phone, world.bureau.public_hours) == ("0571-99999999", "工作日 9:00 – 17:30")
    assert DepartmentChange.objects.filter(reason="外专发〔2026〕12号", state="done").count() == 4
    again = upload(world, [NEW_CITY, NEW_PROVINCE, BY_CODE, RENEWED], form=form)
    assert counts(again) == (0, 0, 4, 0)
    load(world, again)
    assert DepartmentChange.objects.count() == 4


@pytest.mark.django_db
def test_the_wrong_rows_come_back_and_are_loaded_once_corrected(world: World) -> None:
    wrong = ["市级", "江海省外国专家局", "新河市外国专家局", "420100", "打电话", "", ""]
    batch = load(world, upload(world, [NEW_PROVINCE, wrong]))
    assert counts(batch) == (1, 0, 0, 1)
    back = CalamineWorkbook.from_filelike(io.BytesIO(importing.problems_file(batch))).get_sheet_by_index(0)
    table = [[str(c) for c in row] for row in back.to_python()]
    assert table[0] == [*HEAD, "问题"]
    assert "地区代码：" in table[1][-1]
    assert "电话：" in table[1][-1]
    table[1][3], table[1][4] = "330300", "12345"
    corrected = load(world, upload(world, table[1:], head=table[0]))
    assert counts(corrected) == (1, 0, 0, 0)
    assert queries.named(["新河市外国专家局"])


@pytest.mark.django_db
def test_the_export_comes_back_unchanged(world: World) -> None:
    data = importing.export()
    batch = importing.upload(actor=world.actor("minister"), file=SimpleUploadedFile("现在.xlsx", data), reason="核对")
    assert counts(batch) == (0, 0, 12, 0)
    assert batch.total == len(as_of(batch.made_at.date()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("parent", "division", "column"),
    [
        ("", "420100", "地区代码"),  # the one that is above it now, whatever the empty cell leaves unsaid
        ("江海省外国专家局", "420100", "地区代码"),
        ("330000", "420100", "地区代码"),
        ("岭北省外国专家局", "", "地区代码"),
        ("岭北省外国专家局", "330100", "地区代码"),
    ],
)
def test_a_place_is_compared_with_the_department_that_is_really_above(
    world: World, parent: str, division: str, column: str
) -> None:
    """What the check lets pass can be loaded, and nothing else is changed."""
    batch = upload(world, [["市级", parent, "汐州市外国专家局", division, "0571-99999999", "", ""], NEW_PROVINCE])
    assert counts(batch) == (1, 0, 0, 1)
    assert counts(load(world, batch)) == (1, 0, 0, 1)
    world.bureau.refresh_from_db()
    assert (world.bureau.division, world.bureau.public_phone) == ("330100", "0500-88001201")
    rows, _ = importing.read(importing.table_of(batch))
    assert [c for row in rows for c, _ in row.wrong] == ["division"]
    assert importing.complaints(rows[0])[0][1] == column


@pytest.mark.django_db
def test_a_province_is_corrected_together_with_its_cities(world: World) -> None:
    """The file's own code of the province counts, wherever its row stands."""
    province = world.offices["朔原省外国专家局"]
    lines = [
        ["市级", province.name, "朔方市外国专家局", "630100", "", "", ""],
        ["市级", "630000", "新设市外国专家局", "630200", "", "", ""],
        ["省级", "", province.name, "630000", "", "", ""],
    ]
    batch = load(world, upload(world, lines))
    assert counts(batch) == (1, 2, 0, 0)
    assert {(c.name, c.division) for c in queries.cities_of(province.pk)} == {
        ("朔方市外国专家局", "630100"), ("新设市外国专家局", "630200"),
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("root_first", [True, False])
def test_the_order_of_the_rows_decides_nothing(world: World, root_first: bool) -> None:
    """Empty cells change nothing: the kind and the department above are those of now."""
    root = ["", "", "江海省外国专家局", "370000", "", "", ""]
    city = ["", "", "汐州市外国专家局", "370100", "", "", ""]
    batch = upload(world, [root, city] if root_first else [city, root])
    assert counts(batch) == (0, 2, 0, 0)
    assert counts(load(world, batch)) == (0, 2, 0, 0)
    world.bureau.refresh_from_db()
    assert world.bureau.division == "370100"


@pytest.mark.django_db
def test_the_kind_of_a_department_does_not_change_by_a_file(world: World) -> None:
    batch = upload(world, [["副省级城市", "", "汐州市外国专家局", "330100", "", "", ""]])
    assert counts(batch) == (0, 0, 0, 1)


@pytest.mark.django_db
def test_what_is_no_such_file_is_refused(world: World) -> None:
    for head, said in (([*HEAD[:2], "别的"], "缺少“名称”"), (HEAD, "只有表头")):
        with pytest.raises(Refused, match=said):
            upload(world, [] if head is HEAD else [["省级", "", "x"]], head=head)
    with pytest.raises(Refused) as refusal:
        importing.upload(actor=world.actor("minister"), file=None, reason="")
    assert [v.field for v in refusal.value.verdicts] == ["reason", "file"]


@pytest.mark.django_db
def test_a_dropped_file_is_not_loaded_and_only_the_ministry_imports(world: World) -> None:
    batch = upload(world, [NEW_PROVINCE])
    for who in ("minister_clerk", "head", "admin"):
        with pytest.raises(Hidden):
            importing.load(actor=world.actor(who), id=batch.pk)
    importing.drop(actor=world.actor("minister"), id=batch.pk)
    with pytest.raises(Conflict):
        load(world, batch)


@pytest.mark.django_db
def test_the_pages_from_upload_to_correction(world: World) -> None:
    minister = world.client("minister")
    data = as_xlsx([HEAD, NEW_PROVINCE, ["市级", "没有的局", "甲市外国专家局", "370200", "", "", ""]])
    answer = minister.post(
        "/departments/import/", {"file": SimpleUploadedFile("树.xlsx", data), "reason": "文号"}, follow=True
    )
    page = answer.content.decode()
    for text in ("检查结果", "没有叫“没有的局”", 'data-label="行">3</th>', "东山省外国专家局"):
        assert text in page
    url = answer.redirect_chain[-1][0]
    assert "已导入" in minister.post(url, {"do": "load"}, follow=True).content.decode()
    assert minister.get(url + "problems.xlsx").content[:2] == b"PK"
    assert minister.get("/departments/departments.xlsx").content[:2] == b"PK"
    assert "请选择要上传的文件" in minister.post("/departments/import/", {}).content.decode()
    for path in ("import/", url.removeprefix("/departments/"), "departments.xlsx"):
        assert world.client("head").get("/departments/" + path).status_code == 404


@pytest.mark.django_db
def test_nothing_in_a_file_breaks_it(world: World) -> None:
    nasty = [[text] * 7 for text in HOSTILE if text.strip() and "\x00" not in text and "\x07" not in text]
    batch = upload(world, [[*row[:2], f"{row[2]}局", *row[3:]] for row in nasty], form="utf-8-sig")
    assert batch.wrong == len(nasty)
    load(world, batch)
    assert world.client("minister").get(f"/departments/imports/{batch.pk}/").status_code == 200
    assert importing.problems_file(batch)[:2] == b"PK"
