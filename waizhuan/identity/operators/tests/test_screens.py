"""The support desk and the statistics, role by role."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from waizhuan.identity import demo
from waizhuan.identity.delegation.actions import give_mandates
from waizhuan.identity.models import Account, FormerName, LoginAlias, Mandate, Organisation
from waizhuan.identity.operators import screens
from waizhuan.identity.operators.queries import AT_MOST, find
from waizhuan.identity.operators.statistics import statistics
from waizhuan.identity.realname import reviews
from waizhuan.identity.realname.checks import warning_keys
from waizhuan.identity.realname.models import Case, FormerDocument
from waizhuan.identity.realname.tests.conftest import (  # noqa: F401 (fixtures)
    FakeAuthority,
    as_actor,
    authority,
    operator,
    person,
    reviewer,
    senior,
    signed_in,
    staff,
    submitted,
)
from waizhuan.identity.sign_in import not_me
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Refused
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.flow.models import WorkItem
from waizhuan.shared.notify.models import Message
from waizhuan.shared.notify.testing import sent_to

pytestmark = pytest.mark.django_db
NUMBER = demo.resident_id(1)


@pytest.fixture
def security(operator: Organisation) -> Account:  # noqa: F811
    return staff("security", 203, operator, "operator.security")


def looked_at() -> list[str]:
    """Whom the audit log says was looked at."""
    return list(AuditEntry.objects.filter(verb="personal_data.viewed").values_list("subject", flat=True))


def search(client: Client, by: str, value: str, purpose: str = "call") -> str:
    response = client.post(reverse("operators.search"), {"by": by, "value": value, "purpose": purpose})
    return str(response.content.decode())


# ---------------------------------------------------------------- looking


@pytest.mark.parametrize(
    ("by", "value"),
    [
        ("document", NUMBER),
        ("document", f" {NUMBER[:6]} {NUMBER[6:]} "),
        ("phone", "138 0000 0001"),
        ("phone", "+8613800000001"),
        ("login", "ChenZhiwei"),
        ("login", "WGZJXM_chen"),
        ("login", "Chen"),
    ],
)
def test_people_are_found_by_exact_values(
    person: Account,  # noqa: F811
    reviewer: Account,  # noqa: F811
    by: str,
    value: str,
) -> None:
    LoginAlias.objects.create(key="wgzjxm_chen", shown="WGZJXM_chen", account=person)
    page = search(signed_in(reviewer), by, value)
    assert reverse("operators.account", args=[person.pk]) in page
    assert "陈**" in page
    assert "陈知微" not in page
    assert NUMBER not in page.replace(f'value="{value}"', "")
    assert looked_at() == [f"identity.account:{person.pk}"]
    assert not [entry for entry in AuditEntry.objects.all() if value.strip() in str(entry.detail)]


def test_an_old_account_is_found_without_its_prefix(reviewer: Account) -> None:  # noqa: F811
    old = demo.old_account("WGZJXM_zhaojm", "赵嘉木")
    for typed in ("zhaojm", "ZhaoJM", "wgzjxm_zhaojm"):
        assert reverse("operators.account", args=[old.pk]) in search(signed_in(reviewer), "login", typed)


@pytest.mark.parametrize("value", ["云溪理工大学", demo.credit_code(1000), "旧名学院"])
def test_units_are_found_by_name_code_and_former_name(reviewer: Account, value: str) -> None:  # noqa: F811
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    FormerName.objects.create(organisation=unit, name="旧名学院", name_key="旧名学院")
    assert unit.account is not None
    assert reverse("operators.account", args=[unit.account.pk]) in search(signed_in(reviewer), "unit", value)


def test_a_former_document_still_finds_its_person(person: Account, reviewer: Account) -> None:  # noqa: F811
    number = demo.resident_id(44)
    FormerDocument.objects.create(account=person, doc_type="resident_id", doc_number=number, doc_key=number)
    assert "陈**" in search(signed_in(reviewer), "document", number)


def test_a_passport_of_any_country_is_found_and_a_former_one(reviewer: Account) -> None:  # noqa: F811
    siobhan = demo.person("siobhan", "Siobhán O'Brien", 92, passport="IRL:PB7654321")
    FormerDocument.objects.create(
        account=siobhan, doc_type="passport", doc_country="IRL", doc_number="XA1234567", doc_key="IRL:XA1234567"
    )
    for number in ("pb 7654321", "XA1234567"):
        assert reverse("operators.account", args=[siobhan.pk]) in search(signed_in(reviewer), "document", number)


@pytest.mark.parametrize("by", ["document", "phone", "login", "unit", "", "shoe_size"])
@pytest.mark.parametrize("value", ["", "%", "陈", "\x00", "𠮷", "x" * 500, "' OR 1=1 --", "<script>", NUMBER[:10]])
def test_a_part_or_nonsense_finds_nobody(
    person: Account,  # noqa: F811
    reviewer: Account,  # noqa: F811
    by: str,
    value: str,
) -> None:
    assert reverse("operators.account", args=[person.pk]) not in search(signed_in(reviewer), by, value)


def test_without_a_purpose_nothing_is_found(
    person: Account,  # noqa: F811
    reviewer: Account,  # noqa: F811
) -> None:
    client = signed_in(reviewer)
    assert reverse("operators.account", args=[person.pk]) not in search(client, "document", NUMBER, purpose="")
    assert looked_at() == []
    page = client.get(reverse("operators.account", args=[person.pk])).content.decode()
    assert "陈" not in page
    assert "查看的用途" in page


def test_a_purpose_opens_one_account_for_half_an_hour(
    person: Account,  # noqa: F811
    reviewer: Account,  # noqa: F811
) -> None:
    client, url = signed_in(reviewer), reverse("operators.account", args=[person.pk])
    assert client.post(url, {"purpose": "call"}).status_code == 302
    page = client.get(url).content.decode()
    assert "陈**" in page
    assert "没有人工审核的记录" in page, "one can be verified without any"
    assert NUMBER not in page
    assert looked_at() == [f"identity.account:{person.pk}"]
    with clock.frozen(timezone.now() + dt.timedelta(minutes=31)):
        assert "陈**" not in client.get(url).content.decode()


def test_full_values_ask_again(
    person: Account,  # noqa: F811
    reviewer: Account,  # noqa: F811
) -> None:
    client, url = signed_in(reviewer), reverse("operators.account", args=[person.pk])
    assert NUMBER not in client.post(url, {"reveal": "1", "purpose": ""}).content.decode()
    assert looked_at() == []
    assert NUMBER in client.post(url, {"reveal": "1", "purpose": "call"}).content.decode()
    assert len(looked_at()) == 1


@pytest.mark.parametrize("role", ["operator.system", "operator.auditor"])
def test_system_and_audit_see_no_accounts(
    person: Account,  # noqa: F811
    operator: Organisation,  # noqa: F811
    role: str,
) -> None:
    client = signed_in(staff("someone", 209, operator, role))
    assert client.get(reverse("operators.search")).status_code == 404
    assert client.post(reverse("operators.account", args=[person.pk]), {"purpose": "call"}).status_code == 404
    assert client.get(reverse("operators.statistics")).status_code == 200


def test_others_see_nothing(person: Account, operator: Organisation) -> None:  # noqa: F811
    client = signed_in(person)
    for screen in ("operators.search", "operators.statistics"):
        assert client.get(reverse(screen)).status_code == 404
    assert client.get(reverse("operators.account", args=[person.pk])).status_code == 404
    assert client.post(reverse("operators.act", args=[person.pk]), {"act": "lock", "reason": "x"}).status_code == 404


def test_an_account_that_is_not_there(reviewer: Account) -> None:  # noqa: F811
    client = signed_in(reviewer)
    assert client.get(reverse("operators.account", args=[10**9])).status_code == 404
    assert client.post(reverse("operators.account", args=[10**9]), {"purpose": "call"}).status_code == 404


# ---------------------------------------------------------------- acting


def act(by: Account, on: Account, what: str, reason: str = "本人来电要求") -> int:
    client = signed_in(by)
    client.post(reverse("operators.account", args=[on.pk]), {"purpose": "security"})
    return int(client.post(reverse("operators.act", args=[on.pk]), {"act": what, "reason": reason}).status_code)


def test_locking_ends_sessions_and_tells_the_holder(
    person: Account,  # noqa: F811
    security: Account,
) -> None:
    before, signed_in_client = person.sessions_from, signed_in(person)
    assert act(security, person, "lock") == 302
    person.refresh_from_db()
    assert person.locked_at is not None
    assert not person.is_active
    assert person.sessions_from > before
    assert signed_in_client.get(reverse("realname.status")).status_code == 302  # at once, in every session
    assert [m.template for m in Message.objects.filter(account=person)] == ["operators.locked"]
    assert AuditEntry.objects.get(verb="operators.locked").detail == {"reason": "本人来电要求"}
    assert act(security, person, "lock") == 422  # once is enough
    assert act(security, person, "unlock") == 302
    person.refresh_from_db()
    assert person.locked_at is None


def test_the_desk_reads_why_an_account_is_locked(person: Account, security: Account) -> None:  # noqa: F811
    def page() -> str:
        client = signed_in(security)
        address = reverse("operators.account", args=[person.pk])
        client.post(address, {"purpose": "security"})
        return client.get(address).content.decode()

    assert "平台锁定的理由" not in page()
    assert act(security, person, "lock", "O'Brien <b>来电</b>") == 302
    assert "平台锁定的理由：O&#x27;Brien &lt;b&gt;来电&lt;/b&gt;" in page()
    assert act(security, person, "unlock") == 302
    not_me.lock(person)
    assert "点了“不是我本人”" in page()


def test_whoever_is_locked_out_reads_the_way_back_in(person: Account, security: Account) -> None:  # noqa: F811
    """Recovery does not lift an operator's lock: the door and the message lead to the appeal."""
    assert act(security, person, "lock") == 302
    given = {"login_name": person.login_name, "password": demo.PASSWORD}
    page = Client().post(reverse("sign_in.start"), given).content.decode()
    assert "平台锁定了这个账号" in page
    assert f'href="{reverse("appeals.start")}"' in page
    assert "平台锁定了" not in Client().post(reverse("sign_in.start"), {**given, "password": "x"}).content.decode()
    message = Message.objects.get(account=person)
    assert message.link == reverse("appeals.start")
    assert reverse("appeals.start") in sent_to(person.phone)[0]


