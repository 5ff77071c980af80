"""Closing a person's account (D10): posts end, work stays with them, the document number becomes free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from waizhuan.identity.account_merges.queries import merged_into
from waizhuan.identity.actors import active_mandates, actor_of
from waizhuan.identity.models import Account, Kind, LoginAlias, Mandate, Organisation, Person
from waizhuan.identity.my_information import holdings, rules
from waizhuan.identity.my_information.models import Closing, DataRequest, RequestKind
from waizhuan.identity.my_information.process import CLOSING, RELIEF
from waizhuan.identity.openid import grants, subjects
from waizhuan.identity.realname.models import FormerDocument
from waizhuan.identity.second_factor import factors
from waizhuan.identity.sign_in import sessions
from waizhuan.kernel import clock, roles
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.flow.api import Subject, WorkItem, available, perform, process
from waizhuan.shared.notify import api as notify
from waizhuan.shared.refdata.names import name_key


def posts_of(account: Account) -> list[Mandate]:
    """What ends with the account, for the page that asks once more."""
    return list(active_mandates().filter(account=account).select_related("organisation").order_by("id")[:50])


def against(account: Account, *, asked_by: DataRequest | None = None, acting_for: int | None = None) -> list[Verdict]:
    return [one.verdict for one in obstacles(account, asked_by=asked_by, acting_for=acting_for)]


def obstacles(
    account: Account, *, asked_by: DataRequest | None = None, acting_for: int | None = None
) -> list[holdings.Obstacle]:
    """Everything that stands in the way, at once; a request to delete (`asked_by`) is no obstacle to itself. `acting_for`: the
    organisation for which the reader acts, where that is the account's holder."""
    work = WorkItem.objects.filter(Q(asker_account=account) | Q(account=account), closed_at=None)
    work = work.exclude(process=RELIEF.name)  # asks for what stands in the way, and is none of it
    if asked_by is not None:
        work = work.exclude(process="my_information.request", subject_id=asked_by.pk or 0)
    giving = [r.code for r in roles.all_roles() if r.gives]
    mine = active_mandates().filter(account=account, role__in=giving).order_by("organisation_id").distinct()
    held = list(mine.values_list("organisation_id", "organisation__name"))
    others = set(
        active_mandates()
        .filter(organisation_id__in=[i for i, _ in held], role__in=giving, account__closed_at=None)
        .exclude(account=account)
        .values_list("organisation_id", flat=True)
    )
    found = rules.against_closing(
        unit=account.kind == Kind.LEGAL,
        open_work=[(item.pk, f"{process(item.process).label} {item.number}".strip()) for item in work.order_by("pk")],
        last_giver_of=[(name, i == acting_for) for i, name in held if i not in others],
    )
    return [holdings.Obstacle(one) for one in found] + holdings.against(account.pk)


def withdrawable(account: Account, actor: Actor) -> set[int]:
    """The open work items of the account's own cases that this actor may withdraw here and now. The pages of the cases are not
    open to whoever does not agree to the terms, and closing the account must be. Two queries, and one a kind of case."""
    mine = WorkItem.objects.filter(asker_account=account, closed_at=None).exclude(process=RELIEF.name)
    return set(_ways_out(mine.order_by("pk")[: rules.NAMED], actor))


def _ways_out(items: Iterable[WorkItem], actor: Actor) -> dict[int, Subject]:
    """The cases that this actor may withdraw, by work item."""
    kinds: dict[str, list[WorkItem]] = {}
    for item in items:
        kinds.setdefault(item.process, []).append(item)
    found: dict[int, Subject] = {}
    for kind, its in kinds.items():
        of = process(kind)
        cases = of.model()._default_manager.select_related(*of.joined).in_bulk([item.subject_id for item in its])
        for item in its:
            case = cases.get(item.subject_id)
            if case and any(c.name == "withdraw" and c.verdict.ok for c in available(of, case, actor)):
                found[item.pk] = case
    return found


def withdraw(account: Account, actor: Actor, item_id: int) -> None:
    """Withdraw one own case, because its asker closes the account. Nothing where it is over already; raises Hidden where it
    is not the actor's to withdraw, Refused, Conflict."""
    item = WorkItem.objects.filter(pk=item_id, asker_account=account).first()
    if item is None:
        raise Hidden(f"work item {item_id}")
    if item.closed_at:
        return
    subject = _ways_out([item], actor).get(item.pk)
    if subject is None:
        raise Hidden(f"work item {item_id}")
    perform(process(item.process), subject, "withdraw", actor, note=str(say("申请人要注销账号")))


