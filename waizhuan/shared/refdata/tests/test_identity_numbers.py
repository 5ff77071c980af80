from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waizhuan.kernel import clock
from waizhuan.shared.refdata.identity_numbers import (
    LABELS,
    DocType,
    check_document,
    check_uscc,
    label,
    unit_kind_of,
)
from waizhuan.shared.refdata.tables import CHECKED_BY_INTERFACE, UNIT_KINDS, name_of
from waizhuan.shared.refdata.tests.numbers import USCC, permanent_ids, resident_ids, usccs, with_check


def test_every_kind_has_a_label() -> None:
    assert set(LABELS) == set(DocType)
    assert str(label("passport")) != "passport"
    assert str(label("nonsense")) == "nonsense"


# ---------------------------------------------------------------- 18 digits


@given(resident_ids())
def test_a_valid_resident_id_passes(number: str) -> None:
    found = check_document("resident_id", number)
    assert found.verdict.ok
    assert found.number == found.key == number
    assert found.birth == dt.datetime.strptime(number[6:14], "%Y%m%d").replace(tzinfo=dt.UTC).date()
    assert found.sex == ("1" if int(number[16]) % 2 else "2")


@given(resident_ids(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_is_found(number: str, at: int, other: str) -> None:
    wrong = number[:at] + other + number[at + 1 :]
    assert check_document("resident_id", wrong).verdict.ok == (wrong == number)


@given(resident_ids())
def test_typing_does_not_matter_and_normalising_twice_changes_nothing(number: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    for typed in (number.lower(), wide, f" {number[:6]} {number[6:14]}-{number[14:]}\n", wide.lower() + "\u200b"):
        found = check_document("resident_id", typed)
        assert found.verdict.ok
        assert found.number == number
        assert check_document("resident_id", found.number) == found


@pytest.mark.parametrize("county", ["330113", "330114", "653131"])
def test_new_counties_are_known(county: str) -> None:
    found = check_document("resident_id", with_check(county + "19900307" + "482"))
    assert found.verdict.ok
    assert not found.warning


def test_a_county_that_is_no_more_is_a_warning_only() -> None:
    found = check_document("resident_id", with_check("330103" + "19900307" + "482"))  # 下城区, until 2021
    assert found.verdict.ok
    assert "330103" in str(found.warning)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("", "请填写"),
        ("110101900307703", "15 位"),
        ("11010119900307703", "现在是 17 位"),
        ("1101011990030770AB", "前 17 位"),
        (with_check("110101" + "19900230" + "123"), "19900230"),
        (with_check("110101" + "20990101" + "123"), "20990101"),
        (with_check("110101" + "18000101" + "123"), "18000101"),
        (with_check("990101" + "19900307" + "123"), "永久居留"),
        (with_check("380101" + "19900307" + "123"), "38"),
        ("110101199003077030", "校验码"),
        ("٣٣٠١٠٦١٩٩٠٠٣٠٧٤٨٢٦", "前 17 位"),
        ("110101199003077 030\x00", "校验码"),
        ("X" * 10_000, "现在是 10000 位"),
        ("<script>", "现在是 8 位"),
    ],
)
def test_what_is_wrong_is_said(number: str, says: str) -> None:
    found = check_document("resident_id", number)
    assert not found.verdict.ok
    assert says in str(found.verdict.reason)
    assert found.verdict.code == "D7"
    assert found.key == ""


def test_born_today_is_possible_born_tomorrow_is_not() -> None:
    number = with_check("110101" + "20300101" + "123")
    with clock.frozen(dt.datetime(2030, 1, 1, 1, tzinfo=clock.CHINA)):
        assert check_document("resident_id", number).verdict.ok
    with clock.frozen(dt.datetime(2029, 12, 31, 23, tzinfo=clock.CHINA)):
        assert not check_document("resident_id", number).verdict.ok


@pytest.mark.parametrize("number", ["810000199408230021", "830000199201300022"])
def test_published_specimens_of_the_residence_permit(number: str) -> None:
    found = check_document("hkmt_residence", number)
    assert found.verdict.ok
    assert found.sex == "2"
    wrong_kind = check_document("resident_id", number)
    assert "港澳台居民居住证" in str(wrong_kind.verdict.reason)


def test_a_residence_permit_begins_with_its_region() -> None:
    assert not check_document("hkmt_residence", with_check("330106" + "19900307" + "482")).verdict.ok


# ---------------------------------------------------------------- permits


@pytest.mark.parametrize("typed", ["H01234567", "h 0123 4567", "H0123456701", "H0123456709", "Ｈ０１２３４５６７"])
def test_renewals_of_a_hong_kong_permit_are_one_person(typed: str) -> None:
    assert check_document("hkm_permit", typed).key == "H01234567"


@pytest.mark.parametrize("typed", ["A01234567", "H0123456", "H012345678", "H012345670123", "01234567"])
def test_wrong_hong_kong_permits(typed: str) -> None:
    assert not check_document("hkm_permit", typed).verdict.ok


@pytest.mark.parametrize(
    ("typed", "number"),
    [("01234567", "01234567"), ("0123456789(B)", "0123456789B"), ("０１２３４５６７８９（b）", "0123456789B")],
)
def test_taiwan_permits(typed: str, number: str) -> None:
    found = check_document("taiwan_permit", typed)
    assert found.verdict.ok
    assert found.number == number


@pytest.mark.parametrize("typed", ["0123456", "0123456789", "A1234567", "012345678901"])
def test_wrong_taiwan_permits(typed: str) -> None:
    assert not check_document("taiwan_permit", typed).verdict.ok


# ---------------------------------------------------------------- permanent residence, passport


def test_both_generations_of_the_permanent_id() -> None:
    new = check_document("permanent_id", "932682198501010017")
    assert new.verdict.ok
    assert new.birth == dt.date(1985, 1, 1)
    assert new.sex == "1"
    assert not new.warning
    old = check_document("permanent_id", "kaz110090123105")
    assert old.verdict.ok
    assert old.key == "KAZ110090123105"
    assert old.birth == dt.date(1990, 12, 31)


def test_an_old_card_of_a_young_person_has_no_certain_birth_date() -> None:
    assert check_document("permanent_id", "KAZ110015010105").birth is None  # 1915 or 2015


def test_unknown_nationalities_are_warnings() -> None:
    assert check_document("permanent_id", "XYZ110090123105").warning
    number = with_check("932" + "999" + "19850101" + "001")
    assert check_document("permanent_id", number).verdict.ok
    assert "999" in str(check_document("permanent_id", number).warning)


@given(permanent_ids(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_of_a_permanent_id_is_found(number: str, at: int, other: str) -> None:
    wrong = number[:at] + other + number[at + 1 :]
    assert check_document("permanent_id", wrong).verdict.ok == (wrong == number)


def test_passports_are_compared_with_their_country() -> None:
    one, two = (check_document("passport", "e 12345678", country) for country in ("USA", "kaz"))
    assert one.number == two.number == "E12345678"
    assert one.key == "USA:E12345678"
    assert two.key == "KAZ:E12345678"


@pytest.mark.parametrize("number", ["", "AB12", "PASSPORT", "1234*678", "A" * 16 + "1", "护照12345"])
def test_wrong_passports(number: str) -> None:
    assert not check_document("passport", number, "USA").verdict.ok


def test_a_passport_needs_its_country() -> None:
    found = check_document("passport", "E12345678", "??")
    assert found.verdict.field == "doc_country"


def test_no_two_kinds_share_a_key() -> None:
    keys = [
        check_document("taiwan_permit", "01234567").key,
        check_document("passport", "01234567", "USA").key,
        check_document("hkm_permit", "H01234567").key,
        check_document("passport", "H01234567", "USA").key,
    ]
    assert len(set(keys)) == 4


def test_an_unknown_kind() -> None:
    assert check_document("library_card", "1").verdict.field == "doc_type"


@given(st.sampled_from([*DocType, "?"]), st.text(), st.text(max_size=5))
def test_nothing_that_can_be_typed_breaks_it(kind: str, number: str, country: str) -> None:
    found = check_document(kind, number, country)
    assert found.verdict.ok == bool(found.key)


# ---------------------------------------------------------------- credit codes


@given(usccs())
def test_a_valid_credit_code_passes(code: str) -> None:
    assert check_uscc(code).verdict.ok
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code.lower())
    found = check_uscc(f" {wide[:9]} {wide[9:]}")
    assert found.number == code
    assert check_uscc(found.number) == found


@given(usccs(), st.integers(0, 17), st.sampled_from(USCC))
def test_one_wrong_character_of_a_credit_code_is_found(code: str, at: int, other: str) -> None:
    wrong = code[:at] + other + code[at + 1 :]
    assert check_uscc(wrong).verdict.ok == (wrong == code)


@given(usccs())
def test_the_subject_code_is_checked_too(code: str) -> None:
    from waizhuan.shared.refdata.identity_numbers import uscc_check_character

    inner = "0" if code[16] != "0" else "1"
    body = code[:16] + inner
    assert not check_uscc(body + uscc_check_character(body)).verdict.ok


@pytest.mark.parametrize(
    ("code", "kind"),
    [("91110000802100433B", "enterprise"), ("91350100M000100Y43", "enterprise"), ("12100000400006137L", "")],
)
def test_real_codes(code: str, kind: str) -> None:
    """Published codes; the last one is altered."""
    found = check_uscc(code)
    assert found.verdict.ok == bool(kind)
    if kind:
        assert unit_kind_of(found.number) == kind


@pytest.mark.parametrize(
    ("code", "says"),
    [("", "请填写"), ("123", "18 位"), ("9111000080210O433B", "O"), ("9111AA00802100433B", "第 3 到 8 位")],
)
def test_what_is_wrong_with_a_code_is_said(code: str, says: str) -> None:
    assert says in str(check_uscc(code).verdict.reason)


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    check_uscc(text)


def test_kinds_of_unit_have_names_and_a_way() -> None:
    codes = {code for code, _ in UNIT_KINDS}
    assert codes >= CHECKED_BY_INTERFACE
    assert {unit_kind_of(start) for start in ("12", "51", "91", "A1", "N2", "Y1", "81")} <= codes
    assert str(name_of(UNIT_KINDS, "enterprise")) != "enterprise"
    assert str(name_of(UNIT_KINDS, "ufo")) == "ufo"
