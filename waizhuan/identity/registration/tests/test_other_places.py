"""Units from Hong Kong, Macao, Taiwan and abroad register without a credit code, and go to manual review (domain §2)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.models import Organisation
from waizhuan.identity.realname import rules
from waizhuan.identity.realname.models import Case
from waizhuan.identity.recovery.actions import account_of
from waizhuan.identity.registration.actions import is_registered
from waizhuan.shared.notify.models import MailboxMessage
from waizhuan.shared.notify.outbox import deliver_due

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "Haiyan-3026!"
START = "/register/unit/unit/"


@pytest.fixture(autouse=True)
def quiet(settings) -> None:  # type: ignore[no-untyped-def]
    settings.RATE_LIMITS_ON = settings.CAPTCHA_ON = False


def registers(unit: dict[str, str], phone: str, login_name: str) -> Client:
    client = Client()
    for step, given in (
        ("unit", unit),
        ("agent", {"agent_name": "沈听雨", "agent_doc_type": "resident_id", "agent_doc_number": demo.resident_id(720)}),
        (
            "representative",
            {
                "rep_name": "Anna Lind",
                "rep_doc_type": "passport",
                "rep_doc_country": "SWE",
                "rep_doc_number": "XA7654321",
            },
        ),
        ("login", {"login_name": login_name, "password": PASSWORD, "password2": PASSWORD}),
        ("phone", {"phone": phone}),
    ):
        answer = client.post(f"/register/unit/{step}/", given)
        assert answer.status_code == 302, (step, re.findall(r"wz-error[^>]*>([^<]+)", answer.content.decode()))
    deliver_due()
    body = next(m.body for m in MailboxMessage.objects.order_by("-id") if m.destination == phone)
    code = re.findall(r"\d{6}", body)[0]
    assert client.post("/register/unit/code/", {"code": code, "consent": "on"}).status_code == 302
    return client


@pytest.mark.parametrize(
    ("unit", "kept", "kind"),
    [
        ({"place": "HKG", "name": "港湾科技有限公司", "uscc": "12345678-000"}, "HKG:12345678", "hkmt"),
        ({"place": "MAC", "name": "濠江研究院", "uscc": "12345 SO"}, "MAC:12345SO", "hkmt"),
        ({"place": "TWN", "name": "台南光电股份有限公司", "uscc": "22099131"}, "TWN:22099131", "hkmt"),
        (
            {"place": "XXX", "country": "SWE", "name": "Nordic Optics AB", "uscc": "556036-0793"},
            "SWE:5560360793",
            "foreign",
        ),
    ],
)
def test_a_unit_of_another_place(unit: dict[str, str], kept: str, kind: str) -> None:
    client = registers({**unit, "address": "一号"}, "+8613900004444", "harbour_1")
    made = Organisation.objects.get(kind="unit", account__isnull=False)
    number = made.uscc or ""
    assert number == kept
    assert made.unit_kind == kind
    assert not rules.goes_by_interface(rules.Kind.UNIT, made.unit_kind, made.division)
    assert account_of("unit", unit["name"], unit["uscc"]) == made.account, "found again by name and number"
    assert account_of("unit", "别的名称", unit["uscc"]) is None
    if kind == "hkmt":
        assert is_registered(unit["uscc"])
    # its verification waits for documents and people: no authority is asked about it
    demo.organisation("operator", "平台运营中心")
    client.post("/sign-in/", {"login_name": "harbour_1", "password": PASSWORD})
    client.post("/me/consent/?for=identity", {"identity": "on"})
    assert client.get("/real-name/unit/").status_code == 200
    client.post("/real-name/start/")
    case = Case.objects.get(kind="unit")
    assert (case.state, case.uscc) == ("upload", number)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"place": "HKG", "uscc": "123"}, "香港商业登记号码是 8 位数字"),
        ({"place": "TWN", "uscc": "22099132"}, "校验码对不上"),
        ({"place": "XXX", "uscc": "5560360793"}, "请选择登记的国家或地区"),
        ({"place": "XXX", "country": "HKG", "uscc": "5560360793"}, "请在上面选对应的地方"),
        ({"place": "CHN", "uscc": "12345678"}, "18 位"),
        ({"place": "<script>", "uscc": "12345678"}, "18 位"),
        ({"place": "HKG\x00", "uscc": "12345678"}, "18 位"),
    ],
)
def test_what_is_wrong_is_said(given: dict[str, str], says: str) -> None:
    answer = Client().post(START, {"name": "港湾科技", "address": "一号", **given})
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_changing_the_place_keeps_what_was_typed_without_scripts() -> None:
    client = Client()
    page = client.post(START, {"switch": "HKG", "name": "港湾科技有限公司", "uscc": "12", "address": "一号"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "商业登记号码" in text
    assert "统一社会信用代码" not in text
    assert "所在省份" not in text
    assert 'value="港湾科技有限公司"' in text
    assert 'name="country"' not in text
    assert 'name="country"' in client.post(START, {"switch": "XXX"}).content.decode()


def test_one_number_is_one_unit() -> None:
    unit = {"place": "HKG", "name": "港湾科技有限公司", "uscc": "12345678", "address": "一号"}
    registers(unit, "+8613900004444", "harbour_1")
    answer = Client().post(START, {**unit, "name": "另一家公司"})
    assert answer.status_code == 422
    assert "以另一个名称注册过" in answer.content.decode()
    # the same digits in Taiwan are another unit's
    other = {**unit, "place": "TWN", "name": "台南光电", "uscc": "22099131"}
    assert Client().post(START, other).status_code == 302


def test_its_pages_open_like_any_unit_s() -> None:
    registers(
        {"place": "HKG", "name": "港湾科技", "uscc": "12345678", "address": "一号"}, "+8613900004444", "harbour_1"
    )
    client = Client()
    client.post("/sign-in/", {"login_name": "harbour_1", "password": PASSWORD})
    for path in ("/", "/me/", "/real-name/", "/real-name/unit/", "/services/", "/authorisation/"):
        assert client.get(path).status_code in (200, 302), path
