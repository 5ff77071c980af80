"""A closing that others hold up is asked for now, and is carried out by itself (Art. 47, D10)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from waizhuan.identity import consents, demo
from waizhuan.identity.models import Account, Organisation
from waizhuan.identity.my_information import pending
from waizhuan.identity.my_information.models import Closing
from waizhuan.identity.my_information.tests.conftest import asks, granted, signed_in
from waizhuan.kernel import clock
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.flow.models import WorkItem
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def held_up(hanxu: Account, operator: Organisation) -> str:
    """A request of one's own lies at the desk."""
    return asks("hanxu", kind="explain")


def asked(client: Client) -> Closing:
    answer = client.post("/me/close/", {"password": demo.PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/me/close/")
    return Closing.objects.get(state="asked")


def test_it_waits_says_for_whom_and_closes_by_itself(hanxu: Account, held_up: str) -> None:
    client = signed_in("hanxu")
    page = client.get("/me/close/").content.decode()
    assert "提出注销" in page
    assert "平台运营中心" in page  # who has it
    made = asked(client)
    page = client.get("/me/close/").content.decode()
    assert (made.number or "?") in page
    assert "平台运营中心" in page
    assert "取消注销" in page
    assert 'name="password"' not in page
    assert "正在等待注销" in client.get("/me/").content.decode()
    assert Message.objects.filter(account=hanxu, template="my_information.closing_asked").count() == 1
    assert pending.go_on() == 0  # the desk still has it
    assert signed_in("hanxu").get("/me/").status_code == 200  # signing in goes on
    assert granted(held_up)[0] == 302
    assert pending.go_on() == 1
    hanxu.refresh_from_db()
    made.refresh_from_db()
    assert hanxu.closed_at
    assert made.state == "closed"
    assert client.get("/me/").status_code == 302
    assert pending.go_on() == 0


def test_pressing_twice_asks_once(hanxu: Account, held_up: str) -> None:
    first, second = signed_in("hanxu"), signed_in("hanxu")
    asked(first)
    assert second.post("/me/close/", {"password": demo.PASSWORD}).status_code == 200
    pending.ask(_actor(hanxu), hanxu)
    assert Closing.objects.count() == 1


def _actor(account: Account):  # type: ignore[no-untyped-def]
    from waizhuan.identity.actors import actor_of

    return actor_of(account)


def test_the_wrong_password_asks_for_nothing(hanxu: Account, held_up: str) -> None:
    assert signed_in("hanxu").post("/me/close/", {"password": "Falsch-2026"}).status_code == 422
    assert not Closing.objects.exists()


def test_it_is_taken_back_in_either_of_two_tabs(hanxu: Account, held_up: str) -> None:
    client, other = signed_in("hanxu"), signed_in("hanxu")
    made = asked(client)
    for tab in (client, other):
        assert tab.post("/me/close/", {"keep": "1"})["Location"] == "/me/close/"
    made.refresh_from_db()
    assert made.state == "taken_back"
    assert granted(held_up)[0] == 302
    assert pending.go_on() == 0
    hanxu.refresh_from_db()
    assert hanxu.closed_at is None
    assert signed_in("hanxu").post("/me/close/", {"password": demo.PASSWORD})["Location"] == "/me/closed/"


def test_none_waits_behind_those_that_cannot_close_yet(
    hanxu: Account, held_up: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time the clock looks at a few, those first that it has not looked at for longest."""
    monkeypatch.setattr(pending, "AT_ONCE", 1)
    asked(signed_in("hanxu"))
    other = demo.person("other", "马明远", 77)
    Closing.objects.create(asker_account=other, state="asked")
    assert pending.go_on() == 0  # the first one, which the desk still holds up
    assert pending.go_on() == 1
    other.refresh_from_db()
    assert other.closed_at
    assert pending.go_on() == 0


def test_a_case_of_one_s_own_is_withdrawn_here(hanxu: Account, held_up: str) -> None:
    client = signed_in("hanxu")
    asked(client)
    item = WorkItem.objects.get(closed_at=None)
    assert client.post("/me/close/", {"withdraw": item.pk})["Location"] == "/me/close/"
    assert "几分钟内自动注销" in client.get("/me/close/").content.decode()
    assert pending.go_on() == 1


def test_what_came_meanwhile_holds_it_up_too(hanxu: Account, held_up: str) -> None:
    asked(signed_in("hanxu"))
    another = asks("hanxu", kind="restrict")
    assert granted(held_up)[0] == 302
    assert pending.go_on() == 0
    assert granted(another)[0] == 302
    assert pending.go_on() == 1


def test_nobody_s_account_is_closed_by_who_was_there_before(hanxu: Account, held_up: str) -> None:
    """ "This was not me", and an account that passed into other hands."""
    made = asked(signed_in("hanxu"))
    hanxu.trust_from = clock.now() + dt.timedelta(seconds=1)
    hanxu.save()
    assert granted(held_up)[0] == 302
    assert pending.go_on() == 0
    made.refresh_from_db()
    assert made.state == "taken_back"
    hanxu.refresh_from_db()
    assert hanxu.closed_at is None


def test_another_person_s_account_is_not_closed(hanxu: Account, held_up: str) -> None:
    made = asked(signed_in("hanxu"))
    consents.end_all(hanxu.pk)
    made.refresh_from_db()
    assert made.state == "taken_back"


def test_a_locked_account_waits(hanxu: Account, held_up: str) -> None:
    asked(signed_in("hanxu"))
    assert granted(held_up)[0] == 302
    hanxu.refresh_from_db()
    hanxu.locked_at = clock.now()
    hanxu.save()
    assert pending.go_on() == 0
    hanxu.locked_at = None
    hanxu.save()
    assert pending.go_on() == 1


def test_a_deletion_at_the_desk_ends_it_too(hanxu: Account, operator: Organisation) -> None:
    where = asks("hanxu", kind="delete")
    made = asked(signed_in("hanxu"))
    assert granted(where)[0] == 302
    made.refresh_from_db()
    assert made.state == "closed"
    assert AuditEntry.objects.filter(verb="my_information.closing.close").exists()


def test_a_unit_s_account_is_closed_by_the_desk_alone(operator: Organisation) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    client = signed_in("yunxi")
    assert "提出注销" not in client.get("/me/close/").content.decode().replace("提出注销请求", "")
    assert client.post("/me/close/", {"password": demo.PASSWORD}).status_code == 200
    assert not Closing.objects.filter(asker_account=unit.account).exists()


def test_a_unit_and_the_desk_read_what_it_has_under_way(operator: Organisation) -> None:
    demo.unit("yunxi", "云溪理工大学", 1000)
    asks("yunxi", kind="explain")
    where = asks("yunxi", kind="close_unit")
    unit = Organisation.objects.get(name="云溪理工大学")
    WorkItem.objects.create(
        process="my_information.relief", subject_id=1, state="waiting", number="JS-1", title="李四",
        organisation=unit, role="unit.admin", due_at=clock.now(),
    )  # fmt: skip
    page = signed_in("yunxi").get(where).content.decode()
    assert page.count("办完这些才能注销") == 1
    assert "换人接手：李四" in page
    page = signed_in("operator1").get(where).content.decode()
    assert "JS-1" in page
    assert "李四" not in page, "the desk reads which, not about whom"
    status, page = granted(where)
    assert status == 422
    assert "换人接手 JS-1" in page
