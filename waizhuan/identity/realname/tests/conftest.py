"""People, operators and documents for the tests of this errand."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from waizhuan.identity import demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Account, Organisation, Person
from waizhuan.identity.realname import actions, reviews
from waizhuan.identity.realname.authority.answers import Answer, Result
from waizhuan.identity.realname.checks import warning_keys
from waizhuan.identity.realname.models import Case
from waizhuan.kernel.actor import Actor


class FakeAuthority:
    """Says what the test wants; the real adapters have tests of their own."""

    def __init__(self) -> None:
        self.answer = Answer(Result.UNKNOWN, "not_found")
        self.asked = 0
        self.during: Callable[[], object] = lambda: None

    def check_person(self, *args: str) -> Answer:
        self.asked += 1
        self.during()
        return self.answer

    check_unit = check_person


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> FakeAuthority:
    fake = FakeAuthority()
    monkeypatch.setattr(actions, "authority", lambda: fake)
    return fake


def picture(name: str = "id.png", kind: str = "PNG") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (240, 150), "#dde6f0").save(content, kind)
    return SimpleUploadedFile(name, content.getvalue(), content_type="application/octet-stream")


@pytest.fixture
def person(db: None) -> Account:
    return demo.person("chenzhiwei", "陈知微", 1, verified=False)


@pytest.fixture
def operator(db: None) -> Organisation:
    return demo.organisation("operator", "平台运营中心", public_phone="400-820-8820")


@pytest.fixture
def reviewer(operator: Organisation) -> Account:
    return staff("operator1", 201, operator, "operator.reviewer")


@pytest.fixture
def senior(operator: Organisation) -> Account:
    return staff("operator2", 202, operator, "operator.senior")


def staff(login_name: str, n: int, at: Organisation, role: str) -> Account:
    made = demo.person(login_name, demo.person_name(n), n)
    demo.mandate(made, at, role)
    return made


def as_actor(account: Account) -> Actor:
    return actor_of(Account.objects.get(pk=account.pk))


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def submitted(account: Account, kind: str = "person") -> Case:
    """A case in the operator's hands."""
    actor = as_actor(account)
    case = actions.start_check(actor, kind)
    assert case.state == "upload"
    for slot in case.slots:
        if slot.required:
            actions.add_document(actor, case, slot.code, picture())
    return actions.submit(actor, Case.objects.get(pk=case.pk))


def status(account: Account) -> str:
    return Person.objects.get(account=account).real_name


def approve(account: Account, case: Case) -> Case:
    """The operator has looked at every warning."""
    keys = warning_keys(case)
    return reviews.decide(as_actor(account), case, "approve", version=case.version, accepted=keys)
