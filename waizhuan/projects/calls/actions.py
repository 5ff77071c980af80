"""The ministry writes, publishes and extends calls."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.projects.calls import rules
from waizhuan.projects.calls.models import Call

WRITTEN = (
    "year", "label_zh", "label_en", "about_zh", "about_en", "opens_at", "closes_at", "max_age", "age_on", "min_days",
    "max_days", "min_experts", "one_running_project", "max_total_fen", "standard_id", "number_pattern",
    "required_attachments", "recommended_by",
)  # fmt: skip


def save(*, actor: Actor, call: Call | None, given: dict[str, Any], version: int) -> Call:
    """Write a draft, or change one. Once it is published its terms stand. Raises Refused with everything that is wrong."""
    if not actor.has("ministry.head") or actor.organisation_id is None:
        raise Hidden
    terms = rules.Terms(
        year=given["year"],
        opens_at=given["opens_at"],
        closes_at=given["closes_at"],
        max_age=given["max_age"],
        age_on=given["age_on"],
        min_days=given["min_days"],
        max_days=given["max_days"],
        min_experts=given["min_experts"],
        max_total_fen=given["max_total_fen"],
        number_pattern=given["number_pattern"],
    )
    wrong = rules.check_terms(terms)
    if wrong:
        raise Refused(*wrong)
    try:
        with transaction.atomic():
            row = (
                Call(organisation_id=actor.organisation_id)
                if call is None
                else Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
            )
            if row.published_at is not None:
                raise Conflict(say("申报通知已经发布，条件不能再改。可以延长截止时间。"))
            if call is not None and row.version != version:
                raise Conflict(say("有人刚刚改过这个申报通知，请看最新的内容"))
            for name in WRITTEN:
                setattr(row, name, given[name])
            row.version += 1
            row.save()
            publish(Happened(actor, "calls.save", f"calls.call:{row.pk}", {"year": row.year, "label": row.label_zh}))
            return row
    except IntegrityError as error:
        raise Refused(no(say("这一年已经有同名的类别"), field="label_zh")) from error


def publish_call(*, actor: Actor, call: Call) -> Call:
    """From now on everybody reads it; pressing twice publishes once."""
    if not actor.has("ministry.head"):
        raise Hidden
    with transaction.atomic():
        row = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
        if row.published_at is None:
            row.published_at = clock.now()
            row.save(update_fields=["published_at"])
            publish(Happened(actor, "calls.publish", f"calls.call:{row.pk}", {}))
        return row


def extend(*, actor: Actor, call: Call, closes_at: dt.datetime, zh: str, en: str) -> Call:
    """Move the deadline, with an announcement where people meet it."""
    if not actor.has("ministry.head"):
        raise Hidden
    with transaction.atomic():
        row = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
        verdict = rules.can_extend(row.closes_at, closes_at, clock.now())
        if not verdict.ok:
            raise Refused(no(verdict.reason, field="closes_on"))
        row.closes_at, row.extended_at, row.announcement_zh, row.announcement_en = closes_at, clock.now(), zh, en
        row.save(update_fields=["closes_at", "extended_at", "announcement_zh", "announcement_en"])
        publish(Happened(actor, "calls.extend", f"calls.call:{row.pk}", {"closes_at": closes_at.isoformat()}))
        return row
