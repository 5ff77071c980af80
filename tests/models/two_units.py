"""Random days in the life of two units: authorise, withdraw, assign, hand over, link, claim, unlink, merge, undo, in any order,
while their administrators and the department's people change, and the ministry says which old unit is which of the two.

A plain dictionary says who should own each project; after every step the database has to agree, and the invariants have to
hold: one owner a project, open work with whoever fills in, nothing lost or doubled, nobody sees another unit's data.
"""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.models.helpers import hand_in_papers, rolled_back
from waizhuan.identity import demo
from waizhuan.identity.api import Account, active_mandates, people_with
from waizhuan.identity.delegation import actions as delegation
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.applications.queries import visible_to as new_visible_to
from waizhuan.projects.assignment import actions as assignment
from waizhuan.projects.calls import demo as calls
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.handover import actions as handover
from waizhuan.projects.legacy import assigning, matching, pairing
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject
from waizhuan.projects.legacy.queries import visible_to as old_visible_to
from waizhuan.projects.linking import actions as linking
from waizhuan.projects.linking import links
from waizhuan.projects.linking.process import CLAIM
from waizhuan.projects.linking.tests.conftest import Place, acting, make_place, old_account
from waizhuan.projects.merges import actions as merging
from waizhuan.projects.merges.models import Line, Merge
from waizhuan.projects.merges.process import MERGE
from waizhuan.shared.flow.api import WorkItem, perform, start

ONE_OF_TWO, ONE_OF_THREE, ONE_OF_FOUR = st.integers(0, 1), st.integers(0, 2), st.integers(0, 3)
LEAD = "projects.lead"


