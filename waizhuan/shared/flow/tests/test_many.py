"""The same step for many subjects, as if each had been written alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from waizhuan.kernel import clock
from waizhuan.kernel.actor import the_system
from waizhuan.shared.flow.many import note_step
from waizhuan.shared.flow.models import Step
from waizhuan.shared.flow.presenters import case_of
from waizhuan.shared.flow.tests.conftest import NAME, World

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 9, 10, 0, 0, 123456, tzinfo=clock.CHINA)
NOTE = "O'Brien 说：100 %s 买买提·吐尔逊 𠮷 ';--"


@pytest.fixture
def subjects(world: World) -> Any:
    """Three cases, one of them a step further; their version counted up."""
    made = [world.thing(0), world.thing(1, "draft"), world.thing(2)]
    rows = type(made[0])._default_manager.filter(pk__in=[m.pk for m in made])
    rows.update(version=F("version") + 1)
    return rows


def latest() -> list[Step]:
    return list(Step.objects.filter(process=NAME, transition="assign").order_by("subject_id"))


def test_each_has_the_step_that_it_would_have_alone(world: World, subjects: Any) -> None:
    data = {"lead": 7, "why": NOTE, "nothing": None}
    with clock.frozen(NOW), CaptureQueriesContext(connection) as asked:
        note_step(world.process, subjects, "assign", world.clerk, note=NOTE, data=data)
    assert len(asked) == 1
    alone = [
        Step(
            process=NAME,
            subject_id=subject.pk,
            seq=subject.version,
            transition="assign",
            source=subject.state,
            target=subject.state,
            at=NOW,
            account_id=world.clerk.account_id,
            account_name=world.clerk.name,
            organisation_id=world.clerk.organisation_id,
            organisation_name=world.clerk.organisation_name,
            note=NOTE,
            data=data,
        )
        for subject in subjects.order_by("pk")
    ]
    assert [model_to_dict(s, exclude=["id"]) for s in latest()] == [model_to_dict(s, exclude=["id"]) for s in alone]


def test_the_system_has_no_account(world: World, subjects: Any) -> None:
    note_step(world.process, subjects, "assign", the_system(), data={})
    assert [(s.account_id, s.organisation_id, s.data) for s in latest()] == [(None, None, {})] * 3


def test_no_step_is_written_twice(world: World, subjects: Any) -> None:
    note_step(world.process, subjects, "assign", world.clerk, data={})
    with pytest.raises(IntegrityError), transaction.atomic():
        note_step(world.process, subjects, "assign", world.clerk, data={})
    assert len(latest()) == 3


def test_of_nobody_nothing_is_written(world: World, subjects: Any) -> None:
    for none in (subjects.none(), subjects.filter(pk__in=[]), subjects.filter(pk=987654321)):
        note_step(world.process, none, "assign", world.clerk, data={})
    assert latest() == []


def test_the_system_is_called_so_in_the_reader_s_language(world: World, subjects: Any) -> None:
    note_step(world.process, subjects, "assign", the_system(), data={})
    with translation.override("zh-hans"):
        assert latest()[0].by == ("系统",)
        assert next(p.who for p in case_of(world.process, subjects.latest("pk"), world.clerk).timeline) == "系统"
    with translation.override("en"):
        assert latest()[0].by == ("The system",)
