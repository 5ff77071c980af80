"""Asking for a hand-over, its papers, its decision, and the moment when it takes effect."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.verdict import all_no, no
from waizhuan.kernel.words import say
from waizhuan.projects.handover import rules
from waizhuan.projects.handover.models import HandOver, HandOverDocument
from waizhuan.projects.handover.process import HAND_OVER, by_asker
from waizhuan.shared.documents import api as documents
from waizhuan.shared.flow.api import perform, start

AT_ONCE = 200
log = logging.getLogger("waizhuan.handover")


def organisation_for(actor: Actor, id: int | None) -> identity.Organisation:
    """Whose post it is: the organisation acted for, or for the ministry the department of this id. Raises Hidden."""
    if not rules.may_start(actor).ok or actor.organisation_id is None:
        raise Hidden
    if actor.organisation_kind != "ministry":
        return identity.organisation(actor.organisation_id)
    found = identity.departments().filter(pk=id or 0).first()
    if found is None:
        raise Hidden
    return found


def begin(
    *,
    actor: Actor,
    at: identity.Organisation,
    leaver: int | None,
    name: str,
    sought: str,
    why: str,
    day: dt.date | None,
) -> HandOver:
    """A draft, the successor found by exact name and number. Raises Refused with everything that is wrong."""
    post, _ = rules.POSTS[at.kind]
    within = identity.may_search(actor.account_id)
    if not within.ok:
        raise Refused(no(within.reason, field="sought", code="F12"))
    person, found = identity.find_person(name=name, sought=sought, invites=False)
    holders = identity.people_with(at.pk, post)
    verdicts = [found, rules.can_take_effect(day, clock.today())]
    if person is not None:
        verdicts.append(
            rules.can_succeed(leaver=leaver, successor=person.account_id, holds=person.account_id in holders)
        )
        if at.kind == "unit":
            verdicts.append(
                rules.may_decide_for_unit(
                    actor, leaver=leaver, successor=person.account_id, alone=set(holders) == {actor.account_id}
                )
            )
    if (leaver is None and holders) or (leaver is not None and leaver not in holders):
        verdicts.append(no(say("请选择现在担任这个岗位的人"), field="leaver", code="F12"))
    refusals = all_no(verdicts)
    if refusals or person is None or day is None:
        raise Refused(*refusals)
    row = HandOver(
        organisation=at,
        ministry=identity.ministry() if at.kind == "department" else None,
        post=post,
        leaver_id=leaver,
        successor_id=person.account_id,
        why=why,
        effective_on=day,
        asker_account_id=actor.account_id,
        asker_organisation_id=actor.organisation_id,
    )
    try:
        with transaction.atomic():
            return start(HAND_OVER, row, actor)
    except IntegrityError as error:
        raise Refused(no(say("这个人的换人已经在办，请看下面的清单"), field="leaver", code="F12")) from error


def add_document(*, actor: Actor, row: HandOver, slot: str, upload: UploadedFile[Any] | None) -> None:
    """One paper into its slot; what was there is replaced."""
    if slot not in rules.PAPERS or row.state not in rules.COLLECTING or not by_asker(actor, row).ok:
        raise Hidden
    if upload is None:
        raise Refused(no(say("请选择要上传的文件"), field=slot, code="E12"))
    document = documents.store(upload, actor=actor, purpose="handover")
    with transaction.atomic():
        locked = HandOver.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if locked.state not in rules.COLLECTING:  # handed in meanwhile: the ministry decides on what it was given
            raise Hidden
        HandOverDocument.objects.filter(hand_over=row, slot=slot).delete()
        HandOverDocument.objects.create(hand_over=row, slot=slot, document=document)
        documents.attach(document, subject=f"handover.handover:{row.pk}")


def submit(*, actor: Actor, row: HandOver, version: int | None) -> HandOver:
    """To the ministry; a unit's own is settled at once, and takes effect if its day has come."""
    name = "answer" if row.state == "asked" else "submit" if row.organisation.kind == "department" else "settle"
    return _and_execute(row, name, actor, "", version)


def decide(*, actor: Actor, row: HandOver, name: str, note: str, version: int | None) -> HandOver:
    """The ministry's decision, or withdrawing. What is confirmed for today takes effect in the same transaction."""
    return _and_execute(row, name, actor, note, version)


def _and_execute(row: HandOver, name: str, actor: Actor, note: str, version: int | None) -> HandOver:
    with transaction.atomic():
        done = perform(HAND_OVER, row, name, actor, note=note, version=version)
        if done.state == "confirmed" and done.effective_on <= clock.today():
            done = perform(HAND_OVER, done, "execute", the_system())
        return done


def execute_due() -> int:
    """Every confirmed hand-over whose day has come: executed, or failed with a message; how many. One that cannot be
    decided does not hold up those after it."""
    due = HandOver.objects.filter(state="confirmed", effective_on__lte=clock.today()).order_by("effective_on", "id")
    rows = list(due.select_related("organisation")[:AT_ONCE])
    for row in rows:
        ready = identity.can_receive(row.successor_id).ok
        try:
            perform(HAND_OVER, row, "execute" if ready else "fail", the_system())
        except Refused:
            perform(HAND_OVER, row, "fail", the_system())
        except Conflict:
            log.info("somebody was faster", extra={"hand_over": row.pk})
    return len(rows)
