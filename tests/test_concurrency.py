"""Two at the same moment, with real threads on PostgreSQL: the database decides, and nothing happens twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client

from waizhuan.identity import demo, rate
from waizhuan.identity.account_merges import actions as account_merges
from waizhuan.identity.account_merges.process import MERGE
from waizhuan.identity.api import Account, Organisation, actor_of, pass_post
from waizhuan.identity.appeals.models import Appeal
from waizhuan.identity.delegation.actions import give_mandates
from waizhuan.identity.models import Mandate, Person
from waizhuan.identity.my_information import pending
from waizhuan.identity.my_information.closing import close
from waizhuan.identity.my_information.models import Closing, DataRequest
from waizhuan.identity.my_information.process import REQUEST
from waizhuan.identity.openid import actions as systems
from waizhuan.identity.openid import grants, rules
from waizhuan.identity.openid.models import Grant
from waizhuan.identity.openid.tests.conftest import system
from waizhuan.identity.operators.actions import propose_withdrawal
from waizhuan.identity.operators.models import Withdrawal
from waizhuan.identity.operators.process import WITHDRAWAL
from waizhuan.identity.registration import actions as registration
from waizhuan.identity.registration.models import Draft
from waizhuan.identity.sign_in import sessions
from waizhuan.identity.sign_in.models import Device
from waizhuan.kernel import crypto
from waizhuan.kernel.errors import Conflict, Refused
from waizhuan.kernel.testing import together
from waizhuan.projects.departments import demo as departments
from waizhuan.projects.entry import demo as entry
from waizhuan.projects.entry.process import PROFILE
from waizhuan.shared.flow.api import Step, WorkItem, perform, start
from waizhuan.shared.notify.models import Message

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in str(connection.settings_dict["ENGINE"]), reason="needs a database with row locks"),
]


def bureau() -> tuple[Organisation, Account, Account, Organisation, Account]:
    office = departments.build()["汐州市外国专家局"]
    clerks = [demo.person(f"clerk{n}", f"经办{n}", 900 + n) for n in range(2)]
    for clerk in clerks:
        demo.mandate(clerk, office, "department.clerk")
    unit = demo.unit("unit", "青石研究院", 77)
    admin = demo.person("admin", "管理员", 950)
    demo.mandate(admin, unit, "unit.admin")
    return office, clerks[0], clerks[1], unit, admin


def test_two_clerks_decide_at_the_same_moment() -> None:
    office, one, two, unit, admin = bureau()
    first, second = (actor_of(c, acting_for=office.pk) for c in (one, two))
    row = entry.profile(unit, admin, office, first, state="review")
    results = together(
        lambda: perform(PROFILE, row, "approve", first, version=row.version),
        lambda: perform(PROFILE, row, "decline", second, note="不符", version=row.version),
    )
    assert sum(isinstance(r, Conflict) for r in results) == 1, results
    row.refresh_from_db()
    decided = Step.objects.filter(process=PROFILE.name, subject_id=row.pk, transition__in=["approve", "decline"])
    assert decided.count() == 1
    loser = next(r for r in results if isinstance(r, Conflict))
    assert loser.by  # says who was faster


def test_one_clerk_presses_twice_at_the_same_moment() -> None:
    office, one, _, unit, admin = bureau()
    clerk = actor_of(one, acting_for=office.pk)
    row = entry.profile(unit, admin, office, clerk, state="review")
    results = together(*[lambda: perform(PROFILE, row, "approve", clerk, version=row.version)] * 3)
    assert not [r for r in results if isinstance(r, Exception)], results
    assert Step.objects.filter(process=PROFILE.name, subject_id=row.pk, transition="approve").count() == 1
    assert WorkItem.objects.filter(process=PROFILE.name, subject_id=row.pk, closed_at=None).count() == 0


def test_withdrawn_while_it_is_being_decided() -> None:
    office, one, _, unit, admin = bureau()
    clerk, asker = actor_of(one, acting_for=office.pk), actor_of(admin, acting_for=unit.pk)
    row = entry.profile(unit, admin, office, clerk, state="review")
    results = together(
        lambda: perform(PROFILE, row, "approve", clerk, version=row.version),
        lambda: perform(PROFILE, row, "withdraw", asker, version=row.version),
    )
    assert sum(isinstance(r, Conflict) for r in results) == 1, results
    assert WorkItem.objects.filter(process=PROFILE.name, subject_id=row.pk, closed_at=None).count() <= 1


def draft(login_name: str, number: str, phone: str) -> Draft:
    made = Draft.objects.create(
        kind="person", password=demo.hashed_password(), phone_verified=crypto.blind_index("phone", phone)
    )
    registration.keep(
        made,
        {
            "name": "韩叙",
            "doc_type": "resident_id",
            "doc_country": "CHN",
            "doc_number": number,
            "doc_key": number,
            "login_name": login_name,
            "phone": phone,
        },
    )
    return made


def test_two_registrations_of_one_number_give_one_account() -> None:
    number = demo.resident_id(31)
    drafts = [draft(f"han{n}", number, demo.mobile(800 + n)) for n in range(2)]
    results = together(*[lambda d=d: registration.complete(d) for d in drafts])  # type: ignore[misc]
    assert sum(isinstance(r, Account) for r in results) == 1, results
    refused = next(r for r in results if isinstance(r, Refused))
    assert refused.verdicts[0].code == "B1"
    assert Person.objects.count() == Account.objects.count() == 1


def test_one_registration_pressed_three_times_gives_one_account() -> None:
    """B5."""
    one = draft("hanxu", demo.resident_id(32), demo.mobile(810))
    results = together(*[lambda: registration.complete(one)] * 3)
    assert {r.pk for r in results if isinstance(r, Account)} == {Account.objects.get().pk}, results


def test_two_administrators_give_the_same_post() -> None:
    from waizhuan.identity.delegation.actions import give_mandates

    unit = demo.unit("unit", "青石研究院", 77)
    admins = [demo.person(f"admin{n}", f"管理{n}", 960 + n) for n in range(2)]
    for admin in admins:
        demo.mandate(admin, unit, "unit.admin")
    person = demo.person("lead", "负责人", 970)
    results = together(
        *[
            lambda a=a: give_mandates(
                actor=actor_of(a, acting_for=unit.pk),
                account_id=person.pk,
                codes=["projects.lead"],
                until=None,
                note="",
            )  # type: ignore[misc]
            for a in admins
        ]
    )
    assert not [r for r in results if isinstance(r, Exception)], results
    assert Mandate.objects.filter(account=person, withdrawn_at=None).count() == 1


def test_every_try_counts_however_many_come_at_once() -> None:
    answers = together(*[lambda: [rate.count("at once", seconds=86400) for _ in range(10)] for _ in range(8)])
    assert all(isinstance(a, list) for a in answers), answers
    counted = sorted(n for a in answers for n in a)  # type: ignore[attr-defined]
    assert counted == list(range(1, 81))
    assert rate.spent("at once", seconds=86400) == 80


def test_the_same_appeal_from_two_tabs_is_one_draft(settings) -> None:  # type: ignore[no-untyped-def]
    settings.CAPTCHA_ON = settings.RATE_LIMITS_ON = False
    demo.organisation("operator", "平台运营中心")
    first = Client()
    first.get("/appeals/")
    session = first.session
    session["here"] = True
    session.save()
    first.cookies["session"] = session.session_key
    given = {"name": "韩叙", "doc_type": "resident_id", "doc_number": demo.resident_id(5), "phone": "139 1111 0000"}
    given["identity"] = "on"

    def tab() -> int:
        client = Client()
        client.cookies["session"] = session.session_key
        return client.post("/appeals/new/person/", given).status_code

    assert together(tab, tab, tab) == [302, 302, 302] or Appeal.objects.count() == 1
    assert Appeal.objects.count() == 1


def while_it_goes(
    goes: Callable[[], object],
    work: Callable[[], object],
    *,
    waits: bool = True,
    goes_on: Callable[[], object] = lambda: None,
) -> object:
    """What comes of `work`, begun while the transaction of `goes` has done its work and is still open. `goes_on`: what that
    transaction still does then."""
    gone, results = threading.Event(), []

    def other() -> None:
        gone.wait(timeout=10)
        try:
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    with transaction.atomic():
        goes()
        gone.set()
        thread.join(timeout=2)
        assert not waits or not results, "it waits for this transaction"
        goes_on()
    thread.join(timeout=10)
    return results[0]


def test_no_post_is_given_to_an_account_that_is_being_merged_away() -> None:
    unit = demo.unit("unit", "青石研究院", 77)
    admin, kept, gone = (
        demo.person("admin", "管理员", 950),
        demo.person("kept", "韩叙", 951),
        demo.person("gone", "韩叙", 952),
    )
    demo.mandate(admin, unit, "unit.admin")
    desk = demo.organisation("operator", "平台运营中心")
    first, second = demo.person("op1", "秦安澜", 953), demo.person("op2", "许青禾", 954)
    for operator in (first, second):
        demo.mandate(operator, desk, "operator.senior")
    merge = account_merges.begin(actor=actor_of(first), survivor=kept, closing=gone, reason="同一个人")
    merge = perform(MERGE, merge, "check", actor_of(first))
    giver = actor_of(admin, acting_for=unit.pk)
    refused = while_it_goes(
        lambda: perform(MERGE, merge, "merge", actor_of(second)),
        lambda: give_mandates(actor=giver, account_id=gone.pk, codes=["projects.lead"], until=None, note=""),
    )
    assert isinstance(refused, Refused), refused
    assert "并入了另一个账号" in str(refused.verdicts[0].reason)
    assert not Mandate.objects.filter(account=gone, withdrawn_at=None).exists()


def test_no_post_passes_to_an_account_that_is_being_closed() -> None:
    office, clerk, *_ = bureau()
    successor = demo.person("successor", "韩叙", 955)
    head = actor_of(clerk, acting_for=office.pk)
    refused = while_it_goes(
        lambda: close(successor),
        lambda: pass_post(
            actor=head, organisation_id=office.pk, post="department.head", along=(), leaver=None,
            successor=successor.pk, why="",
        ),
    )  # fmt: skip
    assert isinstance(refused, Refused), refused
    assert not Mandate.objects.filter(account=successor, withdrawn_at=None).exists()


def leaver() -> tuple[Account, DataRequest]:
    """Somebody whose own request at the desk holds up the closing of their account."""
    account = demo.person("leaver", "韩叙", 956)
    made = DataRequest(
        kind="explain", words="说明", operator=demo.organisation("operator", "平台运营中心"), asker_account=account
    )
    return account, start(REQUEST, made, actor_of(account))


def test_a_closing_that_is_asked_for_twice_at_once_is_one() -> None:
    account, _ = leaver()
    results = together(*[lambda: pending.ask(actor_of(account), account)] * 3)
    assert results == [False] * 3
    assert Closing.objects.count() == Message.objects.filter(template="my_information.closing_asked").count() == 1


@pytest.mark.parametrize("first", ["clock", "holder"])
def test_a_closing_is_taken_back_while_the_clock_carries_it_out(first: str) -> None:
    account, request = leaver()
    pending.ask(actor_of(account), account)
    perform(REQUEST, request, "withdraw", actor_of(account))
    work = {"clock": pending.go_on, "holder": lambda: pending.take_back(actor_of(account), account)}
    after = while_it_goes(work.pop(first), *work.values())
    assert not isinstance(after, Exception), after
    account.refresh_from_db()
    assert bool(account.closed_at) == (first == "clock")
    assert Closing.objects.get().state == {"clock": "closed", "holder": "taken_back"}[first]


def test_what_begins_while_the_clock_closes_an_account_does_not_begin() -> None:
    account, request = leaver()
    pending.ask(actor_of(account), account)
    perform(REQUEST, request, "withdraw", actor_of(account))
    unit = demo.unit("unit", "青石研究院", 77)
    admin = demo.person("admin", "管理员", 950)
    demo.mandate(admin, unit, "unit.admin")
    giver = actor_of(admin, acting_for=unit.pk)
    refused = while_it_goes(
        pending.go_on,
        lambda: give_mandates(actor=giver, account_id=account.pk, codes=["projects.lead"], until=None, note=""),
    )
    assert isinstance(refused, Refused), refused
    assert not Mandate.objects.filter(account=account, withdrawn_at=None).exists()


@pytest.mark.parametrize("what", ["begin", "allow", "withdraw"])
def test_entering_a_system_while_the_account_passes_into_other_hands(what: str) -> None:
    """Both lock the account first: neither holds a consent that the other waits for."""
    account = demo.person("holder", "韩叙", 958)
    labs, who = system(), actor_of(account)
    consent = grants.allow(who, labs.row, rules.SCOPES)
    asked = rules.read({k: [v] for k, v in labs.ask().items()}, labs.row.scopes)
    assert isinstance(asked, rules.Asked)
    grants.begin(who, labs.row, asked, device=None, auth_time=1)
    work: dict[str, Callable[[], object]] = {
        "begin": lambda: grants.begin(who, labs.row, asked, device=None, auth_time=1),
        "allow": lambda: grants.allow(who, labs.row, rules.SCOPES),
        "withdraw": lambda: grants.withdraw(who, consent.pk),
    }
    after = while_it_goes(
        lambda: Account.objects.select_for_update().get(pk=account.pk),
        work[what],
        goes_on=lambda: grants.end_all(account.pk, why="account"),
    )
    assert not isinstance(after, Exception), after
    assert not Grant.objects.filter(ended_at=None).exists()
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None
    if what == "begin":
        assert after == "", "nothing is allowed any more"


def test_all_sessions_end_while_the_account_passes_into_other_hands() -> None:
    """Sessions end with the systems that were entered from them: the account is locked before these, here too."""
    account = demo.person("holder", "韩叙", 958)
    labs, who = system(), actor_of(account)
    grants.allow(who, labs.row, rules.SCOPES)
    asked = rules.read({k: [v] for k, v in labs.ask().items()}, labs.row.scopes)
    assert isinstance(asked, rules.Asked)
    device = Device.objects.create(account=account, session_key="k" * 32, browser="Firefox/1", network="192.0.2.1")
    grants.begin(who, labs.row, asked, device=device, auth_time=1)
    ended = while_it_goes(
        lambda: Account.objects.select_for_update().get(pk=account.pk),
        lambda: transaction.atomic(sessions.end_others)(account),
        goes_on=lambda: grants.end_all(account.pk, why="account"),
    )
    assert ended == 1, ended
    assert Grant.objects.get().ended_why == "account"


def test_somebody_leaves_a_system_while_it_is_switched_off() -> None:
    """Whoever leaves holds the grant and writes to the system; whoever switches it off holds the system and ends the grants."""
    who, desk = actor_of(demo.person("holder", "韩叙", 958)), actor_of(demo.person("head", "秦安澜", 959))
    labs = system(logout_uri="https://labs.example.org/logout")
    grants.allow(who, labs.row, rules.SCOPES)
    asked = rules.read({k: [v] for k, v in labs.ask().items()}, labs.row.scopes)
    assert isinstance(asked, rules.Asked)
    grants.begin(who, labs.row, asked, device=None, auth_time=1)
    left = while_it_goes(
        lambda: systems.renew_secret(actor=desk, pk=labs.row.pk),
        lambda: grants.end(Grant.objects.filter(account_id=who.account_id or 0), why="signed_out"),
        waits=False,
        goes_on=lambda: systems.disable(actor=desk, pk=labs.row.pk, reason="停用"),
    )
    assert left == 1, left
    assert Grant.objects.get().ended_why == "signed_out"


def test_a_verification_is_taken_back_once_whoever_presses_when() -> None:
    desk = demo.organisation("operator", "平台运营中心")
    people = [demo.person(f"op{n}", f"核验{n}", 960 + n) for n in range(3)]
    for person in people:
        demo.mandate(person, desk, "operator.senior")
    first, second, third = map(actor_of, people)
    mistaken = demo.person("mistaken", "韩叙", 957)
    made = together(*[lambda a=a: propose_withdrawal(a, mistaken.pk, "person", "照片不对") for a in (first, second)])  # type: ignore[misc]
    assert not [m for m in made if isinstance(m, Exception)], made
    row = Withdrawal.objects.get()
    proposer = first if row.first_by_id == first.account_id else second
    results = together(
        lambda: perform(WITHDRAWAL, row, "confirm", third, version=row.version),
        lambda: perform(WITHDRAWAL, row, "take_back", proposer, version=row.version),
    )
    assert sum(isinstance(r, Conflict) for r in results) == 1, results
    row.refresh_from_db()
    mistaken.person.refresh_from_db()
    assert (row.state, mistaken.person.real_name) in {("done", "not_started"), ("taken_back", "passed")}
