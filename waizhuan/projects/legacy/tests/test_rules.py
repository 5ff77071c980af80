"""What a row must look like, without a database."""

from __future__ import annotations

import datetime as dt

import pytest

from waizhuan.identity import demo
from waizhuan.projects import columns
from waizhuan.projects.legacy import rules
from waizhuan.projects.legacy.tests import old_system

TODAY = dt.date(2026, 3, 9)


def account(**cells: str) -> rules.Row:
    return rules.read_row("accounts", {"login": "a", "unit": "云溪理工大学", **cells}, TODAY)


@pytest.mark.parametrize("text", ["Zhang_3", "WGZJXM_Zhang_3", " wgzjxm_zhang_3 ", "ＷＧＺＪＸＭ＿Zhang_3", "ZHANG_3"])
def test_a_login_name_is_one_with_and_without_its_prefix(text: str) -> None:
    assert rules.login_key(text) == "zhang_3"
    assert account(login=text).key == "zhang_3"


def test_numbers_are_tidied_as_people_write_them() -> None:
    number = demo.resident_id(7)
    row = account(
        doc_number=f"　{number} ".translate(old_system.WIDE), phone="138-0000-0007 ", email="Ａnna@example.org "
    )
    assert row.wrong == []
    assert (row.text("doc_number"), row.text("phone"), row.text("email")) == (
        number,
        "+8613800000007",
        "Anna@example.org",
    )


def test_an_id_number_of_15_digits_gets_its_18() -> None:
    number = demo.resident_id(7)
    assert account(doc_number=number[:6] + number[8:17]).text("doc_number") == number


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"doc_number": demo.resident_id(7)[:-1] + "?"}, "doc_number"),
        ({"doc_number": "330106199013013333"}, "doc_number"),
        ({"doc_number": "E12345678", "doc_type": "工作证"}, "doc_type"),
        ({"doc_number": columns.LOST}, "doc_number"),
        ({"phone": "12"}, "phone"),
        ({"email": "anna"}, "email"),
        ({"login": "张三"}, "login"),
        ({"login": ""}, "login"),
        ({"unit": ""}, "unit"),
        ({"unit": "x" * 2000}, "unit"),
        ({"admin_from": "某日"}, "admin_from"),
        ({"admin_from": "2016-02-30"}, "admin_from"),
        ({"admin_from": "2016-03-01", "admin_until": "2015年3月"}, "admin_until"),
        ({"name": "\x01\x02"}, "name"),
    ],
)
def test_what_is_wrong_names_its_column(cells: dict[str, str], column: str) -> None:
    wrong = account(**cells).wrong
    assert column in {w.column for w in wrong}
    assert all(str(w.reason) for w in wrong)


@pytest.mark.parametrize("name", ["O'Brien", "买买提·吐尔逊", "𠮷野", "Anna  Lindqvist"])
def test_names_of_every_kind_are_taken(name: str) -> None:
    assert account(name=name).wrong == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2014-3-1", "2014-03-01"),
        ("2014.3", "2014-03-01"),
        ("2014年3月", "2014-03-01"),
        ("20140301", "2014-03-01"),
        ("至今", ""),
    ],
)
def test_dates_in_every_form(text: str, found: str) -> None:
    row = account(admin_from=text)
    assert row.wrong == []
    assert row.text("admin_from") == found


def test_headings_are_recognised_by_their_other_names() -> None:
    places, missing = columns.places(rules.COLUMNS["accounts"], ["用户名 ", "联系电话", "单 位", "身份证号"])
    assert missing == []
    assert places == {"login": 0, "phone": 1, "unit": 2, "doc_number": 3}
    assert [v.field for v in columns.places(rules.COLUMNS["projects"], ["x"])[1]] == ["file"] * 4


def test_an_import_never_moves_what_somebody_holds() -> None:
    assert rules.may_change(same=True, owned=True).ok
    assert rules.may_change(same=False, owned=False).ok
    assert not rules.may_change(same=False, owned=True).ok