def test_ending_sessions_leaves_the_account_open(person: Account, security: Account) -> None:  # noqa: F811
    before = person.sessions_from
    assert act(security, person, "end_sessions") == 302
    person.refresh_from_db()
    assert person.sessions_from > before
    assert person.locked_at is None


@pytest.mark.parametrize("what", ["lock", "unlock", "end_sessions"])
def test_no_act_without_a_reason(person: Account, security: Account, what: str) -> None:  # noqa: F811
    assert act(security, person, what, reason="  ") == 422
    person.refresh_from_db()
    assert person.locked_at is None


def test_nobody_locks_themselves(security: Account) -> None:
    assert act(security, security, "lock") == 422
    security.refresh_from_db()
    assert security.locked_at is None


def test_reviewers_do_not_lock(person: Account, reviewer: Account) -> None:  # noqa: F811
    assert act(reviewer, person, "lock") == 404
    assert act(reviewer, person, "anything") == 404


# ---------------------------------------------------------------- how much one looks at


def test_whoever_looks_at_sixty_accounts_an_hour_waits(person: Account, reviewer: Account, settings: Any) -> None:  # noqa: F811
    """Searches and openings have one budget; what is refused finds nothing and leaves no entry of a look."""
    settings.RATE_LIMITS_ON = True
    client = signed_in(reviewer)
    for _ in range(screens.LOOKS - 1):
        screens.one_more_look(as_actor(reviewer))
    assert person.login_name in search(client, "login", person.login_name)
    before = len(looked_at())
    refused = client.post(reverse("operators.search"), {"by": "login", "value": person.login_name, "purpose": "call"})
    assert "试得太频繁了" in refused.content.decode()
    assert client.post(reverse("operators.account", args=[person.pk]), {"purpose": "call"}).status_code != 302
    assert len(looked_at()) == before


