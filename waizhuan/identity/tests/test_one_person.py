"""Several accounts, one person: by verified documents, today's and former ones, also after a merge."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from waizhuan.identity import demo
from waizhuan.identity.account_merges import actions as merges
from waizhuan.identity.account_merges.process import MERGE
from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Account, Person, RealName
from waizhuan.identity.one_person import is_any_of
from waizhuan.identity.realname.models import FormerDocument
from waizhuan.kernel.errors import Hidden
from waizhuan.shared.flow.api import perform

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[Account, Account]:
    return demo.person("one", "韩叙", 5), demo.person("other", "陈知微", 6)


def test_different_documents_are_different_people(
    two: tuple[Account, Account], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, other = two
    with django_assert_num_queries(1):
        assert not is_any_of(one.pk, {other.pk})
    with django_assert_num_queries(0):
        assert is_any_of(one.pk, {one.pk, other.pk})
        assert not is_any_of(None, {one.pk})
        assert not is_any_of(one.pk, set())


def test_a_document_that_one_has_and_the_other_had(two: tuple[Account, Account]) -> None:
    one, other = two
    FormerDocument.keep(Person.objects.get(account=one), account_id=other.pk)
    assert is_any_of(one.pk, {other.pk})
    assert is_any_of(other.pk, {one.pk})


def test_only_a_verified_document_says_who_one_is(two: tuple[Account, Account]) -> None:
    one, other = two
    FormerDocument.keep(Person.objects.get(account=one), account_id=other.pk)
    Person.objects.filter(account=one).update(real_name=RealName.FAILED)
    assert not is_any_of(one.pk, {other.pk})


def test_accounts_without_a_document_are_nobody_in_particular(two: tuple[Account, Account]) -> None:
    one, other = two
    Person.objects.update(doc_index="", doc_key="", doc_number="")
    assert not is_any_of(one.pk, {other.pk})


def test_an_account_that_was_merged_in_is_the_same_person_also_after_a_second_merge(
    two: tuple[Account, Account],
) -> None:
    """The closed account has no document any more: it is the survivor's. And whoever checked first with the account that is
    closed does not carry the merge out with the one that is kept."""
    operator = demo.organisation("operator", "平台运营中心")
    desk = [demo.person(f"op{n}", demo.person_name(n), n) for n in (201, 202)]
    for account in desk:
        demo.mandate(account, operator, "operator.senior")
    first, second = (actor_of(account) for account in desk)
    one, other = two
    third = demo.person("third", "谢长安", 7)
    for survivor, closing in ((other, one), (third, other)):
        made = merges.begin(actor=first, survivor=survivor, closing=closing, reason="同一个人")
        made = perform(MERGE, made, "check", first)
        FormerDocument.keep(Person.objects.get(account=desk[0]), account_id=desk[1].pk)
        with pytest.raises(Hidden):
            perform(MERGE, made, "merge", second)
        FormerDocument.objects.filter(account=desk[1]).delete()
        perform(MERGE, made, "merge", second)
    assert is_any_of(third.pk, {one.pk})
    assert is_any_of(other.pk, {third.pk})
    assert not is_any_of(desk[0].pk, {one.pk})
