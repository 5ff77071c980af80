"""Pages on the demonstration data: a fixed number of queries whatever there is to show, and nobody sees another's."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.api import Account, Mandate, Organisation, actor_of
from waizhuan.projects.applications import actions
from waizhuan.projects.applications.models import Application
from waizhuan.projects.calls.models import Call
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.shared.flow.models import WorkItem

pytestmark = pytest.mark.django_db
MOST = 12


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[None]:  # type: ignore[no-untyped-def]
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", verbosity=0)
        yield
        transaction.set_rollback(True)


def client_of(login_key: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(login_key=login_key))
    return client


def queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def add_rows(count: int) -> None:
    """More of everything that lists show, for the demonstration's first unit and its bureau."""
    unit = Organisation.objects.get(account__login_key="yunxi")
    admin = actor_of(Account.objects.get(login_key="chenzhiwei"), acting_for=unit.pk)
    lead = Account.objects.get(login_key="linwangshu")
    call = Call.objects.order_by("id").first()
    assert call is not None
    bureau = UnitProfile.objects.get(unit=unit).department_id
    for n in range(count):
        made = actions.create(
            actor=admin, call=call, title=f"第 {n} 个 O'Brien 𠮷", lead=lead.pk, token=secrets.token_hex(16)
        )
        Application.objects.filter(pk=made.pk).update(state="recommend", department_id=bureau)
        WorkItem.objects.filter(process="applications.application", subject_id=made.pk, closed_at=None).update(
            account=None, organisation_id=bureau, role="department.clerk"
        )
        holder = demo.person(f"row{n}", f"行{n}", 40_000 + n)
        Mandate.objects.create(account=holder, organisation=unit, role="projects.lead", granted_by=unit.account)


LISTS = [
    ("chenzhiwei", "/"),
    ("chenzhiwei", "/applications/"),
    ("chenzhiwei", "/assignment/"),
    ("chenzhiwei", "/authorisation/"),
    ("linwangshu", "/applications/"),
    ("xizhou_clerk1", "/"),
    ("xizhou_clerk1", "/work/"),
    ("xizhou_clerk1", "/work/done/"),
    ("xizhou_clerk1", "/applications/"),
    ("ministry_head", "/calls/"),
    ("auditor", "/audit/"),
    ("linwangshu", "/messages/"),
]


def test_lists_cost_the_same_with_thirty_rows_more(world: None) -> None:
    before = {(who, path): queries(client_of(who), path) for who, path in LISTS}
    add_rows(30)
    after = {(who, path): queries(client_of(who), path) for who, path in LISTS}
    assert {k: (v, after[k]) for k, v in before.items() if after[k] > v} == {}
    assert {k: v for k, v in after.items() if v > MOST} == {}


def test_case_pages_stay_within_twelve_queries(world: None) -> None:
    case = Application.objects.filter(state="recommend", unit__account__login_key="yunxi").earliest("id")
    profile = UnitProfile.objects.filter(state="review").exclude(department=None).earliest("id")
    draft = Application.objects.filter(
        state="draft", lead__login_key="limuyang", unit__account__login_key="yunxi"
    ).first()
    pages = [
        ("xizhou_clerk1", f"/review/{case.pk}/"),
        ("chenzhiwei", f"/applications/{case.pk}/"),
        ("chenzhiwei", "/unit/"),
    ]
    if profile.department.name.startswith("汐州"):  # type: ignore[union-attr]
        pages.append(("xizhou_clerk1", f"/unit/{profile.pk}/review/"))
    if draft:
        pages += [
            ("limuyang", f"/applications/{draft.pk}/{s}/")
            for s in ("basic", "experts", "funding", "attachments", "submit")
        ]
    costs = {page: queries(client_of(page[0]), page[1]) for page in pages}
    assert {k: v for k, v in costs.items() if v > MOST} == {}


def test_another_unit_sees_nothing_of_it(world: None) -> None:
    case = Application.objects.filter(unit__account__login_key="yunxi", state="recommend").earliest("id")
    strangers = [
        "unit2",
        "hanxu",
        "lingbei_clerk1",
        "operator1",
    ]  # another unit, nobody, another province, the platform
    for login_key in strangers:
        client = client_of(login_key)
        for path in (
            f"/applications/{case.pk}/",
            f"/applications/{case.pk}/application.pdf",
            f"/review/{case.pk}/",
            f"/applications/{case.pk}/basic/",
            f"/review/{case.pk}/letter.pdf",
        ):
            assert client.get(path).status_code == 404, (login_key, path)
        assert (
            client.post(
                f"/review/{case.pk}/", {"transition": "recommend", "version": "3", "rank": "1", "note": "x"}
            ).status_code
            == 404
        )
        assert client.post(f"/applications/{case.pk}/basic/autosave/", {"title": "x"}).status_code == 404


