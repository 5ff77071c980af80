"""Units that are registered elsewhere: found by their number as it is printed, and shown by it, wherever units are."""

from __future__ import annotations

import io
import zipfile

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.appeals.letter import pdf_of
from waizhuan.identity.appeals.models import Appeal
from waizhuan.identity.appeals.queries import account_meant
from waizhuan.identity.appeals.tests.conftest import UNIT_CLAIM, decide, filed
from waizhuan.identity.delegation.models import Request
from waizhuan.identity.models import Account, Organisation
from waizhuan.projects.conftest import World, world  # noqa: F401 (fixture)
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.lookup import jobs
from waizhuan.projects.lookup.models import Export
from waizhuan.projects.merges import papers
from waizhuan.projects.merges.tests.conftest import build
from waizhuan.shared.refdata.masks import mask_uscc

pytestmark = pytest.mark.django_db(transaction=True)

CODE = demo.credit_code(1000)
#: As it is kept, as somebody types it, what it is called.
EVERY = [
    pytest.param(CODE, f"{CODE[:8].lower()} {CODE[8:]}", "统一社会信用代码", id="mainland"),
    pytest.param("HKG:12345678", "12345678-000", "商业登记号码", id="hong-kong"),
    pytest.param("MAC:12345SO", "12345 so", "商业登记编号", id="macao"),
    pytest.param("TWN:22099131", "22099131", "统一编号", id="taiwan"),
    pytest.param("SWE:5560360793", "556036-0793", "当地的登记号码", id="sweden"),
    pytest.param("IND:U72200KA2013PTC097389", "U72200KA2013PTC097389", "当地的登记号码", id="india"),
]
every = pytest.mark.parametrize(("kept", "typed", "called"), EVERY)


@pytest.fixture(autouse=True)
def switches(settings) -> None:  # type: ignore[no-untyped-def]
    settings.CAPTCHA_ON = settings.RATE_LIMITS_ON = False


@pytest.fixture
def desk(db: None) -> Organisation:
    return demo.organisation("operator", "平台运营中心")


def unit_of(kept: str) -> Organisation:
    made = demo.unit("yunxi", "云溪理工大学", 1000)
    Organisation.objects.filter(pk=made.pk).update(uscc=kept)
    made.refresh_from_db()
    return made


def browser(account: Account | None) -> Client:
    client = Client()
    assert account is not None
    client.force_login(account)
    return client


def no_place(page: str) -> None:
    for place in ("HKG:", "MAC:", "TWN:", "SWE:", "IND:"):
        assert place not in page


def staff(desk: Organisation, n: int, role: str) -> Account:
    made = demo.person(f"operator{n}", demo.person_name(n), n)
    demo.mandate(made, desk, role)
    return made


