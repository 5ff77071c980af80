"""The register of experts follows from approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from waizhuan.kernel import clock
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.projects.people.models import Engagement, Expert

if TYPE_CHECKING:
    from waizhuan.projects.applications.models import Application

COPIED = (
    "name_latin",
    "name_zh",
    "nationality",
    "passport",
    "passport_key",
    "birth",
    "degree",
    "title",
    "employer",
    "speciality",
)


def register(application: Application) -> None:
    """Enter the application's experts, each with the project. The database refuses a second running project of one expert,
    even when two are approved at the same moment."""
    starts, ends = application.starts_on or clock.today(), application.ends_on or clock.today()
    for row in application.experts.order_by("position"):
        values = {name: getattr(row, name) for name in COPIED} | {"updated_at": clock.now()}
        expert, _ = Expert.objects.update_or_create(passport_index=row.passport_index, defaults=values)
        if application.call.one_running_project:
            Engagement.objects.filter(expert=expert, exclusive=True, ended_at=None, ends_on__lt=clock.today()).update(
                ended_at=clock.now()
            )
        try:
            with transaction.atomic():
                Engagement.objects.create(
                    expert=expert,
                    application=application,
                    unit_id=application.unit_id,
                    exclusive=application.call.one_running_project,
                    days=row.days,
                    starts_on=starts,
                    ends_on=ends,
                )
        except IntegrityError as error:
            raise Refused(no(say("{names}正在参加另一个在执行的项目，不能再批准", names=row.name_latin))) from error
