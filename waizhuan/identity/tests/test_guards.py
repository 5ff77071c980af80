"""Guards at the edges: sessions that do not say when they began, keys that are none, look-ups and invitations by the hundred."""

from __future__ import annotations

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.actors import BEGAN
from waizhuan.identity.delegation import screens as delegation
from waizhuan.identity.models import Account
from waizhuan.identity.operators import screens as operators

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanxu(db: None) -> Account:
    return demo.person("hanxu", "韩叙", 3)


def test_a_session_that_does_not_say_when_it_began_is_nobody_s(hanxu: Account) -> None:
    client = Client()
    client.force_login(hanxu)
    assert client.get("/me/").status_code == 200
    session = client.session
    del session[BEGAN]
    session.save()
    assert client.get("/me/").headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("key", ["x", "%00", "a" * 39, "%00" * 40, "g" * 40])
def test_what_is_no_captcha_key_finds_nothing(key: str) -> None:
    for kind in ("png", "wav"):
        assert Client().get(f"/sign-in/captcha/{key}.{kind}").status_code == 404


def test_a_captcha_key_with_nul_is_a_wrong_captcha(settings) -> None:  # type: ignore[no-untyped-def]
    settings.CAPTCHA_ON = True
    given = {"sought": "hanxu", "captcha": "1", "captcha_keys": "\x00 " + "\x00" * 40}
    assert Client().post("/register/lookup/", given).status_code == 422


def test_the_desk_does_not_copy_the_register(hanxu: Account, settings, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    settings.RATE_LIMITS_ON = True
    monkeypatch.setattr(operators, "LOOKS", 3)
    desk = demo.organisation("operator", "平台运营中心")
    reviewer = demo.person("operator1", "秦安澜", 200)
    demo.mandate(reviewer, desk, "operator.reviewer")
    client = Client()
    client.force_login(reviewer)
    address = f"/operators/accounts/{hanxu.pk}/"
    answers = [client.post(address, {"purpose": "review"}) for _ in range(5)]
    assert [a.status_code for a in answers[:3]] == [302] * 3
    assert answers[3].status_code != 302
    assert "试得太频繁了" in answers[4].content.decode()


def test_a_person_asks_units_so_often_a_day(hanxu: Account, settings, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    settings.RATE_LIMITS_ON = True
    monkeypatch.setattr(delegation, "REQUESTS", 1)
    names = ["云溪理工大学", "松岭农业科学院"]
    for n, name in enumerate(names):
        demo.unit(f"unit{n}", name, 1000 + n)
    client = Client()
    client.force_login(hanxu)
    answers = [client.post("/authorisation/ask/", {"unit": name, "role": "projects.lead"}) for name in names]
    assert answers[0].status_code == 302
    assert "试得太频繁了" in answers[1].content.decode()
