"""The pages of a closing that waits, and of a verification that is taken back, cost the same with 1 row and with 30."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Account
from waizhuan.identity.my_information import pending
from waizhuan.identity.my_information.models import DataRequest, Relief
from waizhuan.identity.my_information.process import REQUEST
from waizhuan.identity.operators.actions import propose_withdrawal
from waizhuan.identity.realname.models import Case
from waizhuan.projects.applications import demo as applications
from waizhuan.projects.conftest import World, world  # noqa: F401 (fixture)
from waizhuan.shared.flow.api import start
from waizhuan.shared.flow.models import Step

pytestmark = pytest.mark.django_db
AT_MOST = 14  # of which the session, the account and the menu are six


def asked(client: Client, url: str, says: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    return len(queries)


def the_same(ask: Callable[[], Sequence[int]], more: Callable[[], None]) -> None:
    ask()  # warms what is read once
    before = ask()
    more()
    assert ask() == before
    assert max(before) <= AT_MOST


def lead_in_units(world: World, numbers: range) -> None:  # noqa: F811
    lead = world.people["lead"]
    for n in numbers:
        unit = demo.unit(f"u{n}", f"第{n}研究院", 1100 + n)
        admin = demo.person(f"a{n}", f"管理{n}", 1200 + n)
        demo.mandate(admin, unit, "unit.admin")
        demo.mandate(lead, unit, "projects.lead")
        applications.application(
            unit, admin, lead, world.call, n, state="empty", clerk=world.actor("clerk"),
            ministry=world.actor("minister_clerk"), head=world.actor("minister"),
        )  # fmt: skip


def test_leading_in_thirty_units_and_asking_them_all(world: World) -> None:  # noqa: F811
    account = world.people["lead"]
    for n in range(6):
        world.application(n=n)
    lead = world.client("lead")
    lead.post(reverse("my_information.close"), {"password": demo.PASSWORD})

    def more() -> None:
        lead_in_units(world, range(29))
        assert pending.go_on() == 0
        assert Relief.objects.filter(asker_account=account, state="waiting").count() == 30

    the_same(lambda: [asked(lead, reverse("my_information.close"), "换人接手")], more)


def test_a_unit_that_takes_over_thirty_projects_and_asks_to_be_closed(world: World) -> None:  # noqa: F811
    world.application(n=0)
    lead, admin, clerk = world.client("lead"), world.client("admin"), Client()
    lead.post(reverse("my_information.close"), {"password": demo.PASSWORD})
    unit, desk = world.unit.account, demo.organisation("operator", "平台运营中心")
    assert unit is not None
    request = DataRequest(kind="close_unit", words="撤销了", operator=desk, asker_account=unit)
    request = start(REQUEST, request, actor_of(unit))
    reviewer = demo.person("desk1", "秦安澜", 1300)
    demo.mandate(reviewer, desk, "operator.reviewer")
    clerk.force_login(reviewer)
    takes_over = reverse("my_information.relief", args=[Relief.objects.get().pk])
    at_the_desk = reverse("my_information.request", args=[request.pk])

    def more() -> None:
        for n in range(1, 30):
            world.application(n=n)

    def ask() -> tuple[int, int]:
        return asked(admin, takes_over, "请换人接手"), asked(clerk, at_the_desk, "办完这些才能注销")

    the_same(ask, more)


def test_a_withdrawal_of_what_thirty_have_approved(world: World) -> None:  # noqa: F811
    desk = demo.organisation("operator", "平台运营中心")
    people = [demo.person(f"op{n}", f"核验{n}", 1300 + n) for n in range(32)]
    for person in people:
        demo.mandate(person, desk, "operator.senior")
    mistaken: Account = world.people["nobody"]

    def approved(by: Account) -> None:
        case = Case.objects.create(kind="person", asker_account=mistaken, operator=desk, name="韩叙", state="passed")
        Step.objects.create(
            process="realname.case", subject_id=case.pk, seq=1, transition="approve", source="review", target="passed",
            account=by,
        )  # fmt: skip

    approved(people[0])
    made = propose_withdrawal(actor_of(people[0]), mistaken.pk, "person", "照片不对")
    reader = Client()
    reader.force_login(people[31])

    def more() -> None:
        for one in people[1:30]:
            approved(one)

    the_same(lambda: [asked(reader, reverse("operators.withdrawal", args=[made.pk]), "照片不对")], more)
