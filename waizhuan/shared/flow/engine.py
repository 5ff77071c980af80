"""The one interpreter of every process table.

lock row → source → who → guard → needs → effect → save → history → work items → audit and messages (kernel.events).
Nobody can forget a part, and all of it is one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.reading import the_one
from waizhuan.kernel.refusals import RULE, notice
from waizhuan.kernel.ui import dates, marks
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import SILENCE, Words, as_json, say
from waizhuan.shared.flow.models import Counter, Step, Subject, WorkItem
from waizhuan.shared.flow.own import not_ones_own
from waizhuan.shared.flow.process import Process, State, Transition

S = TypeVar("S", bound=Subject)
#: Where nothing is promised: sorts after everything that is.
NO_PROMISE = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it does, and why not where it cannot be pressed."""

    name: str
    label: Words
    tone: str
    note: Words  # what is to be written with it ("理由"); SILENCE: nothing has to be
    verdict: Verdict

    @property
    def needs_note(self) -> bool:
        return bool(self.note)


def next_number(name: str) -> int:
    """The next number of a series, inside the caller's transaction: no gaps by rollback, no doubles."""
    updated = Counter.objects.filter(name=name).update(value=F("value") + 1)
    if not updated:
        try:
            with transaction.atomic():
                Counter.objects.create(name=name, value=1)
                return 1
        except IntegrityError:
            Counter.objects.filter(name=name).update(value=F("value") + 1)
    return Counter.objects.values_list("value", flat=True).get(name=name)


def start(process: Process, subject: S, actor: Actor) -> S:
    """Save a new subject in the initial state, number it, open its first work item, write its first step."""
    with transaction.atomic():
        subject.state = process.initial
        if process.prefix and not subject.number:
            year = clock.today().year
            subject.number = f"{process.prefix}-{year}-{next_number(f'{process.prefix}-{year}'):06d}"
        subject.save()
        _write_step(process, subject, actor, "start", "", "", {})
        _open(process, subject, process.state(process.initial))
        publish(Happened(actor, f"{process.name}.start", _name(process, subject), {"number": subject.number or ""}))
    return subject


def available(process: Process, subject: Subject, actor: Actor) -> list[Choice]:
    """The buttons of this actor on this subject. What the actor may never do is not listed; what cannot be done now
    comes with its reason."""
    choices = []
    for t in process.leaving(subject.state):
        if not t.seen or not t.by(actor, subject).ok:
            continue
        own = not_ones_own(process, subject, t, actor)
        verdict = own if not own.ok else t.when(subject)
        note = next((n.label for n in t.needs if n.name == "note"), SILENCE)
        choices.append(Choice(t.name, t.label, t.tone, note, verdict))
    return choices


