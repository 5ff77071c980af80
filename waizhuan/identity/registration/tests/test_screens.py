"""Registering, step by step, as a browser does it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.models import Account, FormerName, LoginAlias, Organisation, Person
from waizhuan.identity.password_rules import SERVICE
from waizhuan.identity.registration.actions import is_registered
from waizhuan.identity.registration.models import Draft
from waizhuan.kernel import clock
from waizhuan.shared.notify.models import MailboxMessage

pytestmark = pytest.mark.django_db(transaction=True)

IDENTITY = {"name": "买买提·吐尔逊", "doc_type": "resident_id", "doc_number": demo.resident_id(77)}
LOGIN = {"login_name": "Maimaiti_1", "password": "Shanhai-2026!", "password2": "Shanhai-2026!"}
UNIT = {
    "name": "青石研究院",
    "uscc": demo.credit_code(9),
    "unit_kind": "institution",
    "province": "330000",
    "address": "科技大道 1 号",
}
AGENT = {"agent_name": "沈知秋", "agent_doc_type": "resident_id", "agent_doc_number": demo.resident_id(78)}
REP = {"rep_name": "O'Brien", "rep_doc_type": "passport", "rep_doc_country": "IRL", "rep_doc_number": "PA1234567"}


@pytest.fixture(autouse=True)
def no_captcha(settings) -> None:  # type: ignore[no-untyped-def]
    settings.CAPTCHA_ON = settings.RATE_LIMITS_ON = False


def newest_code() -> str:
    body = MailboxMessage.objects.order_by("-id")[0].body
    found = re.search(r"\d{6}", body)
    assert found
    return found.group()


def finish(client: Client, kind: str = "person"):  # type: ignore[no-untyped-def]
    return client.post(f"/register/{kind}/code/", {"code": newest_code(), "consent": "on"})


def walk(client: Client, kind: str, steps: list[tuple[str, dict[str, str]]]) -> None:
    for name, given in steps:
        answer = client.post(f"/register/{kind}/{name}/", given)
        assert answer.status_code == 302, f"{name}: {answer.content.decode()}"


def person(client: Client, **changes: str) -> None:
    walk(
        client,
        "person",
        [("identity", {**IDENTITY, **changes}), ("login", LOGIN), ("phone", {"phone": "138 0013 8000"})],
    )


def test_a_person_registers_and_is_signed_in(client: Client) -> None:
    person(client)
    answer = client.post("/register/person/code/", {"code": newest_code(), "consent": "on"})
    assert answer.headers["Location"] == "/register/person/done/"
    account = Account.objects.get()
    assert (account.login_key, account.phone) == ("maimaiti_1", "+8613800138000")
    assert Person.objects.get().doc_number == IDENTITY["doc_number"]
    assert account.consents.count() == 1
    assert "Maimaiti_1" in client.get("/register/person/done/").content.decode()
    assert client.session["_auth_user_id"] == str(account.pk)


def test_a_second_press_finds_the_first_account(client: Client) -> None:
    """B5: a double click, a lost reply, a reload: one account, the same page."""
    person(client)
    last = {"code": newest_code(), "consent": "on"}
    for _ in range(3):
        answer = client.post("/register/person/code/", last)
        assert answer.headers["Location"] == "/register/person/done/"
    assert Account.objects.count() == 1


def test_all_errors_at_once_and_nothing_lost(client: Client) -> None:
    answer = client.post(
        "/register/person/identity/", {"name": "<script>", "doc_type": "resident_id", "doc_number": "123"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("wz-error") == 2
    assert "&lt;script&gt;" in page
    assert 'value="123"' in page


def test_the_password_rules_are_judged_on_the_server(client: Client) -> None:
    walk(client, "person", [("identity", IDENTITY)])
    answer = client.post("/register/person/login/", {**LOGIN, "password": "maimaitixx", "password2": "maimaitiyy"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "太接近" in page
    assert "至少要有三类" in page
    assert "不一样" in page


def test_a_number_that_is_taken_leads_to_recovery_and_tells_nothing_usable(client: Client) -> None:
    """B1."""
    person(client)
    client.post("/register/person/code/", {"code": newest_code(), "consent": "on"})
    answer = Client().post("/register/person/identity/", IDENTITY)
    page = answer.content.decode()
    assert "已经注册过" in page
    assert "138****8000" in page
    assert "Maimaiti" not in page
    assert "13800138000" not in page


def test_a_unit_registers_in_its_three_parts(client: Client) -> None:
    walk(
        client,
        "unit",
        [
            ("unit", UNIT),
            ("agent", AGENT),
            ("representative", REP),
            ("login", {**LOGIN, "login_name": "qingshi"}),
            ("phone", {"phone": "13800138001"}),
        ],
    )
    answer = client.post("/register/unit/code/", {"code": newest_code(), "consent": "on"})
    assert answer.headers["Location"] == "/register/unit/done/"
    unit = Organisation.objects.get()
    assert (unit.name, unit.rep_name, unit.rep_doc_country) == ("青石研究院", "O'Brien", "IRL")


@pytest.mark.parametrize(("changes", "code"), [({"uscc": demo.credit_code(10)}, "B2"), ({"name": "青石大学"}, "B3")])
def test_a_unit_that_is_taken(client: Client, changes: dict[str, str], code: str) -> None:
    """B2: the name; B3: the code under another name."""
    demo.unit("old", UNIT["name"], 9)
    Organisation.objects.update(uscc=UNIT["uscc"])
    page = client.post("/register/unit/unit/", {**UNIT, **changes}).content.decode()
    assert f"/help/{code}/" in page


def test_a_step_cannot_be_skipped_and_the_journey_is_resumed(client: Client) -> None:
    assert client.get("/register/person/login/").headers["Location"] == "/register/person/identity/"
    walk(client, "person", [("identity", IDENTITY)])
    assert client.get("/register/person/code/").headers["Location"] == "/register/person/login/"
    assert client.get("/register/person/").headers["Location"] == "/register/person/login/"
    assert IDENTITY["doc_number"] in client.get("/register/person/identity/").content.decode()


def test_the_lookup_answers_yes_or_no(client: Client) -> None:
    demo.person("hanxu", "韩叙", 5)
    for sought, yes in [("HANXU", True), (demo.resident_id(5), True), ("nobody", False), ("\x00'; DROP TABLE", None)]:
        page = client.post("/register/lookup/", {"sought": sought}).content.decode()
        assert ("已经注册。" in page) is (yes is True)
        assert ("还没有注册。" in page) is (yes is False)


def test_the_lookup_finds_a_passport_of_any_country(client: Client, django_assert_max_num_queries: Any) -> None:
    demo.person("siobhan", "Siobhán O'Brien", 92, passport="IRL:PB7654321")
    assert "已经注册。" in client.post("/register/lookup/", {"sought": "pb 7654321"}).content.decode()
    assert "还没有注册。" in client.post("/register/lookup/", {"sought": "PB7654322"}).content.decode()
    with django_assert_max_num_queries(5):
        is_registered("PB7654321")


@pytest.mark.parametrize(
    "text", ["𠮷" * 300, "'; DROP TABLE x; --", "\x00\x01", "a" * 5000, "<script>alert(1)</script>"]
)
def test_no_input_breaks_a_step(client: Client, text: str) -> None:
    for kind, name, form in (("person", "identity", IDENTITY), ("unit", "unit", UNIT)):
        answer = client.post(f"/register/{kind}/{name}/", dict.fromkeys(form, text))
        assert answer.status_code == 422


def test_what_was_typed_goes_along_to_recovery(client: Client) -> None:
    """B1: the button leads straight into recovery, filled in."""
    demo.person("hanxu", "韩叙", 77)
    page = client.post("/register/person/identity/", IDENTITY).content.decode()
    assert 'href="/recovery/name/"' in page
    form = client.get("/recovery/name/").content.decode()
    assert IDENTITY["doc_number"] in form
    assert IDENTITY["name"] in form
    assert re.search(r'value="person"[^>]*checked', form)


def test_a_unit_goes_along_too_and_a_new_name_to_its_own_form(client: Client) -> None:
    """B2: recovery of the unit; B3: the appeal's form for a change of name (E11)."""
    demo.unit("old", "青石研究院", 9)
    Organisation.objects.update(uscc=UNIT["uscc"])
    assert 'href="/recovery/name/"' in client.post("/register/unit/unit/", UNIT).content.decode()
    assert re.search(r'value="unit"[^>]*checked', client.get("/recovery/name/").content.decode())
    page = client.post("/register/unit/unit/", {**UNIT, "name": "青石大学"}).content.decode()
    assert 'href="/appeals/new/rename/"' in page
    form = client.get("/appeals/new/rename/").content.decode()
    assert "青石大学" in form
    assert UNIT["uscc"] in form


