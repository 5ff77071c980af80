"""The operator's page: evidence, checks, full numbers, decisions, the next case."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Organisation
from waizhuan.identity.realname.checks import warning_keys
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.tests.conftest import FakeAuthority, as_actor, signed_in, staff, submitted
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.flow.models import WorkItem

pytestmark = pytest.mark.django_db
NUMBER = demo.resident_id(1)


def post(account: Account, screen: str, case: Case, **data: object) -> tuple[int, str, str]:
    response = signed_in(account).post(reverse(screen, args=[case.pk]), data)
    return response.status_code, response.headers.get("Location", ""), response.content.decode()


def decide(account: Account, case: Case, transition: str, **data: object) -> tuple[int, str, str]:
    return post(account, "realname.decide", case, transition=transition, version=case.version, **data)


def test_the_page_masks_numbers(person: Account, reviewer: Account, authority: FakeAuthority) -> None:
    case = submitted(person)
    response = signed_in(reviewer).get(reverse("realname.review", args=[case.pk]))
    page = response.content.decode()
    assert response.status_code == 200
    assert NUMBER not in page
    assert NUMBER[:4] in page
    assert "陈知微" in page
    assert "可以接受" in page
    assert page.count("btn-primary") == 1


def test_a_full_number_is_shown_for_a_purpose_and_recorded(
    person: Account, reviewer: Account, authority: FakeAuthority
) -> None:
    case = submitted(person)
    status, _, page = post(reviewer, "realname.reveal", case, purpose="compare")
    assert status == 200
    assert NUMBER in page
    looked = AuditEntry.objects.filter(verb="personal_data.viewed", subject=f"realname.case:{case.pk}")
    assert [entry.detail for entry in looked] == [{"purpose": "compare"}]
    status, _, page = post(reviewer, "realname.reveal", case, purpose="curiosity")
    assert status == 422
    assert NUMBER not in page
    assert looked.count() == 1
    assert signed_in(reviewer).get(reverse("realname.reveal", args=[case.pk])).status_code == 405


def test_an_empty_note_is_said_beside_its_field(person: Account, reviewer: Account, authority: FakeAuthority) -> None:
    status, _, page = decide(reviewer, submitted(person), "decline")
    assert status == 422
    assert 'id="note-error"' in page


def test_warnings_are_ticked_before_approval_and_nothing_typed_is_lost(
    person: Account, reviewer: Account, authority: FakeAuthority
) -> None:
    case = submitted(person)
    status, _, page = decide(reviewer, case, "approve", note="照片清楚")
    assert status == 422
    assert "照片清楚" in page
    case.refresh_from_db()
    assert case.state == "review"


def opens(case: Case) -> str:
    return reverse("flow.open", args=[WorkItem.objects.get(subject_id=case.pk, closed_at=None).pk])


def test_approve_leads_to_the_next_case_by_due_time(reviewer: Account, authority: FakeAuthority) -> None:
    cases = [submitted(demo.person(f"p{n}", demo.person_name(n), n, verified=False)) for n in range(20, 23)]
    second = opens(cases[1])
    assert signed_in(reviewer).get(second)["Location"] == reverse("realname.review", args=[cases[1].pk])
    status, target, _ = decide(reviewer, cases[0], "approve", accepted=warning_keys(cases[0]))
    assert (status, target) == (302, second)
    status, target, _ = decide(reviewer, cases[2], "approve", accepted=warning_keys(cases[2]))
    assert (status, target) == (302, second)  # round to the most urgent
    status, target, _ = decide(reviewer, cases[1], "approve", accepted=warning_keys(cases[1]))
    assert (status, target) == (302, reverse("flow.queue"))


def test_the_slower_operator_reads_who_was_faster(person: Account, reviewer: Account, authority: FakeAuthority) -> None:
    case = submitted(person)
    other = staff("operator3", 203, Organisation.objects.get(kind="operator"), "operator.reviewer")
    decide(reviewer, case, "approve", accepted=warning_keys(case))
    status, _, page = decide(other, case, "decline", note="看不清")
    assert status == 409
    assert "平台运营中心" in page
    case.refresh_from_db()
    assert case.state == "passed"


def test_declining_and_asking_want_a_reason(person: Account, reviewer: Account, authority: FakeAuthority) -> None:
    case = submitted(person)
    assert decide(reviewer, case, "decline")[0] == 422
    assert decide(reviewer, case, "ask")[0] == 422
    status, _, _ = decide(reviewer, case, "ask", reason=["blurred", "expiry"])
    assert status == 302
    case.refresh_from_db()
    assert case.state == "asked"
    asker = signed_in(person).get(reverse("realname.upload", args=[case.pk])).content.decode()
    assert "看不清" in asker


@pytest.mark.parametrize("transition", ["", "auto_pass", "withdraw", "submit", "void", "x" * 500, "\x00"])
def test_only_decisions_are_taken(
    person: Account, reviewer: Account, authority: FakeAuthority, transition: str
) -> None:
    case = submitted(person)
    assert decide(reviewer, case, transition)[0] in (302, 404)
    case.refresh_from_db()
    assert case.state == "review"


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30, "𠮷"])
def test_odd_versions_break_nothing(person: Account, reviewer: Account, authority: FakeAuthority, version: str) -> None:
    case = submitted(person)
    status, _, _ = post(reviewer, "realname.decide", case, transition="decline", version=version, note="x")
    assert status in (302, 409)


@pytest.mark.parametrize("role", ["operator.auditor", "operator.system", "operator.security"])
def test_other_roles_do_not_see_cases(
    person: Account, operator: Organisation, authority: FakeAuthority, role: str
) -> None:
    case = submitted(person)
    someone = signed_in(staff("someone", 209, operator, role))
    assert someone.get(reverse("realname.review", args=[case.pk])).status_code == 404


def test_a_case_that_was_not_handed_in_is_not_seen(
    person: Account, reviewer: Account, authority: FakeAuthority
) -> None:
    from waizhuan.identity.realname import actions

    case = actions.start_check(as_actor(person), "person")
    assert signed_in(reviewer).get(reverse("realname.review", args=[case.pk])).status_code == 404


def test_ones_own_case_shows_why_it_cannot_be_decided(operator: Organisation, authority: FakeAuthority) -> None:
    own = demo.person("operator4", "许青禾", 204, verified=False)
    demo.mandate(own, operator, "operator.reviewer")
    case = submitted(own)
    page = signed_in(own).get(reverse("realname.review", args=[case.pk])).content.decode()
    assert "要由别人审核" in page
    assert 'name="transition"' not in page


def test_the_asker_reads_that_it_is_done(person: Account, reviewer: Account, authority: FakeAuthority) -> None:
    case = submitted(person)
    decide(reviewer, case, "approve", accepted=warning_keys(case))
    page = signed_in(person).get(reverse("realname.case", args=[case.pk])).content.decode()
    assert "已经通过，不用再做什么" in page
    assert "人工审核通过" in page


def test_a_decided_case_can_still_be_read(person: Account, reviewer: Account, authority: FakeAuthority) -> None:
    case = submitted(person)
    decide(reviewer, case, "decline", note="看不清")
    page = signed_in(reviewer).get(reverse("realname.review", args=[case.pk])).content.decode()
    assert "看不清" in page
    assert 'name="transition"' not in page


def test_the_page_costs_the_same_with_one_and_with_thirty(reviewer: Account, authority: FakeAuthority) -> None:
    client = signed_in(reviewer)
    first = submitted(demo.person("p0", "韩叙", 20, verified=False))
    url = reverse("realname.review", args=[first.pk])
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url)
    for n in range(21, 50):
        submitted(demo.person(f"p{n}", demo.person_name(n), n, verified=False))
    with CaptureQueriesContext(connection) as thirty:
        client.get(url)
    assert len(thirty) <= len(one) + 1  # the next case, which is now there
    assert len(thirty) <= 12