def test_a_search_shows_ten_at_most(reviewer: Account) -> None:  # noqa: F811
    """A phone that many accounts name is no list of them."""
    for n in range(30, 42):
        account = demo.person(f"shared{n}", demo.person_name(n), n)
        Account.objects.filter(pk=account.pk).update(phone_verified_at=None)
        account.refresh_from_db()
        account.phone = demo.mobile(30)
        account.save()
    found = find("phone", demo.mobile(30))
    assert len(found) == AT_MOST == 10


# ---------------------------------------------------------------- statistics


def test_statistics_count_volume_time_and_outcome(
    reviewer: Account,  # noqa: F811
    operator: Organisation,  # noqa: F811
    authority: FakeAuthority,  # noqa: F811
) -> None:
    cases = [submitted(demo.person(f"p{n}", demo.person_name(n), n, verified=False)) for n in range(20, 24)]
    for case in cases[:2]:
        keys = warning_keys(case)
        reviews.decide(as_actor(reviewer), case, "approve", version=case.version, accepted=keys)
    reviews.decide(as_actor(reviewer), cases[2], "decline", version=cases[2].version, note="看不清")
    WorkItem.objects.filter(closed_at=None, subject_id=cases[3].pk).update(due_at=timezone.now())
    found = statistics(operator.pk, 30)
    (line,) = found.lines
    assert (line.received, line.decided, line.open, line.overdue) == (4, 3, 1, 1)
    assert line.in_time_percent == 100
    assert sum(bar.value for bar in found.volume) == 4
    assert len(found.volume) == 5
    assert found.volume[-1].value == 4
    ((_, outcomes),) = found.outcomes
    assert [(str(b.label), b.value, b.length) for b in outcomes] == [("通过", 2, 100), ("不通过", 1, 50)]


