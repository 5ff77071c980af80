"""What one does with work besides deciding it: take it, remind its holder; and what the clock does."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.flow import rules
from waizhuan.shared.flow.engine import link
from waizhuan.shared.flow.models import SavedView, WorkItem
from waizhuan.shared.flow.posts import colleagues, holdings
from waizhuan.shared.flow.process import State, all_processes, process
from waizhuan.shared.flow.queries import asked_by, held_by, waiting_at_posts


def take(*, actor: Actor, items: Sequence[int], back: bool = False) -> int:
    """Make this work the actor's own among colleagues (`back`: give it back to the post); how many rows changed."""
    if actor.account_id is None:
        raise Hidden
    with transaction.atomic():
        rows = held_by(actor).filter(pk__in=items[:200], asker_turn=False)
        count = rows.update(assignee_id=None if back else actor.account_id)
        publish(Happened(actor, "flow.give_back" if back else "flow.take", "flow.item", {"items": list(items)[:200]}))
    return count


def assign(*, actor: Actor, items: Sequence[int], to: int) -> int:
    """Give this work to a colleague who holds the same post; how many rows changed. Everybody of the post may still act.
    Raises Hidden, Refused (the colleague does not hold the post of one of them; then none is given)."""
    colleague = next((c for c in colleagues(actor) if c.account_id == to), None)
    if colleague is None:
        raise Hidden
    with transaction.atomic():
        held = waiting_at_posts(actor).filter(pk__in=items[:200])
        work = list(held.select_for_update(of=("self",)).only("role", "title", "number", "assignee_id").order_by("pk"))
        verdict = rules.may_be_given(colleague.name, colleague.roles, [item.role for item in work])
        if not verdict.ok:
            raise Refused(verdict)
        given = [item for item in work if item.assignee_id != to]
        if not given:
            return 0
        WorkItem.objects.filter(pk__in=[item.pk for item in given]).update(assignee_id=to)
        first = given[0]
        many = len(given) > 1
        publish(
            Happened(actor, "flow.assign", f"identity.account:{to}", {"items": [item.pk for item in given]}),
            Tell(
                "flow.assigned_many" if many else "flow.assigned",
                accounts=(to,),
                context={"by": actor.name, "title": first.title, "number": first.number, "count": len(given)},
                link=f"{link('flow.queue', ())}?assignee=mine" if many else link("flow.open", (first.pk,)),
            ),
        )
    return len(given)


def release(*, account_id: int, organisation_id: int, roles: Collection[str]) -> int:
    """Somebody left these posts: work that they had taken is everybody's at the post again; how many rows changed."""
    taken = WorkItem.objects.filter(
        closed_at=None, assignee_id=account_id, organisation_id=organisation_id, role__in=roles
    )
    return taken.update(assignee_id=None)


def release_lapsed() -> int:
    """The clock's: whoever's mandate has run out, or whose account was closed, has no work assigned any more. Work that a
    unit's own account took stays: it holds every post of its unit."""
    assigned = WorkItem.objects.filter(closed_at=None, assignee__isnull=False, organisation__isnull=False)
    rows = list(assigned.exclude(assignee__kind="legal").values_list("pk", "assignee_id", "organisation_id", "role"))
    holds = {
        (h.account_id, h.organisation_id, h.role) for h in holdings({organisation for _, _, organisation, _ in rows})
    }
    lost = [pk for pk, *post in rows if tuple(post) not in holds]
    return WorkItem.objects.filter(pk__in=lost, closed_at=None).update(assignee_id=None) if lost else 0


def succeed(
    *, before: int, after: int, process: str = "", subjects: Collection[int] | None = None, along: Collection[int] = ()
) -> int:
    """An organisation gave way to another: open work of its posts is work of the same posts there, promised for the same
    time; how many. `process`, `subjects`: of these alone. `along`: accounts that keep what they had taken."""
    rows = WorkItem.objects.filter(closed_at=None, organisation_id=before)
    if subjects is not None:
        rows = rows.filter(process=process, subject_id__in=subjects)
    rows.filter(assignee__isnull=False).exclude(assignee_id__in=along).update(assignee_id=None)
    return rows.update(organisation_id=after)


# ---------------------------------------------------------------- one's own views


def keep_view(*, actor: Actor, name: str, conditions: Mapping[str, str]) -> SavedView:
    """Name a filter: it stands as a tab. Raises Hidden, Refused."""
    if actor.account_id is None or actor.organisation_id is None:
        raise Hidden
    with _own_name(), transaction.atomic():
        own = _own_views(actor)
        verdict = rules.may_keep(others=own.count(), same_name=own.filter(name=name).exists())
        if not verdict.ok:
            raise Refused(verdict)
        return SavedView.objects.create(
            account_id=actor.account_id,
            organisation_id=actor.organisation_id,
            name=name,
            conditions=dict(conditions),
        )


def rename_view(*, actor: Actor, id: int, name: str) -> None:
    """Raises Hidden, Refused (a name that another view has)."""
    with _own_name(), transaction.atomic():
        own = _own_views(actor)
        view = own.filter(pk=id).first()
        if view is None:
            raise Hidden
        verdict = rules.may_keep(others=0, same_name=own.filter(name=name).exclude(pk=id).exists())
        if not verdict.ok:
            raise Refused(verdict)
        view.name = name
        view.save(update_fields=["name"])