def test_a_former_name_is_a_name(client: Client) -> None:
    """B2: under a name that the unit has given up, it is found as well."""
    unit = demo.unit("old", "青石大学", 9)
    FormerName.objects.create(organisation=unit, name=UNIT["name"], name_key=UNIT["name"])
    Organisation.objects.update(uscc=UNIT["uscc"])
    assert "这个单位名称已经注册过" in client.post("/register/unit/unit/", UNIT).content.decode()


def test_a_registration_is_left_and_resumed_after_the_session_ended(client: Client) -> None:
    walk(client, "person", [("identity", IDENTITY), ("login", LOGIN)])
    del client.cookies["session"]
    assert client.get("/register/person/").headers["Location"] == "/register/person/phone/"
    walk(client, "person", [("phone", {"phone": "13800138000"})])
    assert finish(client).headers["Location"] == "/register/person/done/"
    assert "Maimaiti_1" in client.get("/register/person/done/").content.decode()


def test_nobody_else_s_browser_resumes_it(client: Client) -> None:
    walk(client, "person", [("identity", IDENTITY)])
    stranger = Client()
    token = client.cookies["registration_person"].value
    stranger.cookies["registration_person"] = ("y" if token[0] == "x" else "x") + token[1:]
    assert stranger.get("/register/person/login/").headers["Location"] == "/register/person/identity/"
    assert IDENTITY["doc_number"] not in stranger.get("/register/person/identity/").content.decode()


