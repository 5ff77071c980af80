"""Giving, withdrawing and inviting, on the database."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.actors import active_mandates, actor_of
from waizhuan.identity.delegation import actions, invitations
from waizhuan.identity.delegation.finding import find
from waizhuan.identity.delegation.models import Invitation
from waizhuan.identity.models import Account, LoginAlias, Mandate, Organisation, Person
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.shared.notify.models import Message
from waizhuan.shared.notify.testing import sent_to

pytestmark = pytest.mark.django_db


def give(actor: Actor, to: Account, *codes: str, until: dt.datetime | None = None) -> list[Mandate]:
    return actions.give_mandates(actor=actor, account_id=to.pk, codes=codes or ["projects.lead"], until=until, note="")


def held(account: Account) -> set[str]:
    return set(active_mandates().filter(account=account).values_list("role", flat=True))


def test_giving_twice_gives_once_and_tells_once(admin: Account, professor: Account) -> None:
    actor = actor_of(admin)
    assert len(give(actor, professor)) == 1
    assert give(actor, professor) == []
    assert Message.objects.filter(account=professor, template="delegation.given").count() == 1


def test_who_lost_the_right_a_moment_ago_gives_nothing(admin: Account, professor: Account) -> None:
    """C3: the actor is of this request; what counts is what the database says under the lock."""
    actor = actor_of(admin)
    Mandate.objects.filter(account=admin).update(withdrawn_at=clock.now())
    with pytest.raises(Hidden):
        give(actor, professor)
    assert held(professor) == set()


def test_withdrawing_works_at_once_and_history_stays(admin: Account, professor: Account) -> None:
    actor = actor_of(admin)
    (made,) = give(actor, professor)
    actions.withdraw(actor=actor, mandate_id=made.pk, why="离职")
    actions.withdraw(actor=actor, mandate_id=made.pk, why="again")
    assert actor_of(professor).roles == frozenset()
    row = Mandate.objects.get(pk=made.pk)
    assert (row.withdrawn_why, row.withdrawn_by_id) == ("离职", admin.pk)


def test_another_units_mandate_is_out_of_reach(admin: Account, professor: Account) -> None:
    other = demo.unit("songling", "松岭农业科学院", 1001)
    demo.mandate(professor, other, "projects.lead")
    with pytest.raises(Hidden):
        actions.withdraw(actor=actor_of(admin), mandate_id=Mandate.objects.get(organisation=other).pk, why="")


@pytest.mark.parametrize(
    ("name", "sought", "field"),
    [
        ("买买提•吐尔逊", "MAIMAITI", ""),
        ("买买提·吐尔逊", demo.resident_id(91).lower(), ""),
        ("韩叙", "maimaiti", "name"),
        ("买买提·吐尔逊", "nobody", "sought"),
        ("买买提·吐尔逊", "' OR 1=1 --", "sought"),
        ("𠮷野", "\U0010ffff" * 40, "sought"),
    ],
)
def test_finding_somebody(professor: Account, name: str, sought: str, field: str) -> None:
    found, verdict = find(name=name, sought=sought)
    assert (found is not None) is (field == "")
    assert verdict.field == field


def test_an_old_login_name_and_a_verified_mobile_find_somebody_too(professor: Account) -> None:
    LoginAlias.objects.create(key="maimt", shown="MaiMT", account=professor)
    for sought in ("maimt", "WGZJXM_MaiMT", "138 0000 0091", professor.phone):
        found, verdict = find(name="买买提·吐尔逊", sought=sought)
        assert found is not None, (sought, verdict)
        assert found.account == professor


@pytest.mark.parametrize("passed", [True, False])
def test_an_invitation_is_offered_only_where_it_can_be_sent(professor: Account, passed: bool) -> None:
    if not passed:
        Person.objects.filter(account=professor).update(real_name="not_started")
    sought = "nobody" if passed else "maimaiti"
    there, elsewhere = (find(name="买买提·吐尔逊", sought=sought, invites=x)[1] for x in (True, False))
    assert not there.ok
    assert "发短信邀请" in str(there.reason)
    assert not elsewhere.ok
    assert "邀请" not in str(elsewhere.reason)


def test_a_mobile_is_told_of_nobody_without_the_right_name(professor: Account) -> None:
    """Numbers can be tried one after the other: whose it is, or that it is somebody's, is not to be learnt so."""
    known = find(name="韩叙", sought=professor.phone)
    assert known == find(name="韩叙", sought="+8613911119999")
    assert known[1].field == "sought"
    Account.objects.filter(pk=professor.pk).update(phone_verified_at=None)
    assert find(name="买买提·吐尔逊", sought=professor.phone)[0] is None, "only a verified one"