def perform(
    process: Process,
    subject: S,
    transition_name: str,
    actor: Actor,
    *,
    note: str = "",
    data: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> S:
    """Carry out one transition and give the fresh row back.

    `version` is the version that the actor saw. Raises Hidden (may not), Refused (guard or needs, all reasons at once),
    Conflict (somebody was faster; says who and when). The same actor pressing twice gets the first result again.
    """
    t = next((t for t in process.transitions if t.name == transition_name), None)
    if t is None:
        raise Hidden(f"{process.name} has no transition {transition_name[:40]}")
    given = dict(data or {})
    with transaction.atomic():
        row = _locked(process, subject)
        if row.state not in t.source or (version is not None and row.version != version):
            last = Step.objects.filter(process=process.name, subject_id=row.pk).order_by("-seq").first()
            if (
                last
                and last.account_id == actor.account_id
                and last.transition == t.name
                and _seen_before(last, version)
            ):
                return row  # a double click, a lost reply, a reload
            raise _conflict(process, last)
        allowed = t.by(actor, row)
        if not allowed.ok:
            raise Hidden(str(allowed.reason))
        own = not_ones_own(process, row, t, actor)
        ready = t.when(row) if own.ok else own
        if not ready.ok and actor.signed_in:
            notice(RULE)  # its button was shut, wherever the reason is shown now
        if not own.ok:
            raise Refused(own)
        refusals = [v for v in (ready,) if not v.ok]
        refusals += [
            no(n.missing, field=n.name)
            for n in t.needs
            if not (note.strip() if n.name == "note" else given.get(n.name))
        ]
        if refusals:
            raise Refused(*refusals)
        if t.effect:
            t.effect(row, actor, given)
        _move(process, row, t, actor, note, given)
    return row


def _seen_before(last: Step, version: int | None) -> bool:
    return version is None or last.seq == version + 1


def _locked(process: Process, subject: S) -> S:
    rows = type(subject)._default_manager.select_for_update(of=("self",)).filter(pk=subject.pk)
    row = the_one(rows.select_related(*process.joined) if process.joined else rows)
    if row is None:
        raise Hidden(f"{process.name} {subject.pk}")
    return row


def _conflict(process: Process, last: Step | None) -> Conflict:
    if last is None:
        return Conflict(say("这件事的状态已经变了，请看最新的内容"))
    known = {t.name: t for t in process.transitions}
    done = known[last.transition].label if last.transition in known else say("处理")
    who = marks.listed(last.by, marks.COMMA)
    return Conflict(
        say(
            "{who}已在{at}办理了“{done}”。您的操作没有执行，什么都没有重复发生。",
            who=who or say("系统"),
            at=f"{dates.day(last.at)} {dates.time(last.at)}",
            done=done,
        ),
        by=str(who),
        at=last.at,
    )


def _move(process: Process, row: Subject, t: Transition, actor: Actor, note: str, given: Mapping[str, Any]) -> None:
    source = row.state
    row.state = t.target or source
    row.version += 1
    row.updated_at = clock.now()
    row.save()
    data = {k: v for k, v in given.items() if isinstance(v, str | int | float | bool | list | dict | None)}
    _write_step(process, row, actor, t.name, source, note, data)
    if t.target or not _goes_on(process, row):
        remaining = _close(process, row, actor)
        _open(process, row, process.state(row.state), remaining=remaining)
    publish(
        Happened(
            actor,
            f"{process.name}.{t.name}",
            _name(process, row),
            {"from": source, "to": row.state, "number": row.number or "", "version": row.version},
        )
    )
    if t.notify:
        screen, args = process.screen(row, False)
        accounts = (row.asker_account_id,) if row.asker_account_id else ()
        publish(
            Tell(
                template=t.notify,
                accounts=accounts,
                posts=((row.asker_organisation_id, "*"),) if row.asker_organisation_id and not accounts else (),
                context={
                    "number": row.number or "",
                    "title": process.title(row),
                    "note": note,
                    "by": actor.organisation_name or actor.name,
                    **_scalars(given),
                },
                link=link(screen, args),
                sms=t.sms,
            )
        )


def _scalars(given: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in given.items() if isinstance(v, str | int)}


def link(screen: str, args: tuple[object, ...]) -> str:
    from django.urls import reverse

    return reverse(screen, args=args)


def _name(process: Process, subject: Subject) -> str:
    return f"{process.name}:{subject.pk}"


def _write_step(
    process: Process,
    subject: Subject,
    actor: Actor,
    transition_name: str,
    source: str,
    note: str,
    data: Mapping[str, Any],
) -> None:
    Step.objects.create(
        process=process.name,
        subject_id=subject.pk,
        seq=subject.version,
        transition=transition_name,
        source=source,
        target=subject.state,
        account_id=actor.account_id,
        account_name=actor.name,
        organisation_id=actor.organisation_id,
        organisation_name=actor.organisation_name,
        note=note.strip(),
        data=dict(data),
    )


def _goes_on(process: Process, subject: Subject) -> bool:
    """The subject stays in its state: its open work item goes on, unless another post holds it now."""
    state = process.state(subject.state)
    post = state.holder(subject) if state.holder else None
    if post is None:
        return True
    held: dict[str, Any] = {"organisation_id": post.organisation_id, "account_id": post.account_id, "role": post.role}
    same = WorkItem.objects.filter(process=process.name, subject_id=subject.pk, closed_at=None, **held).update(
        **_called(process, subject),
        asker_account_id=subject.asker_account_id,
        asker_organisation_id=subject.asker_organisation_id,
    )
    return bool(same)


def _called(process: Process, subject: Subject) -> dict[str, Any]:
    """What a work item is called, whoever happens to act: others read it in their own language (`presenters.line_of`)."""
    with translation.override("zh-hans"):
        line = process.line(subject)
        words = as_json(line) if line and isinstance(line, Words) else None
        return {"title": process.title(subject)[:300], "line": str(line)[:300], "line_words": words}


def _close(process: Process, subject: Subject, actor: Actor) -> int | None:
    """Close the open work item; gives the working days that were left, or that a paused clock had left."""
    items = WorkItem.objects.filter(process=process.name, subject_id=subject.pk, closed_at=None).order_by()
    found = list(items.values_list("pk", "due_at", "promised", "asker_turn", "paused_days")[:1])
    if not found:
        return None
    [(pk, due, promised, asker_turn, paused)] = found
    WorkItem.objects.filter(pk=pk).update(closed_at=clock.now(), closed_by=actor.account_id)
    left = clock.workdays_left(due) if promised else None
    return paused if asker_turn else left


def _open(process: Process, subject: Subject, state: State, *, remaining: int | None = None) -> None:
    """Open the work item of the state. A clock that was paused goes on with what was left, one day at least."""
    post = state.holder(subject) if state.holder else None
    if post is None:
        return
    came_back = (
        remaining is not None
        and not state.asker_turn
        and WorkItem.objects.filter(
            process=process.name, subject_id=subject.pk, state=state.name, closed_at__isnull=False
        ).exists()
    )
    days = max(1, remaining) if came_back and remaining is not None else state.due
    due = clock.due_after(days) if days is not None else None
    WorkItem.objects.create(
        process=process.name,
        subject_id=subject.pk,
        state=state.name,
        number=subject.number or "",
        **_called(process, subject),
        organisation_id=post.organisation_id,
        role=post.role,
        account_id=post.account_id,
        asker_account_id=subject.asker_account_id,
        asker_organisation_id=subject.asker_organisation_id,
        asker_turn=state.asker_turn,
        opened_at=clock.now(),
        due_at=due.at if due else NO_PROMISE,
        promised=due is not None,
        provisional=bool(due and due.provisional),
        paused_days=remaining if state.asker_turn else None,
    )


def reroute(process: Process, subject: S, actor: Actor, *, note: str) -> None:
    """Move the open work item to the post that the subject names now (after its competent department changed)."""
    with transaction.atomic():
        row = _locked(process, subject)
        _close(process, row, actor)
        _open(process, row, process.state(row.state))
        publish(Happened(actor, f"{process.name}.reroute", _name(process, row), {"number": row.number or ""}))