class TwoUnits(RuleBasedStateMachine):
    """`owner`: number → id of the lead who should have it, None: the unit."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = contextlib.ExitStack()
        self.undone.enter_context(rolled_back())
        self.ministry = demo.organisation("ministry", "外国专家服务司")
        call = calls.build(self.ministry)[0]
        self.department = demo.organisation("department", "汐州市外国专家局", tier="city")
        minister, head = demo.person("minister", "陶怀瑾", 91), demo.person("bureau_head", "局长甲", 92)
        for role in ("ministry.head", "ministry.clerk"):
            demo.mandate(minister, self.ministry, role)
        for role in ("department.head", "department.clerk"):
            demo.mandate(head, self.department, role)
        self.minister = acting(minister, self.ministry)
        #: who may hold the department's posts: two take turns
        self.heads, self.head = [head, demo.person("bureau_next", "局长乙", 93)], 0
        self.places = [
            make_place("yunxi", "云溪理工大学", 1000, 10),
            make_place("songling", "松岭农业科学院", 1001, 20),
        ]
        #: accounts of people who work, or will work, for either unit; any two may turn out to be one person's
        self.people = [
            self.places[0].lead,
            self.places[1].lead,
            demo.person("third", "沈第三", 30),
            demo.person("third_too", "沈第三", 31),
        ]
        #: account that was closed → the one that it became part of
        self.into: dict[int, int] = {}
        self.olds: list[list[LegacyAccount]] = []
        self.owner: dict[str, int | None] = {}
        #: number → id of the unit that has it; None: the old unit is nobody's
        self.unit: dict[str, int | None] = {}
        #: merges that were carried out, with who had each project before
        self.before: dict[int, dict[str, int | None]] = {}
        for n, place in enumerate(self.places):
            UnitProfile.objects.create(
                unit=place.unit, department=self.department, state="approved", asker_organisation=place.unit
            )
            self.olds.append([old_account(f"old{n}{i}", place.old_unit, projects=2) for i in range(2)])
            self._applications(place, call, n)
        for number, organisation in LegacyProject.objects.values_list("number", "organisation_id"):
            self.owner[number], self.unit[number] = None, organisation

    def _applications(self, place: Place, call: Any, n: int) -> None:
        for i in range(2):
            made = Application(
                call=call,
                unit=place.unit,
                title=f"项目{n}{i}",
                title_key=f"项目{n}{i}",
                asker_organisation=place.unit,
                asker_account=place.admin,
            )
            start(PROCESS, made, self._admin(place))
            self.owner[str(made.number)], self.unit[str(made.number)] = None, place.unit.pk

    def teardown(self) -> None:
        self.undone.close()

    # ------------------------------------------------------------ who

    def _admin(self, place: Place) -> Actor:
        return acting(place.admin, place.unit)

    def _authorised(self, place: Place, person: Account) -> bool:
        return active_mandates().filter(account=person, organisation=place.unit, role=LEAD).exists()

    def _whose(self, old: LegacyAccount) -> Place | None:
        """The place that the old account's unit is said to be now."""
        unit = LegacyAccount.objects.select_related("unit").get(pk=old.pk).unit
        return next((p for p in self.places if unit and p.unit.pk == unit.organisation_id), None)

    def _closed(self, account: Account) -> bool:
        return account.pk in self.into

    # ------------------------------------------------------------ what happens

    @rule(unit=ONE_OF_TWO, person=ONE_OF_FOUR)
    def authorise(self, unit: int, person: int) -> None:
        try:
            delegation.give_mandates(
                actor=self._admin(self.places[unit]),
                account_id=self.people[person].pk,
                codes=[LEAD],
                until=None,
                note="",
            )
        except (Hidden, Refused):  # nobody gives themselves a role
            assert self.people[person] == self.places[unit].admin or self._closed(self.people[person])

    @rule(unit=ONE_OF_TWO, person=ONE_OF_FOUR)
    def change_the_administrator(self, unit: int, person: int) -> None:
        """The unit hands the administrator's post over: who loses it sees and decides nothing on the next request."""
        place, to = self.places[unit], self.people[person]
        assert place.unit.account is not None
        before = place.admin
        owns = acting(place.unit.account)
        try:
            row = handover.begin(
                actor=owns,
                at=place.unit,
                leaver=before.pk,
                name=to.person.name,
                sought=to.person.doc_number,
                why="换人",
                day=clock.today(),
            )
        except Refused:
            assert to == before or self._closed(to)
            return
        assert not self._closed(to)
        assert handover.submit(actor=owns, row=row, version=None).state == "done"
        place.admin = to
        assert list(people_with(place.unit.pk, "unit.admin")) == [to.pk]
        assert not acting(before, place.unit).has("unit.admin")

    @rule(unit=ONE_OF_TWO, person=ONE_OF_FOUR)
    def withdraw(self, unit: int, person: int) -> None:
        place = self.places[unit]
        for mandate in active_mandates().filter(account=self.people[person], organisation=place.unit, role=LEAD):
            delegation.withdraw(actor=self._admin(place), mandate_id=mandate.pk, why="离职")

    @rule(unit=ONE_OF_TWO, person=ONE_OF_FOUR, which=ONE_OF_TWO, foreign=st.booleans())
    def assign(self, unit: int, person: int, which: int, foreign: bool) -> None:
        place, to = self.places[unit], self.people[person]
        owner = self.places[1 - unit] if foreign else place
        row = Application.objects.filter(unit=owner.unit).order_by("pk")[which]
        try:
            assignment.assign(actor=self._admin(place), seen={row.pk: row.lead_id}, lead=to.pk)
        except Refused:
            assert not self._authorised(place, to)
        except Hidden:
            assert foreign
        else:
            assert not foreign
            assert self._authorised(place, to)
            self.owner[str(row.number)] = to.pk

    @rule(unit=ONE_OF_TWO, person=ONE_OF_FOUR, which=ONE_OF_TWO, foreign=st.booleans())
    def hand_over(self, unit: int, person: int, which: int, foreign: bool) -> None:
        place, to = self.places[unit], self.people[person]
        old = self.olds[1 - unit if foreign else unit][which]
        foreign = self._whose(old) != place
        had = LegacyAccount.objects.get(pk=old.pk).account_id
        try:
            linking.hand_over(actor=self._admin(place), old_id=old.pk, person=to.pk)
        except Hidden:
            assert foreign
        except Refused:
            assert not self._authorised(place, to) or had not in (None, to.pk) or to == place.admin
        else:
            assert not foreign
            if had is None:
                self._linked(old, to)

    @rule(unit=ONE_OF_TWO, person=ONE_OF_FOUR, which=ONE_OF_TWO)
    def claim(self, unit: int, person: int, which: int) -> None:
        old, who = self.olds[unit][which], self.people[person]
        if self._closed(who):
            return  # nobody is signed in there
        had = LegacyAccount.objects.get(pk=old.pk).account_id
        try:
            made = linking.claim(actor=acting(who), login=old.login_name, words="用过")
        except Refused:
            assert had is not None
            return
        whose = self._whose(old)
        decider = self._admin(whose) if whose else self.office if made.role == "department.clerk" else self.minister
        if whose and who == whose.admin:  # nobody decides their own
            with pytest.raises(Hidden):
                perform(CLAIM, made, "confirm", decider)
            perform(CLAIM, made, "withdraw", acting(who))
            return
        perform(CLAIM, made, "confirm", decider)
        assert had is None
        self._linked(old, who)

    def _linked(self, old: LegacyAccount, person: Account) -> None:
        """A link gives what nobody was given on purpose, in the unit that the account's is."""
        moved = set(LegacyProject.objects.filter(account=old, moved=True).values_list("number", flat=True))
        for number in LegacyProject.objects.filter(account=old).values_list("number", flat=True):
            if number not in moved and self.owner[number] is None and self.unit[number] is not None:
                self.owner[number] = person.pk

    @rule(unit=ONE_OF_TWO, which=ONE_OF_TWO, by=ONE_OF_THREE)
    def unlink(self, unit: int, which: int, by: int) -> None:
        """By either unit's administrator, or the ministry: what the link gave goes back, what somebody gave stays."""
        old = LegacyAccount.objects.get(pk=self.olds[unit][which].pk)
        had, whose = old.account_id, self._whose(old)
        actor = self.minister if by == 2 else self._admin(self.places[by])
        given = LegacyProject.objects.filter(account=old, lead_id=had, moved=False) if had else None
        lost = list(given.values_list("number", flat=True)) if given is not None else []
        try:
            links.unlink(actor=actor, old_id=old.pk, why="不是他的")
        except Hidden:
            assert by != 2
            assert whose != self.places[by]
        except Refused:
            assert had == actor.account_id
        else:
            assert by == 2 or whose == self.places[by]
            self.owner |= dict.fromkeys(lost)

    @rule(unit=ONE_OF_TWO, person=st.integers(0, 4), which=st.integers(0, 3), stale=st.booleans())
    def give_old_projects(self, unit: int, person: int, which: int, stale: bool) -> None:
        """Two at once, whosever they are; `person` 4: back to the unit. What changed since it was seen is left."""
        place = self.places[unit]
        to = self.people[person] if person < 4 else None
        rows = list(LegacyProject.objects.order_by("pk"))
        chosen = [rows[which], rows[which + 4]]
        seen = {row.pk: row.version - stale for row in chosen}
        try:
            given = assigning.assign_many(actor=self._admin(place), seen=seen, lead=to.pk if to else None)
        except Refused:
            assert to is not None
            assert not self._authorised(place, to) or to == place.admin
            return
        ours = [row for row in chosen if self.unit[row.number] == place.unit.pk]
        assert given.gone == len(chosen) - len(ours)
        left = {row.number for row in given.changed}
        assert left == {r.number for r in ours if stale and self.owner[r.number] != (to.pk if to else None)}
        self.owner |= {r.number: to.pk if to else None for r in ours if r.number not in left}

    @rule(unit=ONE_OF_TWO, to=ONE_OF_TWO)
    def pair(self, unit: int, to: int) -> None:
        """The ministry says which of the two an old unit is."""
        old, place = self.places[unit].old_unit, self.places[to]
        old.refresh_from_db()
        if old.organisation_id not in (None, place.unit.pk):
            with pytest.raises(Conflict):
                pairing.pair(actor=self.minister, old_id=old.pk, unit_id=place.unit.pk, why="批文")
            return
        fresh = old.organisation_id is None
        pairing.pair(actor=self.minister, old_id=old.pk, unit_id=place.unit.pk, why="批文")
        if fresh:
            for row in LegacyProject.objects.filter(unit=old).select_related("account"):
                assert row.account is not None
                self.unit[row.number], self.owner[row.number] = place.unit.pk, row.account.account_id

    @rule(unit=ONE_OF_TWO)
    def part(self, unit: int) -> None:
        """And takes it back, unless the unit's word stands for whose an account is; no rule brings it back."""
        old = self.places[unit].old_unit
        old.refresh_from_db()
        was = old.organisation_id
        try:
            pairing.part(actor=self.minister, old_id=old.pk, unit_id=was or 0, why="弄错了")
        except Refused:
            assert LegacyAccount.objects.filter(unit=old, account__isnull=False).exists()
            return
        if was is not None:
            assert matching.match_organisation(was) == 0
        for number in LegacyProject.objects.filter(unit=old).values_list("number", flat=True):
            self.unit[number], self.owner[number] = None, None

    @rule()
    def look_again(self) -> None:
        """Whenever a unit looks, a rule may find its old unit: not one that was taken back from it."""
        for place in self.places:
            if matching.match_organisation(place.unit.pk):
                for row in LegacyProject.objects.filter(organisation=place.unit).select_related("account"):
                    if self.unit[row.number] is None and row.account is not None:
                        self.unit[row.number], self.owner[row.number] = place.unit.pk, row.account.account_id

    @property
    def office(self) -> Actor:
        """Whoever decides in the department now."""
        return acting(self.heads[self.head], self.department)

    @rule()
    def change_the_head(self) -> None:
        """The department's post passes, with its letter and the ministry's confirmation; the one who had it decides no more."""
        before, to = self.heads[self.head], self.heads[1 - self.head]
        row = handover.begin(
            actor=self.office,
            at=self.department,
            leaver=before.pk,
            name=to.person.name,
            sought=to.person.doc_number,
            why="轮岗",
            day=clock.today(),
        )
        hand_in_papers(self.office, row)
        row = handover.submit(actor=self.office, row=row, version=None)
        done = handover.decide(actor=self.minister, row=row, name="confirm", note="", version=None)
        assert done.state == "done"
        self.head = 1 - self.head
        assert list(people_with(self.department.pk, "department.head")) == [to.pk]
        assert not acting(before, self.department).roles

    @rule(unit=ONE_OF_TWO, source=st.integers(0, 5), to=st.integers(0, 4))
    def ask_for_a_merge(self, unit: int, source: int, to: int) -> None:
        place = self.places[unit]
        old = LegacyAccount.objects.get(pk=self.olds[unit][source].pk) if source < 2 else None
        person = None if old else self.people[source - 2].pk
        target = "unit" if to == 4 else str(self.people[to].pk)
        before = set(Merge.objects.values_list("pk", flat=True))
        try:
            asked = merging.ask(actor=self._admin(place), old=old, person=person, target=target, reason="换人")
        except Refused:
            return
        # the same request again finds its draft, whatever became of the authorisation: handing it in asks again
        assert asked.pk in before or to == 4 or self._authorised(place, self.people[to])

    def _open(self) -> Merge | None:
        return Merge.objects.filter(state__in=("draft", "review")).order_by("pk").first()

    @precondition(lambda self: self._open() is not None)
    @rule()
    def carry_out(self) -> None:
        merge = self._open()
        assert merge is not None
        admin = self._admin(self.places[0] if merge.unit_id == self.places[0].unit.pk else self.places[1])
        if merge.state == "draft":
            try:
                merging.confirm(actor=admin, merge=merge)
            except Refused:
                return
            merge = merging.submit(actor=admin, merge=merge, version=None)
        listed = [str(n) for n in self._numbers(merge)]
        was = {number: self.owner[number] for number in listed}
        try:
            perform(MERGE, merge, "approve", self.office)
        except Refused:
            return
        assert {self.unit[number] for number in listed} == {merge.unit_id}
        place = next(place for place in self.places if place.unit.pk == merge.unit_id)
        assert merge.target is None or self._authorised(place, merge.target)
        self.before[merge.pk] = was
        self.owner |= dict.fromkeys(listed, merge.target_id)

    @precondition(lambda self: self._open() is not None)
    @rule()
    def withdraw_a_merge(self) -> None:
        merge = self._open()
        assert merge is not None
        perform(MERGE, merge, "withdraw", self._admin(next(p for p in self.places if p.unit.pk == merge.unit_id)))

    @precondition(lambda self: self.before)
    @rule(which=st.integers(0, 50))
    def undo(self, which: int) -> None:
        pk = sorted(self.before)[which % len(self.before)]
        merge = Merge.objects.get(pk=pk)
        try:
            perform(MERGE, merge, "undo", self.office, note="弄错了")
        except Refused:
            return
        was = self.before.pop(pk)
        assert {self.owner[number] for number in was} == {self.into.get(merge.target_id, merge.target_id)}
        assert not set(was.values()) & set(self.into)
        self.owner |= was

    def _numbers(self, merge: Merge) -> list[str]:
        """As `owner` names them: an application by the number of its case."""
        new = merge.lines.filter(application__isnull=False).values_list("application__number", flat=True)
        return [*merge.lines.filter(application=None).values_list("number", flat=True), *map(str, new)]

    # ------------------------------------------------------------ what always holds

    @invariant()
    def every_project_has_the_owner_that_it_should_have(self) -> None:
        found: dict[str, int | None] = dict(LegacyProject.objects.values_list("number", "lead_id"))
        found |= {str(n): lead for n, lead in Application.objects.values_list("number", "lead_id")}
        assert found == self.owner

    @invariant()
    def every_project_is_in_the_unit_that_it_should_be_in(self) -> None:
        found: dict[str, int | None] = dict(LegacyProject.objects.values_list("number", "organisation_id"))
        found |= {str(n): unit for n, unit in Application.objects.values_list("number", "unit_id")}
        assert found == self.unit

    @invariant()
    def open_work_is_with_whoever_fills_in(self) -> None:
        items = WorkItem.objects.filter(process=PROCESS.name, closed_at=None)
        work = {i.subject_id: (i.account_id, i.organisation_id, i.role) for i in items}
        assert work == {
            row.pk: (row.lead_id, None, "") if row.lead_id else (None, row.unit_id, "unit.admin")
            for row in Application.objects.all()
        }

    @invariant()
    def nobody_sees_another_units_data(self) -> None:
        for person in self.people:
            for place in self.places:
                actor = acting(person, place.unit)
                old, new = old_visible_to(actor), new_visible_to(actor)
                seen = {*old.values_list("number", flat=True), *new.values_list("number", flat=True)}
                allowed = self._authorised(place, person)
                here = {n for n in self.owner if self.unit[n] == place.unit.pk}
                mine = {n for n in here if self.owner[n] == person.pk}
                assert seen == (here if person == place.admin else mine if allowed else set())

    @invariant()
    def no_project_is_listed_twice(self) -> None:
        open_lines = Line.objects.filter(open=True)
        assert open_lines.filter(merge__state__in=("done", "undone", "declined", "withdrawn")).count() == 0