def test_a_province_reads_its_cities_cases_and_decides_none(world: None) -> None:
    case = Application.objects.filter(unit__account__login_key="yunxi", state="recommend").earliest("id")
    client = client_of("jianghai_clerk1")
    assert client.get(f"/applications/{case.pk}/").status_code == 200
    decision = {"transition": "recommend", "version": str(case.version), "rank": "1", "note": "x"}
    assert client.post(f"/review/{case.pk}/", decision).status_code == 404
    case.refresh_from_db()
    assert case.state == "recommend"


def test_a_lead_cannot_decide_for_the_unit(world: None) -> None:
    case = Application.objects.get(unit__account__login_key="yunxi", state="unit_confirm")
    lead = client_of(case.lead.login_key)  # type: ignore[union-attr]
    assert lead.post(f"/review/{case.pk}/", {"transition": "confirm", "version": str(case.version)}).status_code == 404
    assert (
        lead.post(f"/applications/{case.pk}/", {"transition": "confirm", "version": str(case.version)}).status_code
        == 404
    )
    case.refresh_from_db()
    assert case.state == "unit_confirm"


def test_a_withdrawn_role_is_gone_on_the_next_request(world: None) -> None:
    """C3, in every session."""
    lead, admin = client_of("limuyang"), client_of("chenzhiwei")
    mine = Application.objects.filter(lead__login_key="limuyang", unit__account__login_key="yunxi").earliest("id")
    assert lead.get(f"/applications/{mine.pk}/").status_code == 200
    mandate = Mandate.objects.get(account__login_key="limuyang", withdrawn_at=None)
    assert admin.post(f"/authorisation/{mandate.pk}/withdraw/", {"why": "离职"}).status_code == 302
    assert lead.get(f"/applications/{mine.pk}/").status_code == 404
    mandate.refresh_from_db()
    assert mandate.withdrawn_why == "离职"  # history stays


def test_an_administrator_never_gives_beyond_their_own(world: None) -> None:
    """C2."""
    admin = client_of("chenzhiwei")
    form = {"name": "韩叙", "sought": "hanxu", "roles": ["department.head"]}
    assert admin.post("/authorisation/new/", form).status_code == 422
    form["roles"] = ["projects.lead"]
    assert admin.post("/authorisation/new/", form).status_code == 302
    assert admin.post("/authorisation/new/", form).status_code == 302  # twice is once
    assert Mandate.objects.filter(account__login_key="hanxu", withdrawn_at=None).count() == 1


@pytest.mark.parametrize(
    ("name", "sought", "says"),
    [
        ("无此人", "nobody_here", "没有找到这个账号"),
        ("李四", "hanxu", "姓名对不上"),
        ("<script>", "'; DROP TABLE x", "没有找到"),
    ],
)
def test_who_cannot_be_found_is_explained(world: None, name: str, sought: str, says: str) -> None:
    """C4."""
    page = client_of("chenzhiwei").post(
        "/authorisation/new/", {"name": name, "sought": sought, "roles": ["projects.lead"]}
    )
    assert page.status_code == 422
    assert says in page.content.decode()


def test_an_unverified_unit_is_told_why_it_cannot_authorise(world: None) -> None:
    """C5."""
    page = client_of("unit20").get("/authorisation/new/").content.decode()
    assert "通过实名认证以后才能授权" in page
    assert "/real-name/" in page


def test_projects_are_assigned_together_and_only_to_authorised_leads(world: None) -> None:
    """F4."""
    admin = client_of("chenzhiwei")
    lead = Account.objects.get(login_key="linwangshu")
    rows = Application.objects.filter(unit__account__login_key="yunxi", state__in=["draft", "recommend"])
    ids = [row.pk for row in rows]
    ticks = [f"{row.pk}:{row.lead_id or 0}" for row in rows]
    foreign = Application.objects.exclude(unit__account__login_key="yunxi").earliest("id")
    stranger = Account.objects.get(login_key="hanxu")
    assert admin.post("/assignment/", {"project": ticks, "lead": stranger.pk}).status_code == 422
    assert admin.post("/assignment/", {"project": [], "lead": lead.pk}).status_code == 422
    assert (
        admin.post(
            "/assignment/", {"project": [*ticks, f"{foreign.pk}:{foreign.lead_id or 0}"], "lead": lead.pk}
        ).status_code
        == 404
    )
    assert admin.post("/assignment/", {"project": ticks, "lead": lead.pk}).status_code == 302
    assert set(Application.objects.filter(pk__in=ids).values_list("lead_id", flat=True)) == {lead.pk}