def text_of(pdf: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


@every
def test_a_person_asks_the_unit_by_its_number(kept: str, typed: str, called: str) -> None:
    unit = unit_of(kept)
    asker = browser(demo.person("hanxu", "韩叙", 5))
    answer = asker.post("/authorisation/ask/", {"unit": typed, "role": "projects.lead"})
    assert answer.status_code == 302, answer.content.decode()
    assert Request.objects.get().organisation == unit


def test_a_number_of_two_places_asks_for_the_name(db: None) -> None:
    unit_of("HKG:22099131")
    Organisation.objects.filter(pk=demo.unit("other", "青石研究院", 1001).pk).update(uscc="TWN:22099131")
    asker = browser(demo.person("hanxu", "韩叙", 5))
    answer = asker.post("/authorisation/ask/", {"unit": "22099131", "role": "projects.lead"})
    assert answer.status_code == 422
    assert "请核对全称或登记号码" in answer.content.decode()
    assert asker.post("/authorisation/ask/", {"unit": "青石研究院", "role": "projects.lead"}).status_code == 302


@every
def test_the_desk_finds_and_shows_it(kept: str, typed: str, called: str, desk: Organisation) -> None:
    unit = unit_of(kept)
    operator = browser(staff(desk, 201, "operator.reviewer"))
    found = operator.post(reverse("operators.search"), {"by": "unit", "value": typed, "purpose": "call"})
    assert "云溪理工大学" in found.content.decode()
    page = operator.get(reverse("operators.account", args=[unit.account_id])).content.decode()
    assert called in page
    assert kept.rpartition(":")[2] in page
    no_place(page)


@every
@pytest.mark.parametrize(("kind", "name"), [("unit", "云溪理工大学"), ("rename", "云溪大学")])
def test_an_appeal_finds_the_unit(kept: str, typed: str, called: str, kind: str, name: str, desk: Organisation) -> None:
    """E11: also by the new name, which the platform does not know yet."""
    unit = unit_of(kept)
    first, second = staff(desk, 201, "operator.reviewer"), staff(desk, 202, "operator.senior")
    appeal = filed(Client(), kind, uscc=typed, unit_name=name)
    assert appeal.account_id == unit.account_id
    letter = text_of(pdf_of(appeal))
    page = browser(first).get(reverse("appeals.review", args=[appeal.pk])).content.decode()
    assert called in page
    assert (called if ":" not in kept else "当地的登记号码") in letter  # it does not tell whose number it is
    for shown in (letter, page):
        assert ("统一社会信用代码" in shown) == (":" not in kept)
        no_place(shown)
    appeal = decide(first, appeal, "recommend")
    decide(second, appeal, "confirm")
    unit.refresh_from_db()
    assert unit.uscc == kept


@pytest.mark.parametrize(
    "typed", ["91330100MA27X2B41", "913301000000000000", "12", "单位", "\x00", "HKG:\x00", "HKG:1", ":"]
)
def test_what_is_no_number_is_said_beside_its_field(typed: str, desk: Organisation) -> None:
    answer = Client().post("/appeals/new/unit/", {**UNIT_CLAIM, "uscc": typed})
    assert answer.status_code == 422
    assert 'href="#id_uscc"' in answer.content.decode()
    assert not Appeal.objects.exists()


def test_a_renamed_unit_whose_number_two_places_have_is_not_guessed(desk: Organisation) -> None:
    unit_of("HKG:22099131")
    other = demo.unit("other", "青石研究院", 1001)
    Organisation.objects.filter(pk=other.pk).update(uscc="TWN:22099131")
    by = Appeal(kind="rename", unit_name="青石大学", uscc="22099131")
    assert account_meant(by) is None
    by.unit_name = "青石研究院"
    assert account_meant(by) == other.account


@every
def test_its_own_pages_show_the_number_masked(kept: str, typed: str, called: str) -> None:
    client = browser(unit_of(kept).account)
    page = client.get("/me/").content.decode()
    assert mask_uscc(kept) in page
    no_place(page)
    copy = client.post("/me/download/").json()["unit"]
    assert copy["uscc"] == kept.rpartition(":")[2]


@pytest.fixture
def placed(world: World, kept: str) -> World:  # noqa: F811
    Organisation.objects.filter(pk=world.unit.pk).update(uscc=kept)
    world.profile("review")
    return world


@every
def test_the_experts_system_finds_and_shows_it(placed: World, kept: str, typed: str, called: str) -> None:
    minister, clerk = placed.client("minister"), placed.client("clerk")
    page = minister.get(reverse("lookup.units"), {"q": typed}).content.decode()
    assert "云溪理工大学" in page
    assert mask_uscc(kept) in page
    no_place(page)
    review = clerk.get(reverse("entry.review", args=[UnitProfile.objects.get(unit=placed.unit).pk])).content.decode()
    assert mask_uscc(kept) in review
    assert called in review
    assert ("统一社会信用代码" in review) == (":" not in kept)
    no_place(review)
    minister.post(reverse("lookup.export", args=["units"]), {})
    jobs.make_exports()
    sheet = minister.get(reverse("lookup.download", args=[Export.objects.get().pk])).content
    with zipfile.ZipFile(io.BytesIO(sheet)) as parts:
        text = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    assert mask_uscc(kept) in text
    no_place(text)


@every
def test_the_letter_of_a_merge_names_it(kept: str, typed: str, called: str, db: None) -> None:
    merging = build()
    Organisation.objects.filter(pk=merging.place.unit.pk).update(uscc=kept)
    merging.place.unit.refresh_from_db()
    merging.application(merging.a, 1)
    letter = text_of(papers.pdf_of(merging.asked(person=merging.a, target=merging.c)))
    assert kept.rpartition(":")[2] in letter
    assert called in letter
    assert ("统一社会信用代码" in letter) == (":" not in kept)
    no_place(letter)
