"""What the rules and the process must know of the world around: the call's limits, the department, who is busy."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from waizhuan.identity import api as identity
from waizhuan.kernel import clock, crypto
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.projects.applications.rules import Facts, Limits, Standard
from waizhuan.projects.calls.api import Call, Tier

if TYPE_CHECKING:
    from waizhuan.projects.applications.models import Application
    from waizhuan.projects.applications.reading import Reading

#: states in which an application stands for its topic
LIVE = ("draft", "unit_confirm", "recommend", "ministry_check", "more", "decision", "approved")
HANDED_IN = LIVE[1:]


def limits_of(call: Call) -> Limits:
    """The call's limits as the rules read them."""
    s = call.standard
    return Limits(
        standard=Standard(
            document=s.document,
            travel=s.travel_fen,
            pocket_day=s.pocket_day_fen,
            pocket=s.pocket_fen,
            living_day=s.living_day_fen,
            living=s.living_fen,
            paid_days=s.paid_days,
            intercity=s.intercity_fen,
            total=s.total_fen,
        ),
        opens_at=call.opens_at,
        closes_at=call.closes_at,
        max_age=call.max_age,
        age_on=call.age_on,
        min_days=call.min_days,
        max_days=call.max_days,
        min_experts=call.min_experts,
        one_running_project=call.one_running_project,
        max_total=call.max_total_fen,
        required_attachments=tuple(call.required_attachments),
    )


def facts_of(application: Application, reading: Reading) -> Facts:
    """Two queries: who of the experts is busy elsewhere, and whether the topic is there already."""
    from waizhuan.projects.applications.models import Application

    indexes = {e.passport_key: passport_index(e.passport_key) for e in reading.plan.experts if e.passport_key}
    busy = busy_indexes(indexes.values(), besides=application.pk)
    twin = (
        Application.objects.filter(
            call_id=application.call_id,
            unit_id=application.unit_id,
            title_key=topic_key(reading.plan.title),
            state__in=HANDED_IN,
        ).exclude(pk=application.pk)
        if reading.plan.title
        else Application.objects.none()
    )
    return Facts(
        now=clock.now(),
        today=clock.today(),
        busy=frozenset(key for key, index in indexes.items() if index in busy),
        same_topic=twin.exists(),
        submitted_before=application.first_submitted_at is not None,
    )


def topic_key(title: str) -> str:
    """Titles are compared without regard to case, spaces and punctuation."""
    return "".join(c for c in title.casefold() if c.isalnum())[:200]


def passport_index(key: str) -> str:
    return crypto.blind_index("document", key)


def busy_indexes(indexes: Collection[str], *, besides: int | None) -> set[str]:
    """Which of these passports belong to experts of another running project, of whatever unit. One query."""
    from waizhuan.projects.people.models import Engagement

    if not indexes:
        return set()
    running = Engagement.objects.filter(
        expert__passport_index__in=list(indexes), ended_at=None, ends_on__gte=clock.today()
    ).exclude(application_id=besides or 0)
    return set(running.values_list("expert__passport_index", flat=True))


def busy_experts(application: Application) -> list[str]:
    """Names of the application's experts who are on another running project, where the call forbids that."""
    if not application.call.one_running_project:
        return []
    names: Mapping[str, str] = dict(application.experts.values_list("passport_index", "name_latin"))
    busy = busy_indexes(names.keys(), besides=application.pk)
    return [name for index, name in names.items() if index in busy]


def recommending_department(unit_id: int, call: Call) -> tuple[identity.Organisation | None, Verdict]:
    """The department that recommends this unit's applications to this call, or why there is none."""
    from waizhuan.projects.entry import api as entry

    department = entry.department_of(unit_id)
    if department is None:
        return None, no(say("单位信息还没有审核通过，还不知道由哪个归口单位推荐"))
    if call.recommended_by == Tier.ROOT and department.tier == identity.Tier.CITY:
        if department.parent is None:
            return None, no(say("这一批由省级归口单位推荐，而{name}没有上级归口单位", name=department.name))
        department = department.parent
    return department, YES