def remove_view(*, actor: Actor, id: int) -> None:
    """Pressing twice does no harm."""
    _own_views(actor).filter(pk=id).delete()


def _own_views(actor: Actor) -> QuerySet[SavedView]:
    return SavedView.objects.filter(account_id=actor.account_id or 0, organisation_id=actor.organisation_id or 0)


@contextlib.contextmanager
def _own_name() -> Iterator[None]:
    """Two presses at the same moment: the second hears what the rule would have said."""
    try:
        yield
    except IntegrityError as error:
        raise Refused(rules.may_keep(others=0, same_name=True)) from error


# ---------------------------------------------------------------- reminding


def remind(*, actor: Actor, item_id: int) -> WorkItem:
    """The asker reminds whoever has it, once a day (F1). Raises Hidden, Refused."""
    with transaction.atomic():
        item = asked_by(actor).select_for_update(of=("self",)).filter(pk=item_id).first()
        if item is None:
            raise Hidden
        if item.reminded_at and item.reminded_at.astimezone(clock.CHINA).date() == clock.today():
            raise Refused(no(say("今天已经提醒过，明天可以再提醒"), code="F1"))
        item.reminded_at = clock.now()
        item.save(update_fields=["reminded_at"])
        subject = f"{item.process}:{item.subject_id}"
        publish(
            Happened(actor, "flow.remind", subject, {"item": item.pk}),
            _tell_holder("flow.reminded", item, by=actor.organisation_name or actor.name),
        )
    return item


def _tell_holder(template: str, item: WorkItem, by: str = "") -> Tell:
    return Tell(
        template=template,
        accounts=(item.account_id,) if item.account_id else (),
        posts=((item.organisation_id, item.role),) if item.organisation_id else (),
        context={"number": item.number, "title": item.title, "by": by},
        link=link("flow.open", (item.pk,)),
    )


# ---------------------------------------------------------------- the clock

AT_ONCE = 200


def _time_is_up() -> Q:
    """Work whose promise has been missed, or is about to be where its process wants that seen before."""
    now = clock.now()
    up = Q(due_at__lt=now)
    for of in all_processes():
        for state in of.states:
            if state.hours_before:
                early = now + dt.timedelta(hours=state.hours_before)
                up |= Q(process=of.name, state=state.name, due_at__lt=early)
    return up


def escalate_overdue() -> int:
    """Every case whose time is up goes to the eyes of the upper post, once; how many. What was escalated early and is
    missed all the same is told once more."""
    open_ones = WorkItem.objects.filter(closed_at=None, promised=True, asker_turn=False)
    late = open_ones.filter(_time_is_up(), escalated_at=None)
    told_early = Q(escalated_at__lt=F("due_at"), due_at__lt=clock.now())
    found = [*late.order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]]
    found += open_ones.filter(told_early).order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]
    count = 0
    for pk in found:
        with transaction.atomic():
            waiting = WorkItem.objects.select_for_update().filter(Q(escalated_at=None) | told_early, closed_at=None)
            item = waiting.filter(pk=pk).first()
            if item is None:
                continue
            of = process(item.process)
            state = of.state(item.state)
            subject = of.model()._default_manager.filter(pk=item.subject_id).first()
            upper = state.upper(subject) if state.upper and subject is not None else None
            item.escalated_at = clock.now()
            item.save(update_fields=["escalated_at"])
            missed = item.due_at < clock.now()
            publish(
                Happened(the_system(), "flow.escalate", f"{item.process}:{item.subject_id}", {"item": item.pk}),
                _tell_holder("flow.overdue" if missed else "flow.due_soon", item),
            )
            if upper is not None and upper.organisation_id is not None:
                _tell_upper(item, state, (upper.organisation_id, upper.role), missed)
            count += 1
    return count


def _tell_upper(item: WorkItem, state: State, post: tuple[int, str], missed: bool) -> None:
    """The post above hears of the case; one that must not see it, of its number alone, and that its promise was missed."""
    if not state.upper_page:
        template = "flow.escalated" if missed else "flow.escalated_early"
        context, way = {"number": item.number, "title": item.title}, link("flow.open", (item.pk,))
        publish(Tell(template, posts=(post,), context=context, link=way))
    elif missed:
        publish(
            Tell("flow.short_handed", posts=(post,), context={"number": item.number}, link=link(state.upper_page, ()))
        )


def warn_before_due() -> int:
    """Whoever has a case that is due on this or the next working day is told, once, before it is late; but not on the
    day on which it came."""
    soon = clock.due_after(1).at
    this_day = dt.datetime.combine(clock.today(), dt.time.min, clock.CHINA)
    rows = WorkItem.objects.filter(
        closed_at=None,
        promised=True,
        asker_turn=False,
        escalated_at=None,  # whoever is late has heard of it; and so both clocks read one index
        warned_at=None,
        due_at__lte=soon,
        due_at__gt=clock.now(),
        opened_at__lt=this_day,
    )
    count = 0
    for pk in list(rows.order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            item = WorkItem.objects.select_for_update().filter(pk=pk, warned_at=None, closed_at=None).first()
            if item is None:
                continue
            item.warned_at = clock.now()
            item.save(update_fields=["warned_at"])
            publish(_tell_holder("flow.due_soon", item))
            count += 1
    return count