@pytest.mark.parametrize(
    "text", ["𠮷" * 500, "'; DROP TABLE x; --", "\x00\x01", "a" * 30_000, "<script>alert(1)</script>", "-1", "9" * 40]
)
def test_no_input_breaks_a_form(world: None, text: str) -> None:
    lead, admin = client_of("limuyang"), client_of("chenzhiwei")
    draft = Application.objects.filter(
        lead__login_key="limuyang", state="draft", unit__account__login_key="yunxi"
    ).earliest("id")
    names = (
        "title",
        "starts_on",
        "summary",
        "contact_phone",
        "match",
        "papers",
        "do",
        "base",
        "touched",
        "rank",
        "version",
        "note",
        "unit",
        "q",
    )
    form = dict.fromkeys(names, text)
    for path in ("basic", "experts", "funding", "performance", "attachments"):
        assert lead.post(f"/applications/{draft.pk}/{path}/", form).status_code in (200, 302, 404, 409, 422)
        assert lead.post(f"/applications/{draft.pk}/{path}/autosave/", form).status_code in (200, 404, 409)
    for client, path in (
        (admin, "/applications/new/"),
        (admin, "/assignment/"),
        (admin, "/unit/"),
        (lead, "/authorisation/ask/"),
        (admin, "/authorisation/new/"),
    ):
        assert client.post(path, form).status_code in (200, 302, 409, 422, 404)
        assert client.get(path, {"q": text, "page": text, "lead": text, "view": text}).status_code == 200


@pytest.mark.parametrize(
    "name", ["assign", "submit", "approve", "nothing", "start", "", "reroute", "recommend", "supply"]
)
def test_no_transition_can_be_forced(world: None, name: str) -> None:
    """A posted name that is not offered does nothing, and is never a fault."""
    case = Application.objects.get(unit__account__login_key="yunxi", state="unit_confirm")
    admin, lead = client_of("chenzhiwei"), client_of(case.lead.login_key)  # type: ignore[union-attr]
    form = {"transition": name, "version": str(case.version), "note": "x", "rank": "1"}
    for client, path in (
        (admin, f"/applications/{case.pk}/"),
        (admin, f"/review/{case.pk}/"),
        (lead, f"/applications/{case.pk}/"),
        (admin, "/unit/"),
    ):
        assert client.post(path, form).status_code in (200, 404, 409, 422)
    case.refresh_from_db()
    assert case.state == "unit_confirm"


def test_the_language_is_switched_for_pages_and_messages_and_leads_nowhere_else(world: None) -> None:
    client = client_of("hanxu")
    answer = client.post("/language/", {"language": "en", "next": "/services/"})
    assert answer.headers["Location"] == "/services/"
    assert "Services" in client.get("/services/").content.decode()
    assert Account.objects.get(login_key="hanxu").language == "en"
    assert client.post("/language/", {"language": "en", "next": "https://evil.example/"}).headers["Location"] == "/"
    assert client.post("/language/", {"language": "xx"}).status_code == 302
    assert Account.objects.get(login_key="hanxu").language == "en"


def test_every_answer_carries_its_policy_and_request_id(world: None) -> None:
    answer = client_of("chenzhiwei").get("/", headers={"X-Request-ID": "given-id-1234"})
    assert answer["X-Request-ID"] == "given-id-1234"
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cache-Control"] == "no-store"
    assert Client().get("/", headers={"X-Request-ID": "<script>"})["X-Request-ID"] != "<script>"


@pytest.mark.django_db
def test_who_is_not_signed_in_can_sign_in_from_the_page_that_is_not_there() -> None:
    page = Client().get("/nowhere/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert f'href="{reverse("sign_in.start")}"' in main


@pytest.mark.parametrize(
    ("login_key", "offered"), [("chenzhiwei", True), ("linwangshu", True), ("yunxi", False), ("", False)]
)
def test_a_page_that_is_not_there_offers_another_unit_to_whom_has_one(
    world: None, login_key: str, offered: bool
) -> None:
    client = client_of(login_key) if login_key else Client()
    page = client.get("/nothing/is/there/").content.decode()
    assert ("换一个身份" in page.split("<main")[1]) == offered
    assert "您现在以个人身份办事" not in page or offered
