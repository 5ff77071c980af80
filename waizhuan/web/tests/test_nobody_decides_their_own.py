"""Somebody who works for the asker, or asked themselves, cannot decide in another post: over every process table."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from waizhuan.kernel.actor import ActingFor, Actor
from waizhuan.shared.flow.api import Process, State, Transition, all_processes
from waizhuan.shared.flow.own import not_ones_own
from waizhuan.web.tests.test_every_process_is_queued import Anything, posts

POST, ASKER, PERSON = 1, 700, 900


class Case(Anything):
    """A case that a unit (or a person) asked for; every other question is answered with 1."""

    asker_organisation_id: Any = ASKER
    asker_account_id: Any = PERSON
    state = ""
    fields = SimpleNamespace(all=list)  # of a correction: none


def actor_at_the_post(role: str, *, account: int, also: int | None) -> Actor:
    here = ActingFor(POST, "局", role.split(".")[0])
    others = (ActingFor(also, "所", "unit"),) if also else ()
    return Actor(
        account_id=account,
        kind="natural",
        organisation_id=POST,
        organisation_kind=role.split(".")[0],
        roles=frozenset({role}),
        organisations=(here, *others),
    )


def decisions() -> list[Any]:
    """Every transition that the holder of a state may take for another organisation."""
    return [
        pytest.param(process, state, role, t, id=f"{process.name}:{state.name}:{t.name}")
        for process, state, role in posts()
        if state.tone != "turn"
        for t in process.leaving(state.name)
        if t.seen
    ]


@pytest.mark.parametrize(("process", "state", "role", "t"), decisions())
def test_the_asker_is_refused_in_every_table(process: Process, state: State, role: str, t: Transition) -> None:
    case: Any = Case(1)
    case.state = state.name
    nobody = Actor(account_id=PERSON, kind="natural")
    asks = _may(t, nobody, case)
    for account, also in ((PERSON, None), (42, ASKER)):
        verdict = not_ones_own(process, case, t, actor_at_the_post(role, account=account, also=also))
        theirs = asks if account == PERSON else _may(t, Actor(account_id=42, kind="natural"), case)
        assert verdict.ok == theirs, "only what the asker may do in any post stays theirs"
    assert not_ones_own(process, case, t, actor_at_the_post(role, account=42, also=None)).ok


def _may(t: Transition, actor: Actor, case: Any) -> bool:
    return t.by(actor, case).ok


def test_there_are_decisions_to_refuse() -> None:
    assert len(decisions()) > 30
    assert len({p.name for p in all_processes()}) >= 9