def test_what_was_typed_is_cleared_on_request(client: Client) -> None:
    walk(client, "person", [("identity", IDENTITY)])
    client.post("/register/person/discard/")
    assert Draft.objects.count() == 0
    assert IDENTITY["doc_number"] not in client.get("/register/person/identity/").content.decode()


def test_two_presses_at_once_see_the_same_success(client: Client) -> None:
    """B5: the first press changes the session under the second one, which still carries the old cookie."""
    person(client)
    second = Client()
    for name in ("session", "registration_person"):
        second.cookies[name] = client.cookies[name].value
    finish(client)
    answer = second.post("/register/person/code/", {"code": "000000", "consent": "on"})
    assert answer.headers["Location"] == "/register/person/done/"
    assert "注册成功" in second.get("/register/person/done/").content.decode()
    assert "_auth_user_id" not in second.session  # the cookie shows the page, and signs nobody in
    assert Account.objects.count() == 1


def test_a_second_press_with_the_token_of_before_sees_the_same_success() -> None:
    """B5: the first press signed the browser in, which changes the token of its forms."""
    browser = Client(enforce_csrf_checks=True)
    browser.get("/register/person/identity/")
    token = {"csrfmiddlewaretoken": browser.cookies["csrf"].value}
    steps = [("identity", IDENTITY), ("login", LOGIN), ("phone", {"phone": "138 0013 8000"})]
    walk(browser, "person", [(name, {**given, **token}) for name, given in steps])
    pressed = {"code": newest_code(), "consent": "on", **token}
    for _ in range(2):
        answer = browser.post("/register/person/code/", pressed, follow=True)
        assert "注册成功" in answer.content.decode()
    assert Account.objects.count() == 1
    assert browser.post("/me/password/", token).status_code in (403, 404), "elsewhere it is refused"


