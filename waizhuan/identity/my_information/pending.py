"""A closing that others hold up is asked for now and carried out by itself, once nothing stands in the way (Art. 47, D10)."""

from __future__ import annotations

import logging
from collections.abc import Collection

from django.db import transaction
from django.urls import reverse

from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Account, Kind, Organisation
from waizhuan.identity.my_information import closing, holdings
from waizhuan.identity.my_information.models import Closing, Relief
from waizhuan.identity.my_information.process import CLOSING, RELIEF
from waizhuan.identity.realname.queries import operator_organisation
from waizhuan.identity.sign_in import not_me
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Tell, publish
from waizhuan.shared.flow.api import WorkItem, perform, start
from waizhuan.shared.flow.presenters import Row, Rows, holder_name, row_of, rows_of
from waizhuan.shared.flow.queries import HOLDER_OF, SHOWN

log = logging.getLogger("waizhuan.closing")
AT_ONCE = 200  # closings that the clock looks at each time


def waiting(account_id: int) -> Closing | None:
    """What the account's holder asked for and has not taken back. One query."""
    return Closing.objects.filter(asker_account_id=account_id, state=CLOSING.initial).first()


def ask(actor: Actor, account: Account) -> bool:
    """Close the account: at once where nothing stands in the way (True), else as soon as nothing does any more. Pressing twice
    asks once. Raises Refused for a unit's account, which the desk closes."""
    with transaction.atomic():
        row = closing.locked_with_merged(account.pk)[0]
        against = closing.against(row)
        if not against:
            closing.close(row)
            return True
        if row.kind == Kind.LEGAL:
            raise Refused(*against)
        if waiting(row.pk) is not None:
            return False
        asked = start(CLOSING, Closing(asker_account=row), actor)
        _ask_posts(row)
        way = not_me.path(row)
        context = {"number": asked.number or "", "undo": not_me.address(row)}
        publish(Tell("my_information.closing_asked", accounts=(row.pk,), context=context, link=way, sms=True))
    return False


def take_back(actor: Actor, account: Account) -> None:
    """Nothing where there is nothing to take back (any more)."""
    with transaction.atomic():
        # the account first, as by the clock: what that asks of others meanwhile is ended as well
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        asked = waiting(account.pk)
        if asked is not None:
            perform(CLOSING, asked, "take_back", actor)


def void(account_id: int) -> None:
    """Somebody else holds the account from now on: what the former one asked for does not close it. In the caller's
    transaction."""
    asked = waiting(account_id)
    if asked is not None:
        perform(CLOSING, asked, "void", the_system())


def go_on() -> int:
    """The clock's: the closings that it has not looked at for longest, each in a transaction of its own; how many accounts
    were closed."""
    wait = Closing.objects.filter(state=CLOSING.initial).order_by("looked_at", "id")
    found = dict(wait.values_list("pk", "asker_account_id")[:AT_ONCE])
    # before it looks: one that fails goes to the end of the line, too
    Closing.objects.filter(pk__in=found).update(looked_at=clock.now())
    closed = 0
    for account_id in found.values():
        try:
            closed += _go_on(account_id or 0)
        except Exception:  # one that fails holds up no other
            log.exception("closing failed", extra={"account": account_id})
    return closed


def _go_on(account_id: int) -> bool:
    """Asked again at this moment, with the account locked."""
    with transaction.atomic():
        row = closing.locked_with_merged(account_id)[0]
        asked = waiting(account_id)
        if asked is None:
            return False
        if row.trust_from is not None and row.trust_from >= asked.created_at:  # "this was not me", or passed on
            void(account_id)
            return False
        if row.locked_at is not None or not row.is_active:  # whose wish it was is not certain until they are back
            return False
        if closing.against(row):
            _ask_posts(row)
            return False
        closing.close(row)
        return True


# ---------------------------------------------------------------- those who have to take something over


def _needed(account_id: int) -> dict[tuple[int, str], holdings.Obstacle]:
    """By the post that has to act."""
    found = holdings.against(account_id)
    return {(one.organisation_id, one.role): one for one in found if one.organisation_id is not None}


def _ask_posts(account: Account) -> None:
    """Each post that can remove an obstacle has a work item for it; those that removed it have it no longer."""
    needed = _needed(account.pk)
    open_ones = {(r.organisation_id, r.role): r for r in _open(account.pk)}
    for post, relief in open_ones.items():
        if post not in needed:
            perform(RELIEF, relief, "done", the_system())
    for organisation_id, role in needed.keys() - open_ones.keys():
        made = Relief(
            asker_account=account, organisation_id=organisation_id, role=role, operator=operator_organisation()
        )
        start(RELIEF, made, actor_of(account))
        context = {"name": RELIEF.title(made), "number": made.number or ""}
        publish(
            Tell(
                "my_information.relief",
                posts=((organisation_id, role),),
                context=context,
                link=reverse("my_information.relief", args=[made.pk]),
            )
        )


def _open(account_id: int) -> list[Relief]:
    rows = Relief.objects.filter(asker_account_id=account_id, state=RELIEF.initial)
    return list(rows.select_related("organisation").order_by("pk"))


def work_of(account_id: int, items: Collection[int]) -> dict[int, Row]:
    """These work items as rows; the holder is empty where it is the account's own turn. One query."""
    found = WorkItem.objects.filter(pk__in=items, closed_at=None).select_related(*HOLDER_OF)
    return {item.pk: row_of(item, "" if item.account_id == account_id else holder_name(item)) for item in found}


def unit_rows(account_id: int) -> Rows | None:
    """What a unit has under way, for the page of a request to close its account. Two queries."""
    unit = Organisation.objects.filter(account_id=account_id).first()
    return rows_of(closing.unit_work(unit), limit=SHOWN, held_by_others=True) if unit is not None else None


def reliefs(account_id: int) -> dict[tuple[int | None, str], tuple[int, Row]]:
    """By the post that was asked: what it was asked, and how far that is. Two queries."""
    posts = {r.pk: (r.organisation_id, r.role) for r in _open(account_id)}
    items = WorkItem.objects.filter(process=RELIEF.name, subject_id__in=posts, closed_at=None)
    items = items.select_related(*HOLDER_OF)
    return {posts[i.subject_id]: (i.subject_id, row_of(i, holder_name(i))) for i in items}


def end_reliefs(account_id: int) -> None:
    """Nobody has to take anything over any more. In the caller's transaction."""
    for relief in _open(account_id):
        perform(RELIEF, relief, "end", the_system())


def relief_for(actor: Actor, pk: int) -> Relief:
    """For whoever leaves, the post that is asked, and the desk that sees to it. Raises Hidden for everybody else."""
    rows = Relief.objects.select_related("organisation", "asker_account__person")
    relief = rows.filter(pk=pk).first()
    if relief is None or actor.account_id is None:
        raise Hidden
    desk = actor.holds(relief.operator_id, "operator.reviewer") or actor.holds(relief.operator_id, "operator.senior")
    if not (actor.account_id == relief.asker_account_id or actor.holds(relief.organisation_id, relief.role) or desk):
        raise Hidden
    return relief


def still_needed(relief: Relief) -> holdings.Obstacle | None:
    """What there is to take over, and where the post does it; None where nothing is left."""
    return _needed(relief.asker_account_id or 0).get((relief.organisation_id, relief.role))
