"""Random days in the life of two units, in which the platform also makes one account of two, and two of one again: an account
that became part of another has nothing and can do nothing, and the one that is kept has what both had."""

from __future__ import annotations

import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from tests.models.helpers import LETTER, counted, left_with, posts_of, signed_in
from tests.models.two_units import ONE_OF_FOUR, TwoUnits
from waizhuan.identity import demo
from waizhuan.identity.account_merges import actions as joining
from waizhuan.identity.account_merges.models import AccountMerge
from waizhuan.identity.account_merges.process import MERGE as JOIN
from waizhuan.identity.account_merges.process import UNDER_WAY
from waizhuan.identity.api import Account
from waizhuan.identity.openid.models import Client as System
from waizhuan.identity.openid.models import Grant
from waizhuan.identity.sign_in.models import Device
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.applications.queries import visible_to as new_visible_to
from waizhuan.projects.legacy.queries import visible_to as old_visible_to
from waizhuan.projects.linking.tests.conftest import Place, acting
from waizhuan.projects.merges.models import Merge
from waizhuan.shared.documents.api import store
from waizhuan.shared.flow.api import perform

#: what a merge of accounts adds, and its undo takes away: the closed one's login name and document
GIVEN_BACK = {"identity.LoginAlias.account", "realname.FormerDocument.account"}


