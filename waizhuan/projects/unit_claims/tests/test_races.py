"""Two at once over the same old unit, or the same claim: one of them counts. PostgreSQL alone has two writers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.legacy import pairing
from waizhuan.projects.legacy.models import LegacyProject
from waizhuan.projects.legacy.tests.test_races import together
from waizhuan.projects.unit_claims import actions
from waizhuan.projects.unit_claims.models import UnitClaim
from waizhuan.projects.unit_claims.process import CLAIM
from waizhuan.projects.unit_claims.tests.conftest import World, draft, found_out, handed_in, paper
from waizhuan.shared.flow.api import perform

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer"),
]


def told(act: Callable[[], Any], refusals: list[str]) -> Callable[[], None]:
    """Whoever was slower is told so."""

    def run() -> None:
        try:
            act()
        except (Conflict, Hidden, Refused) as error:
            refusals.append(type(error).__name__)

    return run


@pytest.mark.parametrize("by_hand", [True, False])
def test_an_old_unit_that_two_are_given_is_the_first_one_s(world: World, by_hand: bool) -> None:
    """The other claim waits on: the ministry reads whose the old unit is now."""
    first, second, head = handed_in(world.actor("rival")), handed_in(world.actor("admin")), world.actor("head")
    second = found_out(world, second)
    if not by_hand:
        first = found_out(world, first)
    refusals: list[str] = []

    def gives() -> None:
        if by_hand:
            pairing.pair(actor=head, old_id=world.old.pk, unit_id=world.other.pk, why="先办了")
        else:
            perform(CLAIM, first, "accept", head, version=first.version)

    def accepts() -> None:
        perform(CLAIM, second, "accept", head, version=second.version)

    together(gives, told(accepts, refusals))
    assert refusals == ["Conflict"]
    assert set(LegacyProject.objects.values_list("organisation_id", flat=True)) == {world.other.pk}
    second.refresh_from_db()
    assert (second.state, second.old_id) == ("decision", world.old.pk)


def test_a_paper_that_comes_while_the_claim_is_handed_in_is_not_slipped_in(world: World) -> None:
    admin, refusals = world.actor("admin"), list[str]()
    claim = draft(admin)
    together(
        lambda: actions.submit(actor=admin, claim=claim),
        told(lambda: actions.PAPERS.add(admin, claim, paper()), refusals),
    )
    assert refusals == ["Conflict"]
    made = UnitClaim.objects.get()
    assert (made.state, [d.handed_in for d in made.documents.all()]) == ("ministry", [True])


def test_two_administrators_begin_one_draft(world: World) -> None:
    admin = world.actor("admin")
    together(lambda: actions.draft_for(admin), lambda: actions.draft_for(admin))
    assert UnitClaim.objects.count() == 1


@pytest.mark.parametrize("by_hand_first", [True, False])
def test_a_claim_is_decided_once_by_hand_or_where_it_lies(world: World, by_hand_first: bool) -> None:
    """The old unit is said to be another one's while somebody approves the claim: whoever comes second is told."""
    claim, head, refusals = found_out(world, handed_in(world.actor("admin"))), world.actor("head"), list[str]()

    def by_hand() -> None:
        pairing.decide(
            actor=head,
            old_id=world.old.pk,
            unit_id=world.other.pk,
            why="民函 12 号",
            seen={claim.pk},
            declined={claim.pk},
            answer="批文是另一家的",
        )

    def approves() -> None:
        perform(CLAIM, claim, "accept", head, version=claim.version)

    ways = (by_hand, told(approves, refusals)) if by_hand_first else (approves, told(by_hand, refusals))
    together(*ways)
    assert refusals == ["Conflict"]
    claim.refresh_from_db()
    owner = world.other if by_hand_first else world.unit
    assert claim.state == ("declined" if by_hand_first else "accepted")
    assert set(LegacyProject.objects.values_list("organisation_id", flat=True)) == {owner.pk}
