"""A table that is not sound stops the start. No database."""

from __future__ import annotations

from typing import Any

from waizhuan.kernel.verdict import YES
from waizhuan.kernel.words import SILENCE, say
from waizhuan.shared.flow.models import Subject
from waizhuan.shared.flow.process import Need, Post, Process, State, Transition, check


def table(*states: State, transitions: tuple[Transition, ...], initial: str = "a") -> Process:
    return Process(
        name="t",
        label=say("t"),
        model=lambda: Subject,
        states=states,
        initial=initial,
        transitions=transitions,
        screen=lambda s, h: ("web.home", ()),
        title=lambda s: "t",
    )


def go(name: str, source: str, target: str, **more: Any) -> Transition:
    return Transition(name, (source,), target, say(name), say(name), lambda actor, subject: YES, **more)


A, B = State("a", say("a"), "none"), State("b", say("b"), "ok", final=True)


def test_a_sound_table_has_no_problems() -> None:
    assert check(table(A, B, transitions=(go("x", "a", "b"),))) == []


def test_what_is_wrong_is_named() -> None:
    wrong = [
        (table(A, B, transitions=(go("x", "a", "c"),)), "unknown state c"),
        (table(A, B, transitions=(go("x", "a", "a"),)), "b is never reached"),
        (table(A, State("b", say("b"), "ok"), transitions=(go("x", "a", "b"),)), "b is a dead end"),
        (table(A, State("b", SILENCE, "ok", final=True), transitions=(go("x", "a", "b"),)), "lacks a label"),
        (table(A, B, transitions=(go("x", "a", "b", tone="bad"),)), "without a reason"),
        (table(A, B, transitions=(go("x", "a", "b"), go("x", "a", "b"))), "declared twice"),
        (
            table(State("a", say("a"), "wait", lambda s: Post(1, "r")), B, transitions=(go("x", "a", "b"),)),
            "without saying what",
        ),
        (table(State("a", say("a"), "wait", due=3), B, transitions=(go("x", "a", "b"),)), "nobody holds it"),
        (table(A, B, transitions=(go("x", "a", "b"),), initial="z"), "initial state z"),
        (table(A, B, transitions=(go("x", "a", "b"), go("stay", "b", ""))), ""),
    ]
    for process, says in wrong:
        found = "; ".join(check(process))
        assert says in found, (says, found)
        assert bool(found) is bool(says)


def test_a_decline_with_its_reason_is_sound() -> None:
    note = Need("note", say("理由"), say("请写"))
    assert check(table(A, B, transitions=(go("x", "a", "b", tone="bad", needs=(note,)),))) == []


def test_only_the_asker_reads_that_they_are_asked_for_more() -> None:
    asked = State("asked", say("请您补充"), "turn", asker_turn=True)
    assert asked.to(asker=True) is asked
    other = asked.to(asker=False)
    assert (str(other.label), other.tone, other.name) == ("待补充", "wait", "asked")
    assert A.to(asker=False) is A