class TwoUnitsAndTheirAccounts(TwoUnits):
    """`into`, `owner` and the administrators follow the merges of accounts."""

    def __init__(self) -> None:
        super().__init__()
        #: merges of accounts that were carried out, with the projects that went along, and the closed one's posts
        self.joined: dict[int, tuple[set[str], set[tuple[int, str]]]] = {}
        desk = demo.organisation("operator", "平台运营中心")
        checker, senior = demo.person("checker", "秦安澜", 94), demo.person("senior", "许青禾", 95)
        demo.mandate(checker, desk, "operator.reviewer")
        demo.mandate(senior, desk, "operator.senior")
        self.checker, self.senior = acting(checker, desk), acting(senior, desk)
        self.system = System.objects.create(
            client_id="elsewhere", name="别的系统", entry_uri="https://elsewhere.example/"
        )
        for person in self.people:
            store(SimpleUploadedFile("letter.png", LETTER), actor=acting(person), purpose="merge")

    def _joining(self) -> AccountMerge | None:
        return AccountMerge.objects.filter(state__in=UNDER_WAY).order_by("pk").first()

    def _in_the_way(self, *accounts: Account) -> bool:
        """Of open cases only a merge of projects names them; hand-overs and claims are over at once here."""
        if any(map(self._closed, accounts)) or len(set(accounts)) == 1:
            return True
        merges = Merge.objects.filter(state__in=("draft", "review"))
        return merges.filter(Q(person__in=accounts) | Q(target__in=accounts)).exists()

    @rule(kept=ONE_OF_FOUR, gone=ONE_OF_FOUR, desk=st.booleans())
    def ask_for_one_account(self, kept: int, gone: int, desk: bool) -> None:
        survivor, closing = self.people[kept], self.people[gone]
        running = self._joining()
        try:
            if desk:
                made = joining.begin(actor=self.checker, survivor=survivor, closing=closing, reason="同一个人")
            else:
                made = joining.ask(actor=acting(survivor), survivor=survivor, closing=closing, proof="password")
        except Hidden:
            assert self._closed(survivor)
        except Refused:
            sides = {running.survivor_id, running.closing_id} if running else set()
            assert self._in_the_way(survivor, closing) or sides & {survivor.pk, closing.pk}
        else:
            assert made == running or not self._in_the_way(survivor, closing)

    @precondition(lambda self: self._joining() is not None)
    @rule(go_on=st.booleans(), back=st.booleans())
    def make_one_account(self, go_on: bool, back: bool) -> None:
        """The first look, and (`go_on`) the second, by which it happens; `back`: undone at once, which brings all back."""
        merge = self._joining()
        assert merge is not None
        kept, gone = (Account.objects.get(pk=pk) for pk in (merge.survivor_id, merge.closing_id))
        was, had, everything = self._seen(kept, gone), [posts_of([kept]), posts_of([gone])], counted()
        browser = signed_in(gone, self.system)
        try:
            if merge.state == "waiting":
                merge = perform(JOIN, merge, "check", self.checker)
            if not go_on:
                return
            merge = perform(JOIN, merge, "merge", self.senior)
        except Refused:
            assert self._in_the_way(kept, gone)
            return
        assert not self._in_the_way(kept, gone)
        moved = {number for number, owner in self.owner.items() if owner == gone.pk}
        self.joined[merge.pk] = (moved, had[1])
        self.into[gone.pk] = kept.pk
        self.owner |= dict.fromkeys(moved, kept.pk)
        for place in self.places:
            place.admin = kept if place.admin == gone else place.admin
        assert posts_of([kept]) == had[0] | had[1]
        # the union, and what one of the two led while the other had the post
        led = {(place.unit.pk, n) for place in self.places for n in self._led_in(place, kept)}
        assert self._seen(kept) == was | led
        assert browser.get("/me/").headers["Location"].startswith("/sign-in/")
        for name, n in counted().items():
            assert n >= everything[name], name
        if back:
            self._two_again(merge)
            assert merge.pk not in self.joined
            assert [posts_of([kept]), posts_of([gone])] == had
            assert self._seen(kept, gone) == was

    def _led_in(self, place: Place, person: Account) -> set[str]:
        """What this account leads in the unit, if it may."""
        mine = {n for n, owner in self.owner.items() if owner == person.pk and self.unit[n] == place.unit.pk}
        return mine if self._authorised(place, person) else set()

    def _seen(self, *accounts: Account) -> set[tuple[int, str]]:
        """What these accounts see between them: the unit for which they look, and a number."""
        return {
            (place.unit.pk, str(number))
            for place in self.places
            for account in accounts
            for visible_to in (old_visible_to, new_visible_to)
            for number in visible_to(acting(account, place.unit)).values_list("number", flat=True)
        }

    @precondition(lambda self: self._joining() is not None)
    @rule(how=st.sampled_from(["decline", "withdraw", "refuse"]))
    def leave_two_accounts(self, how: str) -> None:
        merge = self._joining()
        assert merge is not None
        asker = merge.asker_account_id
        by = {
            "decline": self.checker if merge.state == "waiting" else self.senior,
            "withdraw": acting(Account.objects.get(pk=asker or merge.survivor_id)),
            "refuse": acting(Account.objects.get(pk=merge.closing_id)),
        }[how]
        try:
            perform(JOIN, merge, how, by, note="不是一个人")
        except (Hidden, Conflict):
            assert how == "withdraw"
            assert asker is None or merge.state == "second"

    @precondition(lambda self: self.joined)
    @rule(which=st.integers(0, 50))
    def make_two_accounts_again(self, which: int) -> None:
        self._two_again(AccountMerge.objects.get(pk=sorted(self.joined)[which % len(self.joined)]))

    def _two_again(self, merge: AccountMerge) -> None:
        kept, gone = (Account.objects.get(pk=pk) for pk in (merge.survivor_id, merge.closing_id))
        was, held, everything = self._seen(kept), posts_of([kept]), counted()
        try:
            perform(JOIN, merge, "undo", self.senior, note="不是一个人")
        except Refused:
            return
        moved, had = self.joined.pop(merge.pk)
        del self.into[gone.pk]
        assert {self.owner[number] for number in moved} <= {kept.pk}
        self.owner |= dict.fromkeys(moved, gone.pk)
        assert posts_of([kept, gone]) == held
        assert posts_of([gone]) <= had
        for place in self.places:
            if place.admin == kept and (place.unit.pk, "unit.admin") in had:
                place.admin = gone
        assert self._seen(kept, gone) <= was
        for name, n in counted().items():
            assert n >= everything[name] - (name in GIVEN_BACK), name

    # ------------------------------------------------------------ what always holds

    @invariant()
    def who_became_part_of_another_has_nothing(self) -> None:
        for person in self.people:
            if not self._closed(person):
                continue
            left = left_with(person)
            assert not left, left
            assert not posts_of([person])
            assert not Device.objects.filter(account=person).exists()
            assert not Grant.objects.filter(account=person, ended_at=None).exists()


@pytest.mark.django_db
def test_any_order_of_events() -> None:
    """About half a minute."""
    run_state_machine_as_test(
        TwoUnitsAndTheirAccounts,
        settings=settings(
            # the same days every time, so that main stays green by merit; RANDOM_DAYS=200 looks for new ones
            derandomize="RANDOM_DAYS" not in os.environ,
            max_examples=int(os.environ.get("RANDOM_DAYS", "8")),
            stateful_step_count=18,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
