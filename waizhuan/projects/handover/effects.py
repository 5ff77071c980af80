"""Guards and effects of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.projects.handover import rules

if TYPE_CHECKING:
    from waizhuan.projects.handover.models import HandOver

Data = Mapping[str, Any]


def can_execute(row: HandOver) -> Verdict:
    """Not before its day, and only to somebody who can still receive it."""
    if row.effective_on > clock.today():
        return no(say("还没有到生效日期"), code="F12")
    return identity.can_receive(row.successor_id)


def complete(row: HandOver, actor: Actor, data: Data) -> None:
    there = set(row.documents.values_list("slot", flat=True))
    missing = rules.missing(there, kind=row.organisation.kind)
    receives = identity.can_receive(row.successor_id)
    if missing or not receives.ok:
        raise Refused(*missing, *([] if receives.ok else [receives]))


def confirmed(row: HandOver, actor: Actor, data: Data) -> None:
    """The table sends whoever began it away; here whoever did so with another account of theirs. One query more."""
    began = set() if row.asker_account_id is None else {row.asker_account_id}
    if identity.is_any_of(actor.account_id, began):
        raise Refused(rules.FOUR_EYES)
    complete(row, actor, data)


def may_ask(row: HandOver) -> Verdict:
    return no(say("已经请对方补充过一次，现在请决定")) if row.asked_for_more else YES


def asked(row: HandOver, actor: Actor, data: Data) -> None:
    row.asked_for_more = True


def executed(row: HandOver, actor: Actor, data: Data) -> None:
    """At this moment the post passes: one transaction with the state, so once."""
    post, along = rules.POSTS[row.organisation.kind]
    identity.pass_post(
        actor=actor,
        organisation_id=row.organisation_id,
        post=post,
        along=along,
        leaver=row.leaver_id,
        successor=row.successor_id,
        why=row.number or "",
    )
    row.executed_at = clock.now()