def test_a_passport_of_any_country_is_found() -> None:
    siobhan = demo.person("siobhan", "Siobhán O'Brien", 92, passport="IRL:PB7654321")
    found, _ = find(name="siobhán  O’Brien", sought="pb 7654321")
    assert found is not None
    assert found.account == siobhan


# ---------------------------------------------------------------- invitations


def invite(admin: Account) -> Invitation:
    return invitations.invite(
        actor=actor_of(admin), name="沈嘉树", doc_key=invitations.key_of(demo.resident_id(712), ""),
        phone="+8613900000001", codes=["projects.lead"], until=None, note="",
    )  # fmt: skip


@pytest.mark.parametrize("country", ["", "DEU"])
@pytest.mark.parametrize("sought", ["13812345678", "138 1234 5678", "+86 13812345678", "+1 202 555 0143"])
def test_a_mobile_that_finds_nobody_is_not_taken_for_a_passport(sought: str, country: str) -> None:
    """People are looked for by mobile: an invitation to such a "passport" would never come true."""
    with pytest.raises(Refused, match="邀请时请填写对方的证件号码"):
        invitations.key_of(sought, country)


def arrived() -> Account:
    return demo.person("shen", "沈嘉树", 712)


def test_an_invitation_comes_true_once(admin: Account) -> None:
    invite(admin)
    person = arrived()
    assert invitations.complete(person.pk) == 1
    assert invitations.complete(person.pk) == 0
    assert held(person) == {"projects.lead"}


def test_an_invitation_says_where_to_go(admin: Account, client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    made = invite(admin)
    (text,) = sent_to(made.phone)
    assert f"请到 {settings.BASE_URL}/" in text
    page = client.get(text.split(settings.BASE_URL)[1].split()[0], follow=True)
    assert page.redirect_chain == [("/register/person/identity/", 302)]


def test_nobody_is_invited_twice_until_the_first_has_lapsed(admin: Account) -> None:
    first = invite(admin)
    with pytest.raises(Refused):
        invite(admin)
    with clock.frozen(clock.now() + dt.timedelta(days=invitations.DAYS + 1)):
        assert invite(admin).pk != first.pk
        assert invitations.waiting().count() == 1


def test_what_was_taken_back_gives_nothing(admin: Account) -> None:
    made = invite(admin)
    invitations.take_back(actor=actor_of(admin), invitation_id=made.pk)
    person = arrived()
    assert invitations.complete(person.pk) == 0
    assert held(person) == set()


def test_a_promise_ends_with_the_right_to_make_it(admin: Account, unit: Organisation) -> None:
    """The administrator who invited has left: nothing is given, and those who stay hear of it."""
    stays = demo.person("second", "李沐阳", 2)
    demo.mandate(stays, unit, "unit.admin")
    invite(admin)
    Mandate.objects.filter(account=admin).update(withdrawn_at=clock.now())
    person = arrived()
    assert invitations.complete(person.pk) == 0
    assert held(person) == set()
    assert Message.objects.filter(account=stays, template="delegation.invitation_void").exists()


def test_asking_twice_is_one_request(admin: Account, unit: Organisation, professor: Account) -> None:
    actor = actor_of(professor)
    first = actions.ask(actor=actor, organisation=unit, role="projects.lead", words="")
    assert actions.ask(actor=actor, organisation=unit, role="projects.lead", words="").pk == first.pk
