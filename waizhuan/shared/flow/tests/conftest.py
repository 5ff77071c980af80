"""A small process of its own, with a bureau that decides and a unit that asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.conftest import MakePerson
from waizhuan.shared.flow import process as table
from waizhuan.shared.flow.engine import start
from waizhuan.shared.flow.models import Subject
from waizhuan.shared.flow.process import Need, Post, Process, State, Transition

NAME = "test.thing"


@dataclass
class World:
    """`thing()` starts a new case of the unit; `effects` is what the effect of "approve" was given."""

    process: Process
    clerk: Actor
    colleague: Actor
    asker: Actor
    stranger: Actor
    bureau: int
    above: int
    effects: list[int] = field(default_factory=list)
    open: bool = True

    def thing(self, n: int = 0, state: str = "review") -> Any:
        organisation = apps.get_model("identity", "Organisation")._default_manager.create(
            kind="unit", name=f"单位{n}", name_key=f"单位{n}"
        )
        subject: Any = apps.get_model("entry", "UnitProfile")(
            unit=organisation,
            department_id=self.bureau,
            asker_organisation_id=self.asker.organisation_id,
            asker_account_id=None,
        )
        start(self.process, subject, self.asker)
        if state == "review":
            from waizhuan.shared.flow.engine import perform

            subject = perform(self.process, subject, "submit", self.asker)
        return subject


def _organisation(kind: str, name: str) -> int:
    return int(
        apps.get_model("identity", "Organisation")._default_manager.create(kind=kind, name=name, name_key=name).pk
    )


def _actor(account: Any, organisation: int, name: str, role: str) -> Actor:
    apps.get_model("identity", "Mandate")._default_manager.create(
        account=account, organisation_id=organisation, role=role
    )
    return Actor(
        account_id=account.pk,
        name=account.person.name,
        kind="natural",
        organisation_id=organisation,
        organisation_name=name,
        organisation_kind=role.split(".")[0],
        roles=frozenset({role}),
    )


def _holds(role: str) -> Callable[[Actor, Any], Verdict]:
    return lambda actor, subject: YES if actor.has(role) else no(say("不是您的"))


@pytest.fixture
def world(make_person: MakePerson) -> Iterator[World]:
    bureau, above, unit = (
        _organisation("department", "局"),
        _organisation("department", "厅"),
        _organisation("unit", "所"),
    )
    decides, asks = _holds("department.clerk"), _holds("unit.admin")
    here: World

    def guard(subject: Subject) -> Verdict:
        return YES if here.open else no(say("现在不行"))

    note = Need("note", say("理由"), say("请写明理由"))
    things = Process(
        name=NAME,
        label=say("事"),
        model=lambda: apps.get_model("entry", "UnitProfile"),
        states=(
            State("draft", say("草稿"), "none"),
            State(
                "review",
                say("审核"),
                "wait",
                holder=lambda s: Post(s.department_id, "department.clerk"),
                due=5,
                task=say("审核"),
                upper=lambda s: Post(above, "department.clerk"),
            ),
            State(
                "asked",
                say("请补充"),
                "turn",
                holder=lambda s: Post(unit, "unit.admin"),
                task=say("补充"),
                asker_turn=True,
            ),
            State("approved", say("通过"), "ok", final=True),
            State("declined", say("不通过"), "bad", final=True),
        ),
        initial="draft",
        transitions=(
            Transition("submit", ("draft", "asked"), "review", say("提交"), say("提交了"), asks),
            Transition("ask", ("review",), "asked", say("请补充"), say("请补充"), decides, needs=(note,)),
            Transition(
                "approve",
                ("review",),
                "approved",
                say("通过"),
                say("通过了"),
                decides,
                when=guard,
                effect=lambda s, a, d: here.effects.append(s.pk),
                notify="test.decided",
                tone="primary",
            ),
            Transition(
                "decline", ("review",), "declined", say("不通过"), say("没有通过"), decides, needs=(note,), tone="bad"
            ),
            Transition("remark", ("review",), "", say("备注"), say("备注"), decides, public=False),
            Transition("expire", ("review",), "declined", say("过期"), say("过期了"), decides, seen=False),
        ),
        screen=lambda s, for_holder: ("web.home", ()),
        title=lambda s: f"事 {s.pk}",
        prefix="SJ",
    )
    table.register(things)
    here = World(
        process=things,
        clerk=_actor(make_person("clerk", "经办"), bureau, "局", "department.clerk"),
        colleague=_actor(make_person("colleague", "同事"), bureau, "局", "department.clerk"),
        asker=_actor(make_person("asker", "管理员"), unit, "所", "unit.admin"),
        stranger=_actor(make_person("stranger", "外人"), above, "厅", "department.clerk"),
        bureau=bureau,
        above=above,
    )
    yield here
    table._PROCESSES.pop(NAME)
