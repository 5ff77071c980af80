"""Rules and documents asked for: pure, no database."""

import pytest

from waizhuan.identity.realname import evidence, rules


def test_passed_has_nothing_more_to_do_d9() -> None:
    verdict = rules.may_start("passed")
    assert not verdict.ok
    assert verdict.code == "D9"
    assert rules.may_start("failed").ok


def test_unit_data_lists_everything_missing_at_once_d6() -> None:
    missing = rules.unit_data_complete({"unit_kind": "", "rep_name": " ", "rep_doc_type": "", "rep_doc_number": ""})
    assert [v.field for v in missing] == ["unit_kind", "rep_name", "rep_doc_type", "rep_doc_number"]
    complete = dict.fromkeys(("unit_kind", "rep_name", "rep_doc_type", "rep_doc_number"), "x")
    assert rules.unit_data_complete(complete) == []


@pytest.mark.parametrize(
    ("kind", "unit_kind", "division", "expected"),
    [
        ("person", "", "", True),
        ("agent", "foreign", "", True),
        ("unit", "enterprise", "330100", True),
        ("unit", "institution", "330100", True),
        ("unit", "social_organisation", "110000", True),
        ("unit", "government", "330100", False),
        ("unit", "enterprise", "810000", False),
        ("unit", "enterprise", "710000", False),
        ("unit", "", "330100", False),
    ],
)
def test_route_by_kind_of_unit(kind: str, unit_kind: str, division: str, expected: bool) -> None:
    assert rules.goes_by_interface(kind, unit_kind, division) is expected


@pytest.mark.parametrize(
    ("status", "state", "ok"),
    [
        ("not_started", "", True),
        ("failed", "upload", True),
        ("failed", "declined", True),
        ("review", "review", False),
        ("review", "second", False),
        ("review", "asked", False),
        ("passed", "passed", False),
    ],
)
def test_typing_errors_are_corrected_until_verified_d10(status: str, state: str, ok: bool) -> None:
    assert rules.may_correct(status, state).ok is ok


def test_renewal_is_for_the_verified_and_one_at_a_time() -> None:
    assert rules.may_renew("passed", "").ok
    assert not rules.may_renew("passed", "review").ok
    assert not rules.may_renew("failed", "").ok


@pytest.mark.parametrize(
    ("old", "new", "ok"),
    [
        (("resident_id", "A"), ("resident_id", "A"), True),
        (("resident_id", "A"), ("resident_id", "B"), False),
        (("hkm_permit", "H12345678"), ("hkm_permit", "H12345678"), True),
        (("hkm_permit", "H12345678"), ("hkm_permit", "H12345679"), False),
        (("passport", "A"), ("passport", "B"), True),
        (("passport", "A"), ("permanent_id", "B"), True),
        (("permanent_id", "A"), ("permanent_id", "B"), True),
    ],
)
def test_a_lifelong_number_does_not_change(old: tuple[str, str], new: tuple[str, str], ok: bool) -> None:
    assert rules.same_person(*old, *new).ok is ok


def test_documents_are_fixed_once_submitted() -> None:
    assert rules.may_add_document("upload").ok
    assert rules.may_add_document("asked").ok
    for state in ("checking", "review", "second", "passed", "declined", "withdrawn"):
        assert not rules.may_add_document(state).ok


def test_nobody_reviews_their_own_case_nor_twice() -> None:
    assert rules.may_review(1, 2).ok
    assert not rules.may_review(1, 1).ok
    assert not rules.may_review(1, 2, concerned=True).ok
    assert not rules.may_review(1, 2, decided=True).ok


def test_every_warning_is_accepted_before_approval() -> None:
    assert rules.warnings_accepted([], []).ok
    assert rules.warnings_accepted(["a", "b"], ["b", "a", "c"]).ok
    assert not rules.warnings_accepted(["a", "b"], ["a"]).ok


def test_asked_only_once() -> None:
    assert rules.may_ask(False).ok
    assert not rules.may_ask(True).ok


def test_a_full_number_needs_a_purpose() -> None:
    assert rules.may_reveal("check").ok
    assert not rules.may_reveal("  ").ok


@pytest.mark.parametrize(
    ("kind", "doc_type", "required"),
    [
        ("person", "resident_id", ["id_front", "id_back"]),
        ("person", "passport", ["passport_page"]),
        ("person", "hkmt_residence", ["permit_front", "permit_back"]),
        ("person", "hkm_permit", ["permit_front", "permit_back"]),
        ("person", "taiwan_permit", ["permit_front", "permit_back"]),
        ("person", "permanent_id", ["permit_front", "permit_back"]),
        ("agent", "resident_id", ["id_front", "id_back"]),
        ("unit", "resident_id", ["certificate", "rep_document"]),
    ],
)
def test_documents_by_kind_d7(kind: str, doc_type: str, required: list[str]) -> None:
    wanted = evidence.slots(kind, doc_type)
    assert [s.code for s in wanted if s.required] == required
    assert [v.field for v in evidence.missing(wanted, ())] == required
    assert evidence.missing(wanted, required) == []


def test_a_renewal_may_show_the_old_document() -> None:
    wanted = evidence.slots("person", "resident_id", purpose="renewal")
    assert "old_document" in [s.code for s in wanted]
    assert {s.code for s in evidence.ALL} == set(evidence.BY_CODE)
