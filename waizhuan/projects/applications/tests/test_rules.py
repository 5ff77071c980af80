"""What a call demands, at its boundaries. No database."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waizhuan.projects.applications.drafts import Draft, add_expert, clean, merge, pruned, put_back, remove
from waizhuan.projects.applications.questions import BASIC, EXPERT, VISIT
from waizhuan.projects.applications.reading import Unreadable, read_day, read_money
from waizhuan.projects.applications.rules import (
    Expert,
    Facts,
    Limits,
    Plan,
    Standard,
    Visit,
    age_on,
    check,
    check_time,
    yuan,
)

YUAN = 100
STANDARD = Standard(
    document="外专发〔2010〕87号",
    travel=15_000 * YUAN,
    pocket_day=300 * YUAN,
    pocket=9_000 * YUAN,
    living_day=600 * YUAN,
    living=18_000 * YUAN,
    paid_days=30,
    intercity=3_000 * YUAN,
    total=45_000 * YUAN,
)
NOW = dt.datetime(2026, 3, 20, 9, 0, tzinfo=dt.UTC)
LIMITS = Limits(
    standard=STANDARD,
    opens_at=NOW - dt.timedelta(days=30),
    closes_at=NOW,
    max_age=65,
    age_on=dt.date(2026, 1, 1),
    min_days=7,
    max_days=90,
    min_experts=1,
    one_running_project=True,
    max_total=300_000 * YUAN,
    required_attachments=("agreement",),
)
FACTS = Facts(now=NOW, today=dt.date(2026, 3, 20), busy=frozenset(), same_topic=False)


def expert(
    key: str = "e1",
    *,
    birth: dt.date = dt.date(1971, 4, 12),
    days: int = 20,
    nationality: str = "SWE",
    passport: str = "SWE:1",
) -> Expert:
    first = dt.date(2026, 5, 10)
    return Expert(
        key=key,
        name="Anna Lindqvist",
        nationality=nationality,
        passport_key=passport,
        birth=birth,
        visits=(Visit(f"v{key}", first, first + dt.timedelta(days=days - 1)),),
    )


def plan(*experts: Expert, **more: object) -> Plan:
    people = experts or (expert(),)
    costs = {v.key: {"travel": 14_200 * YUAN} for e in people for v in e.visits}
    values: dict[str, object] = {
        "title": "近海风电",
        "starts_on": dt.date(2026, 4, 1),
        "ends_on": dt.date(2026, 12, 31),
        "experts": people,
        "costs": costs,
        "other_reasons": frozenset(),
        "match": 0,
        "match_explained": False,
        "attachments": frozenset({"agreement"}),
    }
    return Plan(**{**values, **more})  # type: ignore[arg-type]


def problems(of: Plan, limits: Limits = LIMITS, facts: Facts = FACTS) -> str:
    return "; ".join(str(p.reason) for p in check(of, limits, facts))


def test_a_complete_plan_has_no_problems() -> None:
    assert problems(plan()) == ""


@pytest.mark.parametrize(
    ("birth", "fits"), [(dt.date(1960, 1, 2), True), (dt.date(1960, 1, 1), False), (dt.date(1959, 12, 31), False)]
)
def test_the_age_counts_on_its_day(birth: dt.date, fits: bool) -> None:
    assert ("周岁" not in problems(plan(expert(birth=birth)))) is (fits or age_on(birth, dt.date(2026, 1, 1)) <= 65)


@pytest.mark.parametrize(("days", "fits"), [(6, False), (7, True), (90, True), (91, False)])
def test_days_in_china(days: int, fits: bool) -> None:
    assert ("一共来华" not in problems(plan(expert(days=days)))) is fits


def test_an_expert_on_another_running_project_is_refused() -> None:
    assert "另一个在执行的项目" in problems(plan(), facts=Facts(NOW, dt.date(2026, 3, 20), frozenset({"SWE:1"}), False))


def test_two_experts_with_one_passport_and_one_chinese() -> None:
    found = problems(plan(expert("e1"), expert("e2"), expert("e3", nationality="CHN", passport="CHN:9")))
    assert "又出现了一次" in found
    assert "外国国籍" in found


@pytest.mark.parametrize(("yuan_asked", "fits"), [(15_000, True), (15_001, False)])
def test_a_line_against_the_standard(yuan_asked: int, fits: bool) -> None:
    asked = plan(costs={"ve1": {"travel": yuan_asked * YUAN}})
    assert ("多出" not in problems(asked)) is fits


def test_everything_is_said_at_once() -> None:
    found = check(plan(expert(days=3), attachments=frozenset(), match=5, title="x"), LIMITS, FACTS)
    assert len(found) >= 3
    assert {p.section for p in found} >= {"experts", "funding", "attachments"}


def test_the_deadline_is_its_own_last_moment() -> None:
    assert check_time(LIMITS, FACTS)
    late = Facts(NOW + dt.timedelta(seconds=1), dt.date(2026, 3, 20), frozenset(), False)
    assert not check_time(LIMITS, late)
    assert check_time(LIMITS, Facts(late.now, late.today, late.busy, False, submitted_before=True))


@given(st.integers(0, 10**12))
def test_money_is_read_as_it_is_shown(fen: int) -> None:
    shown = yuan(fen)
    if fen <= 100_000_000_00:
        assert read_money(shown) == fen


@pytest.mark.parametrize("text", ["-1", "abc", "1.234", "1e9", "99999999999999", "٣", "1;2"])
def test_what_is_no_amount_is_said(text: str) -> None:
    with pytest.raises(Unreadable):
        read_money(text)


@pytest.mark.parametrize("text", ["2026-5-10", "2026/05/10", "2026.5.10", "2026年5月10日", "２０２６-０５-１０"])
def test_days_as_people_write_them(text: str) -> None:
    assert read_day(text) == dt.date(2026, 5, 10)


# ---------------------------------------------------------------- drafts


def test_two_people_do_not_overwrite_each_other() -> None:
    draft, _ = merge("basic", Draft(), {"title": "甲", "summary": "一"}, base=0, version=1)
    hers, clashes = merge("basic", draft, {"title": "乙"}, base=1, version=2, touched=["title"])
    assert not clashes
    his, clashes = merge(
        "basic", hers, {"title": "丙", "summary": "二"}, base=1, version=3, touched=["title", "summary"]
    )
    assert [(c.name, c.mine, c.theirs) for c in clashes] == [("title", "丙", "乙")]
    assert (his.get("title"), his.get("summary")) == ("乙", "二")  # what does not clash is taken


def test_a_form_posts_only_fields_that_there_are() -> None:
    draft, _ = merge("basic", Draft(), {"title": "甲", "state": "approved", "lead": "7"}, base=0, version=1)
    assert dict(draft.values) == {"title": "甲"}


def test_removed_rows_can_be_put_back_and_are_pruned_when_handed_in() -> None:
    keys = iter(["00000001", "00000002"])
    draft = add_expert(Draft(), lambda: next(keys))
    assert isinstance(draft, Draft)
    name = f"{draft.rows[0][0]}-name_latin"
    draft, _ = merge("experts", draft, {name: "Anna"}, base=9, version=1)
    gone = remove(draft, draft.rows[0][0])
    assert gone.rows == ()
    assert put_back(gone, draft.rows[0][0]).rows == draft.rows
    assert pruned(gone).values == {}


@given(st.text(max_size=200))
def test_cleaning_is_idempotent_and_leaves_nothing_invisible(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "\x00" not in once


def test_every_date_that_is_typed_has_an_example_that_can_be_read() -> None:
    days = [q for q in (*BASIC, *EXPERT, *VISIT) if q.kind == "day"]
    for question in days:
        assert read_day(str(question.hint).removeprefix("例如 ").split("。")[0]), question.name
    assert len(days) == 5
