"""An appellant with a browser, the operator's people, and papers."""

from __future__ import annotations

import datetime as dt
import io
import re

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from waizhuan.identity import demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.appeals import actions, papers
from waizhuan.identity.appeals.checks import warning_keys
from waizhuan.identity.appeals.models import Appeal
from waizhuan.identity.appeals.queries import review_appeal
from waizhuan.identity.models import Account, Organisation
from waizhuan.kernel import clock
from waizhuan.shared.notify.testing import sent_to

NEW_PHONE = "+8613911110000"
OLD_PHONE = demo.mobile(5)
CLAIM = {
    "name": "韩叙",
    "doc_type": "resident_id",
    "doc_number": demo.resident_id(5),
    "phone": "139 1111 0000",
    "identity": "on",
}
UNIT_CLAIM = {**CLAIM, "name": "沈知秋", "doc_number": demo.resident_id(78), "unit_name": "青石研究院"}


@pytest.fixture(autouse=True)
def switches(settings) -> None:  # type: ignore[no-untyped-def]
    settings.CAPTCHA_ON = settings.RATE_LIMITS_ON = False


@pytest.fixture
def operator(db: None) -> Organisation:
    return demo.organisation("operator", "平台运营中心", public_phone="400-820-8820")


@pytest.fixture
def hanxu(operator: Organisation) -> Account:
    return demo.person("hanxu", "韩叙", 5)


@pytest.fixture
def unit(operator: Organisation) -> Organisation:
    return demo.unit("qingshi", "青石研究院", 9)


@pytest.fixture
def reviewer(operator: Organisation) -> Account:
    return _staff("operator1", 201, operator, "operator.reviewer")


@pytest.fixture
def senior(operator: Organisation) -> Account:
    return _staff("operator2", 202, operator, "operator.senior")


def _staff(login_name: str, n: int, at: Organisation, role: str) -> Account:
    made = demo.person(login_name, demo.person_name(n), n)
    demo.mandate(made, at, role)
    return made


def picture(name: str = "paper.png", colour: str = "#dde6f0") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (240, 150), colour).save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/png")


def scan_of(pdf: bytes) -> SimpleUploadedFile:
    """The printed form, photographed: turned a little, grey, not large."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=1.6).to_pil()
    turned = page.convert("L").rotate(3, expand=True, fillcolor=255)
    content = io.BytesIO()
    turned.save(content, "JPEG", quality=70)
    return SimpleUploadedFile("scan.jpg", content.getvalue(), content_type="image/jpeg")


def code_sent_to(destination: str) -> str:
    """The newest code; the number of a case looks like one too."""
    found = re.search(r"验证码 (\d{6})", "\n".join(sent_to(destination)))
    assert found
    return found[1]


def claimed(client: Client, kind: str = "person", **changes: str) -> Appeal:
    """An appeal whose new number is verified, and which wants papers."""
    given = {**(CLAIM if kind in ("person", "phone") else UNIT_CLAIM), **changes}
    if kind == "rename":
        given.setdefault("old_name", "青石研究院" if "unit_name" in changes else "青石农学院")
    answer = client.post(f"/appeals/new/{kind}/", given)
    assert answer.status_code == 302, answer.content.decode()
    appeal = Appeal.objects.latest("pk")
    answer = client.post("/appeals/code/", {"code": code_sent_to(appeal.phone)})
    assert answer.headers["Location"] == "/appeals/papers/"
    return Appeal.objects.get(pk=appeal.pk)


def with_papers(client: Client, appeal: Appeal) -> None:
    for slot in papers.slots(appeal.kind, appeal.doc_type):
        if slot.required:
            client.post(f"/appeals/papers/{slot.code}/", {"file": picture()})


def filed(client: Client, kind: str = "person", **changes: str) -> Appeal:
    """An appeal in the operator's hands."""
    appeal = claimed(client, kind, **changes)
    with_papers(client, appeal)
    answer = client.post("/appeals/papers/", {"version": str(appeal.version)})
    assert answer.headers.get("Location") == "/appeals/mine/", answer.content.decode()
    return Appeal.objects.get(pk=appeal.pk)


def decide(account: Account, appeal: Appeal, decision: str, **how: object) -> Appeal:
    """The operator has looked at every warning."""
    actor = actor_of(Account.objects.get(pk=account.pk))
    row = review_appeal(actor, appeal.pk)
    return actions.decide(actor, row, decision, version=row.version, accepted=warning_keys(row), **how)  # type: ignore[arg-type]


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/]+(/[^\s，。]+)", text)
    assert found, text
    return found[1]


def later(days: int) -> dt.datetime:
    return clock.now() + dt.timedelta(days=days)