def close(account: Account, *, asked_by: DataRequest | None = None) -> None:
    """One transaction. What happened stays told; contact data goes. `asked_by`: the granted request to delete, by which
    everything goes that need not be kept (`holdings`). Raises Refused."""
    with transaction.atomic():
        row, *merged = locked_with_merged(account.pk)
        if row.closed_at:
            return
        refused = against(row, asked_by=asked_by)
        if refused:
            # at the desk it is not the reader who can mend it
            raise Refused(*(replace(v, remedy=None) if asked_by else v for v in refused))
        phone, language = row.phone if row.phone_verified_at else "", row.language
        now = clock.now()
        Mandate.objects.filter(account=row, withdrawn_at=None).update(
            withdrawn_at=now, withdrawn_by=row, withdrawn_why="closed"
        )
        WorkItem.objects.filter(assignee=row, closed_at=None).update(assignee=None)
        waiting = Closing.objects.filter(asker_account=row, state=CLOSING.initial).first()
        if waiting is not None:
            perform(CLOSING, waiting, "close", the_system())
        login_name = row.login_name
        publish(Happened(actor_of(row), "my_information.closed", f"identity.account:{row.pk}", {}))
        row.closed_at = now
        name_stays = any(holdings.name_is_kept(one.pk) for one in (row, *merged))
        for one in (row, *merged):  # what became part of the account goes with it
            _empty(one, forget=asked_by is not None, name_stays=name_stays)
        if phone:
            notify.send_to(
                "my_information.closed",
                {"login_name": login_name},
                key=f"closed:{row.pk}",
                phone=phone,
                language=language,
            )


def locked_with_merged(pk: int) -> list[Account]:
    """The account, and those that became part of it, locked in the order in which a merge locks them."""
    ids: list[int] = []
    rows: dict[int, Account] = {}
    while (now := [pk, *merged_into(pk)]) != ids:  # once the account is locked, no merge joins in
        ids = now
        rows = {a.pk: a for a in Account.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    return [rows[one] for one in ids]


def _empty(row: Account, *, forget: bool, name_stays: bool) -> None:
    """What opens the account and reaches its holder goes; with `forget`, everything that need not be kept."""
    LoginAlias.objects.filter(account=row).delete()
    _free_document(row, forget=forget, name_stays=name_stays)
    grants.end_all(row.pk, why="account")
    subjects.forget(row.pk)
    factors.remove_all(row)
    sessions.end_others(row)
    row.is_active = False
    row.phone = row.email = ""
    row.phone_verified_at = row.email_verified_at = None
    row.set_unusable_password()
    if forget:
        holdings.forget(row.pk)
        row.login_name, row.last_login = f"closed-{row.pk}", None
    row.save()


def unit_work(unit: Organisation) -> QuerySet[WorkItem]:
    """What a unit has under way at this moment, and what lies with it: it ends before its account does."""
    own = Q(asker_account_id=unit.account_id) | Q(asker_organisation=unit) | Q(organisation=unit)
    open_work = WorkItem.objects.filter(own, closed_at=None).exclude(process="my_information.request")
    return open_work.order_by("due_at", "pk")


def close_unit(request: DataRequest, actor: Actor, data: Mapping[str, Any]) -> None:
    """The effect of an answered request to close a unit's account: its name and code may register again, its posts end;
    what it did stays. Raises Refused while the unit has cases under way."""
    if request.kind != RequestKind.CLOSE_UNIT or request.asker_account_id is None:
        return
    row = Account.objects.select_for_update().get(pk=request.asker_account_id)
    unit = Organisation.objects.select_for_update().get(account=row)
    open_work = list(unit_work(unit)[: rules.NAMED + 1])
    if open_work:
        numbers = marks.listed(
            [f"{process(i.process).label} {i.number}".strip() for i in open_work[: rules.NAMED]]
            + (["…"] if len(open_work) > rules.NAMED else [])
        )
        raise Refused(no(say("这个单位还有事在办，办完才能注销：{numbers}", numbers=numbers), code="D10"))
    now = clock.now()
    Mandate.objects.filter(organisation=unit, withdrawn_at=None).update(
        withdrawn_at=now, withdrawn_by_id=actor.account_id, withdrawn_why="closed"
    )
    unit.uscc, unit.name_key, unit.active_until = None, f"{unit.name_key[:180]}#{unit.pk}", clock.today()
    unit.save()
    factors.remove_all(row)
    sessions.end_others(row)
    row.closed_at, row.is_active = now, False
    row.set_unusable_password()
    row.save()


def delete(request: DataRequest, actor: Actor, data: Mapping[str, Any]) -> None:
    """The effect of a granted request to delete. Raises Refused with everything that stands in the way."""
    if request.kind == RequestKind.DELETE and request.asker_account is not None:
        close(request.asker_account, asked_by=request)


def _free_document(row: Account, *, forget: bool, name_stays: bool) -> None:
    """The number may register again; the history keeps whose it was, unless everything is to be forgotten."""
    person = Person.objects.filter(account=row).first()
    if person is None:
        return
    if forget:
        if not name_stays:
            person.name = f"#{row.pk}"
            person.name_key = name_key(person.name)
        person.doc_number = person.doc_key = ""
        person.doc_expires = None
        person.save()
        return
    if not person.doc_number:
        return
    FormerDocument.keep(person)
    person.doc_number = person.doc_key = ""
    person.save()
