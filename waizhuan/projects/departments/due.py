"""What was laid down for a day is carried out on it; what cannot be is kept as failed, with its reasons, and told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import the_system
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.words import Words, as_json, say
from waizhuan.projects.departments import rules
from waizhuan.projects.departments.models import DepartmentChange, Reorganisation, State
from waizhuan.shared.flow.api import link

log = logging.getLogger("waizhuan.departments")
AT_ONCE = 200
Plan = TypeVar("Plan", DepartmentChange, Reorganisation)


def carry_out(planned: QuerySet[Plan], do: Callable[[Plan], object]) -> int:
    """Every one of these whose day has come, each in its own transaction: one that fails holds up no other; how many.
    What fails for a reason that no rule gives is logged, and tried again."""
    due = planned.filter(state=State.PLANNED, effective_on__lte=clock.today())
    count = 0
    for pk in list(due.order_by("effective_on", "id").values_list("pk", flat=True)[:AT_ONCE]):
        try:
            count += _carry_out(planned, due, pk, do)
        except Exception:
            log.exception("a planned change broke", extra={"row": f"{planned.model._meta.label}:{pk}"})
    return count


@transaction.atomic
def _carry_out(planned: QuerySet[Plan], due: QuerySet[Plan], pk: int, do: Callable[[Plan], object]) -> bool:
    row = due.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:  # somebody was faster
        return False
    try:
        with transaction.atomic():
            do(row)
    except Refused as refusal:
        fail(planned.get(pk=pk), refusal)  # as it was before it was tried
    return True


def end(plan: Reorganisation, state: State) -> None:
    """It will not be done: failed, or dropped."""
    plan.state = state
    plan.version += 1
    plan.save(update_fields=["state", "version"])
    plan.changes.update(state=state)


def fail(row: DepartmentChange | Reorganisation, refusal: Refused) -> None:
    if isinstance(row, Reorganisation):
        end(row, State.FAILED)
    else:
        row.state = State.FAILED
        row.save(update_fields=["state"])
    tell(row, refusal, "departments.failed")


def tell(row: DepartmentChange | Reorganisation, refusal: Refused, template: str) -> None:
    """Keep why it was not done, and tell the ministry's administrators and whoever laid it down; the same reason once."""
    reasons = [v.reason for v in refusal.verdicts]
    kept = [as_json(reason) for reason in reasons]
    if kept == row.failed_why:
        return
    row.failed_why = kept
    row.save(update_fields=["failed_why"])
    one = isinstance(row, Reorganisation)
    publish(
        Happened(
            the_system(), template, f"departments.{'reorganisation' if one else 'change'}:{row.pk}", {"why": kept}
        ),
        Tell(
            template,
            accounts=(row.made_by_id,),
            posts=((identity.ministry().pk, "ministry.head"),),
            context={"name": row.name, "what": rules.NAMES[row.kind], "why": together(reasons)},
            link=link("departments.reorganisation", (row.pk,)) if one else link("departments.changes", ()),
        ),
    )


def together(reasons: Sequence[Words]) -> Words:
    """Several sentences as one, in the language of whoever reads it."""
    first, *others = reasons
    return say("{first}；{others}", first=first, others=together(others)) if others else first