def test_another_registration_begins_anew_afterwards(client: Client) -> None:
    person(client)
    finish(client)
    assert client.get("/register/person/").headers["Location"] == "/register/person/identity/"
    assert client.get("/register/person/identity/").status_code == 200


def test_two_who_register_one_number_at_one_moment_get_one_account(client: Client) -> None:
    other = Client()
    person(client)
    first = newest_code()
    walk(other, "person", [("identity", IDENTITY), ("login", {**LOGIN, "login_name": "other_1"})])
    walk(other, "person", [("phone", {"phone": "13800138009"})])
    second = newest_code()
    client.post("/register/person/code/", {"code": first, "consent": "on"})
    answer = other.post("/register/person/code/", {"code": second, "consent": "on"})
    assert answer.status_code == 422
    assert "这个证件号码已经注册过" in answer.content.decode()
    assert Account.objects.count() == 1


def test_a_mobile_bound_elsewhere_is_told_only_to_its_owner(client: Client) -> None:
    demo.person("hanxu", "韩叙", 5)
    walk(client, "person", [("identity", IDENTITY), ("login", LOGIN), ("phone", {"phone": "13800000005"})])
    assert "另一个账号" not in client.get("/register/person/code/").content.decode()
    page = finish(client).content.decode()
    assert "这个手机号已经属于另一个账号" in page
    assert "hanxu" not in page
    walk(client, "person", [("phone", {"phone": "13800138000"})])  # another number, and on
    assert finish(client).headers["Location"] == "/register/person/done/"


def test_a_code_that_is_old_wrong_or_of_another_tab(client: Client) -> None:
    person(client)
    first = newest_code()
    walk(client, "person", [("phone", {"phone": "13800138000"})])  # the second tab sends another one
    for code in (first, "12345", "", "abcdef"):
        answer = client.post("/register/person/code/", {"code": code, "consent": "on"})
        assert answer.status_code == 422
    with clock.frozen(clock.now() + dt.timedelta(minutes=11)):
        assert "验证码已过期" in finish(client).content.decode()
    assert finish(client).status_code == 302


@pytest.mark.parametrize("name", ["HANXU", "LinWS", "zhaojm", "WGZJXM_new", "admin", "ab", "带汉字", "a b"])
def test_a_login_name_that_cannot_be_taken(client: Client, name: str) -> None:
    """F6; F8: the names of the old system belong to their accounts."""
    hanxu = demo.person("hanxu", "韩叙", 5)
    LoginAlias.objects.create(key="linws", shown="LinWS", account=hanxu)
    demo.person("WGZJXM_zhaojm", "赵嘉木", 6)
    walk(client, "person", [("identity", IDENTITY)])
    page = client.post("/register/person/login/", {**LOGIN, "login_name": name}).content.decode()
    assert "/help/F6/" in page
    assert "这些还可以用" in page
    checked = client.get("/register/check-name/", {"login_name": name}).content.decode()
    assert "这些还可以用" in checked
    assert "可以使用" in client.get("/register/check-name/", {"login_name": "free_name"}).content.decode()


def test_the_lookup_knows_old_names_and_no_phones_and_offers_what_is_unfinished(client: Client) -> None:
    """B5."""
    demo.person("WGZJXM_zhaojm", "赵嘉木", 6)
    for sought, there in (("zhaojm", True), ("13800000006", False)):
        page = client.post("/register/lookup/", {"sought": sought}).content.decode()
        assert ("已经注册。" in page) is there
    assert "接着填" not in client.get("/register/lookup/").content.decode()
    walk(client, "person", [("identity", IDENTITY)])
    assert "接着填" in client.get("/register/lookup/").content.decode()


def test_the_page_knows_what_the_password_must_not_be_like(client: Client) -> None:
    """B4: the names that the server compares with are the ones that the page ticks off by."""
    walk(client, "person", [("identity", IDENTITY)])
    page = client.get("/register/person/login/").content.decode()
    assert f'data-words="{"&#10;".join([IDENTITY["name"], *SERVICE])}"' in page.replace("\n", "&#10;")
    assert 'data-shortest="10"' in page
    common = client.get("/sign-in/common-passwords.json")
    assert "password123" in common.json()["passwords"]
