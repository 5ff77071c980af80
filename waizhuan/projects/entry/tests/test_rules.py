"""What a profile needs, what is missing to enter, and the table of its process. No database."""

from __future__ import annotations

import pytest

from waizhuan.kernel.actor import Actor
from waizhuan.projects.entry.rules import (
    REQUIRED,
    Content,
    may_enter,
    missing,
    not_overwritten,
)

FULL = Content(1, "科技大道 8 号", "买买提·吐尔逊", "+8657188881204", "海洋工程", "长期合作。")


def actor(*roles: str, **more: object) -> Actor:
    given = {
        "account_id": 1,
        "kind": "natural",
        "verified": True,
        "organisation_id": 5,
        "organisation_kind": "unit",
        "organisation_verified": True,
        "roles": frozenset(roles),
    } | more
    return Actor(**given)  # type: ignore[arg-type]


def test_a_complete_profile_lacks_nothing() -> None:
    assert missing(FULL) == []


def test_everything_that_is_missing_is_said_at_once() -> None:
    found = missing(Content(None, "", "", "", "", ""))
    assert [v.field for v in found] == [name for name, _ in REQUIRED]
    assert all(str(v.reason) for v in found)


@pytest.mark.parametrize("name", [name for name, _ in REQUIRED])
def test_each_thing_is_missed_by_itself(name: str) -> None:
    content = Content(**{f: getattr(FULL, f) for f in Content.__slots__} | {name: None if name == "department" else ""})
    assert [v.field for v in missing(content)] == [name]


def test_who_may_enter() -> None:
    assert may_enter(actor("unit.admin"), approved=True, state="approved") == []
    assert may_enter(actor("projects.lead"), approved=True, state="approved") == []
    assert may_enter(actor("department.clerk", organisation_kind="department"), approved=False, state="") == []


def test_a_stranger_is_asked_to_sign_in_a5() -> None:
    (verdict,) = may_enter(Actor(), approved=False, state="")
    assert verdict.remedy is not None
    assert verdict.remedy.screen == "sign_in.start"


def test_a_person_without_a_unit_asks_for_it_in_one_click_a5() -> None:
    alone = actor(organisation_id=None, organisation_kind="", verified=False)
    found = may_enter(alone, approved=False, state="")
    assert [v.remedy.screen for v in found if v.remedy] == ["realname.status", "delegation.ask"]


@pytest.mark.parametrize("state", ["", "draft", "review", "asked", "declined", "withdrawn"])
def test_only_an_administrator_is_sent_to_the_profile(state: str) -> None:
    (for_admin,) = may_enter(actor("unit.admin"), approved=False, state=state)
    (for_lead,) = may_enter(actor("projects.lead"), approved=False, state=state)
    assert for_admin.remedy is not None
    assert for_admin.remedy.screen == "entry.profile"
    assert for_lead.remedy is None  # that page is not theirs: the button would lead nowhere
    assert for_lead.reason == for_admin.reason


def test_every_state_has_a_sentence_of_its_own() -> None:
    said = {
        str(may_enter(actor("unit.admin"), approved=False, state=s)[0].reason)
        for s in ("", "draft", "review", "asked", "declined")
    }
    assert len(said) == 5


def test_a_colleague_is_not_overwritten_without_a_word() -> None:
    assert not_overwritten([])
    refusal = not_overwritten(["通信地址", "联系人"])
    assert "通信地址、联系人" in str(refusal.reason)