@pytest.mark.parametrize("days", ["30", "90", "365", "", "-1", "x", "9" * 40])
def test_the_statistics_page(reviewer: Account, days: str) -> None:  # noqa: F811
    response = signed_in(reviewer).get(reverse("operators.statistics"), {"days": days})
    assert response.status_code == 200


def test_statistics_cost_the_same_with_one_and_with_thirty(
    reviewer: Account,  # noqa: F811
    authority: FakeAuthority,  # noqa: F811
) -> None:
    client, url = signed_in(reviewer), reverse("operators.statistics")
    submitted(demo.person("p0", "韩叙", 20, verified=False))
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for n in range(21, 51):
        submitted(demo.person(f"p{n}", demo.person_name(n), n, verified=False))
    with CaptureQueriesContext(connection) as thirty:
        client.get(url)
    assert len(thirty) == len(one) <= 12


def test_the_account_page_costs_the_same_with_one_and_with_thirty(
    person: Account,  # noqa: F811
    reviewer: Account,  # noqa: F811
    authority: FakeAuthority,  # noqa: F811
) -> None:
    client, url = signed_in(reviewer), reverse("operators.account", args=[person.pk])
    case = submitted(person)
    client.post(url, {"purpose": "call"})
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for n in range(30):
        Case.objects.create(
            asker_account=person,
            kind="person",
            operator_id=case.operator_id,
            name="x",
            doc_type="resident_id",
            doc_number=NUMBER,
            state="withdrawn",
            number=f"X{n}",
        )
    with CaptureQueriesContext(connection) as thirty:
        client.get(url)
    assert len(thirty) == len(one) <= 14


# ---------------------------------------------------------------- mending a mistake, separated duties


def test_a_senior_reviewer_neither_locks_nor_ends_sessions(person: Account, senior: Account) -> None:  # noqa: F811
    for what in ("lock", "unlock", "end_sessions"):
        assert act(senior, person, what) == 404


ADMINISTRATORS = ("operator.system", "operator.security", "operator.auditor")
#: What is each administrator's own, and closed to the other two.
OWN = {
    "operator.system": ("/calendar/", "/authorisation/"),
    "operator.security": ("/operators/accounts/",),
    "operator.auditor": ("/audit/", "/audit/export.csv"),
}


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_each_administrator_sees_their_own_alone(operator: Organisation, role: str) -> None:  # noqa: F811
    client = signed_in(staff("someone", 209, operator, role))
    for owner, paths in OWN.items():
        for path in paths:
            assert client.get(path).status_code == (200 if owner == role else 404), path
    assert client.get("/work/").status_code in (200, 404)
    case = submitted(demo.person("asker", "唐小满", 30, verified=False))
    assert client.get(reverse("realname.review", args=[case.pk])).status_code == 404


@pytest.mark.parametrize("one", [*ADMINISTRATORS, "operator.reviewer", "operator.senior"])
@pytest.mark.parametrize("two", ADMINISTRATORS)
def test_nobody_holds_two_that_are_kept_apart(operator: Organisation, one: str, two: str) -> None:  # noqa: F811
    giver = as_actor(staff("sysadmin", 204, operator, "operator.system"))
    holder = staff("someone", 209, operator, one)

    def give(*codes: str) -> None:
        give_mandates(actor=giver, account_id=holder.pk, codes=codes, until=None, note="")

    if one == two:
        give(two)  # renewing is no second role
        return
    with pytest.raises(Refused):
        give(two)
    with pytest.raises(Refused):
        give(one, two)
    assert [m.role for m in holder.mandates.all()] == [one]
    if one in ADMINISTRATORS:  # the database's own guarantee
        with pytest.raises(IntegrityError), transaction.atomic():
            Mandate.objects.create(account=holder, organisation=operator, role=two)


def test_after_one_has_run_out_the_other_may_be_given(operator: Organisation) -> None:  # noqa: F811
    giver = as_actor(staff("sysadmin", 204, operator, "operator.system"))
    holder = staff("someone", 209, operator, "operator.auditor")
    past = timezone.now() - dt.timedelta(days=1)
    Mandate.objects.filter(account=holder).update(valid_from=past - dt.timedelta(days=9), valid_until=past)
    give_mandates(actor=giver, account_id=holder.pk, codes=["operator.security"], until=None, note="")
    assert as_actor(holder).roles | as_actor(holder).waiting_roles == {"operator.security"}
