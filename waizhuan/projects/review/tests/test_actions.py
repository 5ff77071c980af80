"""Deciding, and the letter that follows an approval."""

from __future__ import annotations

import pypdfium2
import pytest
from django.db import IntegrityError

from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.conftest import World
from waizhuan.projects.review import actions
from waizhuan.projects.review.jobs import write_letters
from waizhuan.projects.review.models import Letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(world: World) -> World:
    world.profile()
    return world


def test_the_department_ranks_and_recommends(ready: World) -> None:
    made = ready.application("recommend")
    with pytest.raises(Refused) as refused:
        actions.decide(
            actor=ready.actor("clerk"),
            application=made,
            transition="recommend",
            note="",
            rank="zwei",
            version=made.version,
        )
    assert {v.field for v in refused.value.verdicts} == {"rank", "note"}
    done = actions.decide(
        actor=ready.actor("clerk"),
        application=made,
        transition="recommend",
        note="支持",
        rank="２",
        version=made.version,
    )
    assert (done.state, done.rank, done.opinion) == ("ministry_check", 2, "支持")


def test_a_rank_that_the_database_gave_away_meanwhile_is_a_clear_answer(
    ready: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check has passed, and in the same moment a colleague's project got the rank."""
    taken, made = ready.application("ministry_check", 4), ready.application("recommend", 1)
    monkeypatch.setattr("waizhuan.projects.applications.effects.rules.can_rank", lambda rank, taken: actions_yes())
    with pytest.raises(Refused) as refused:
        actions.decide(
            actor=ready.actor("clerk2"),
            application=made,
            transition="recommend",
            note="支持",
            rank=str(taken.rank),
            version=made.version,
        )
    assert refused.value.verdicts[0].field == "rank"
    made.refresh_from_db()
    assert made.state == "recommend"


def actions_yes() -> object:
    from waizhuan.kernel.verdict import YES

    return YES


def test_two_clerks_one_decision(ready: World) -> None:
    made = ready.application("recommend")
    given = {"application": made, "note": "支持", "rank": "1", "version": made.version}
    actions.decide(actor=ready.actor("clerk"), transition="recommend", **given)  # type: ignore[arg-type]
    with pytest.raises(Conflict) as lost:
        actions.decide(actor=ready.actor("clerk2"), transition="not_recommend", **given)  # type: ignore[arg-type]
    assert ready.people["clerk"].person.name in lost.value.by


@pytest.mark.parametrize("who", ["admin", "lead", "other_clerk", "minister"])
def test_others_do_not_decide(ready: World, who: str) -> None:
    made = ready.application("recommend")
    with pytest.raises(Hidden):
        actions.decide(
            actor=ready.actor(who),
            application=made,
            transition="recommend",
            note="支持",
            rank="1",
            version=made.version,
        )


def test_the_letter_is_written_once_and_says_everything(ready: World) -> None:
    made = ready.application("approved", 3)
    assert (write_letters(), write_letters()) == (1, 0)
    text = pypdfium2.PdfDocument(Letter.objects.get().pdf())[0].get_textpage().get_text_range()
    for piece in (made.project_number or "", "云溪理工大学", "O'Brien", "34,600.00", ready.bureau.name):
        assert piece in text.replace("’", "'"), piece
    with pytest.raises(IntegrityError):
        Letter.seal(made.pk, b"x").save(force_insert=True)
