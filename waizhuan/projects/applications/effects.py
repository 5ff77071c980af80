"""What the transitions of the process do to the application, inside their transaction, exactly once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Tell, publish
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.projects.applications import rules, world
from waizhuan.projects.calls.api import make_number
from waizhuan.shared.flow.api import next_number

if TYPE_CHECKING:
    from waizhuan.projects.applications.models import Application


def assign(application: Application, actor: Actor, data: Mapping[str, Any]) -> None:
    """The lead becomes the one who asks: the work, the messages and the waiting are theirs from now on."""
    lead = data.get("lead")
    if not isinstance(lead, int):
        raise Refused(no(say("请选择一位本单位授权的项目负责人"), field="lead", code="F4"))
    before = application.lead_id
    application.lead_id = application.asker_account_id = lead
    if before is not None and before != lead:
        context = {"title": application.title, "number": application.number or "", "by": actor.organisation_name}
        publish(Tell("applications.passed_on", accounts=(before,), context=context))


def submit(application: Application, actor: Actor, data: Mapping[str, Any]) -> None:
    """Everything that is missing is said at once; then what was typed becomes rows."""
    _hand_in(application, in_time=True)
    application.first_submitted_at = application.first_submitted_at or clock.now()
    application.submitted_at = clock.now()


def supply(application: Application, actor: Actor, data: Mapping[str, Any]) -> None:
    _hand_in(application, in_time=False)


def _hand_in(application: Application, *, in_time: bool) -> None:
    from waizhuan.projects.applications import contents

    content = contents.of(application)
    time = rules.check_time(content.limits, content.facts)
    refusals = [time] if in_time and not time.ok else []
    refusals += [problem.verdict() for problem in content.problems]
    if refusals:
        raise Refused(*refusals)
    contents.project(application, content)


def back_to_draft(application: Application, actor: Actor, data: Mapping[str, Any]) -> None:
    """The rank is free again."""
    application.rank = None
    application.opinion = ""


def withdraw(application: Application, actor: Actor, data: Mapping[str, Any]) -> None:
    application.rank = None


def confirm(application: Application, actor: Actor, data: Mapping[str, Any]) -> None:
    """The department of this day recommends; a later change of department does not move the case by itself."""
    application.department, verdict = world.recommending_department(application.unit_id, application.call)
    if not verdict.ok:
        raise Refused(verdict)


def recommend(application: Application, actor: Actor, data: Mapping[str, Any]) -> None:
    from waizhuan.projects.applications.models import Application

    rank = data.get("rank")
    taken = (
        Application.objects.filter(call_id=application.call_id, department_id=application.department_id, rank=rank)
        .exclude(pk=application.pk)
        .exists()
        if isinstance(rank, int)
        else False
    )
    verdict = rules.can_rank(rank, taken)
    if not verdict.ok:
        raise Refused(verdict)
    application.rank = rank
    application.opinion = str(data.get("opinion", ""))


def ask_for_more(application: Application, actor: Actor, data: Mapping[str, Any]) -> None:
    application.asked_for_more = True


def approve(application: Application, actor: Actor, data: Mapping[str, Any]) -> None:
    """The project gets its number by the call's pattern; its experts enter the register."""
    from waizhuan.projects.people import actions as people

    call = application.call
    series = "project " + make_number(call.number_pattern, call.year, 0)
    application.project_number = make_number(call.number_pattern, call.year, next_number(series))
    application.approved_at = clock.now()
    people.register(application)
