"""Deciding about an application: the one verb of the unit, the department and the ministry."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.projects.applications import api as applications
from waizhuan.projects.applications.models import Application
from waizhuan.projects.review import rules
from waizhuan.shared.flow import api as flow


def decide(
    *, actor: Actor, application: Application, transition: str, note: str, rank: str, version: int
) -> Application:
    """Carry out one decision on the version that the actor saw. Raises Refused, Conflict, Hidden."""
    data: dict[str, Any] = {}
    if transition == "recommend":
        data = {"rank": rules.read_rank(rank), "opinion": note}
    try:
        return flow.perform(applications.PROCESS, application, transition, actor, note=note, data=data, version=version)
    except IntegrityError as error:
        if transition != "recommend":
            raise
        # two colleagues gave one rank to two projects at the same moment: the database took the first
        raise Refused(no(say("这个名次刚刚给了另一个项目，请换一个名次"), field="rank")) from error
