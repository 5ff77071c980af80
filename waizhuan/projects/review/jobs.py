"""Writes the letters of approval that are still to be written."""

from __future__ import annotations

import logging

from django.db import IntegrityError, transaction

from waizhuan.kernel.jobs import every
from waizhuan.projects.applications.models import Application
from waizhuan.projects.review.letters import approval_pdf
from waizhuan.projects.review.models import Letter

log = logging.getLogger("waizhuan.review")
AT_ONCE = 20


@every(seconds=2)
def write_letters() -> int:
    """One letter for each approved project that has none; how many were written. Two workers write one letter."""
    waiting = Application.objects.filter(state="approved", letter=None).select_related(
        "call__standard", "unit", "department", "lead__person", "call__organisation"
    )
    count = 0
    for application in waiting.order_by("approved_at")[:AT_ONCE]:
        pdf = approval_pdf(application)
        try:
            with transaction.atomic():
                Letter.seal(application.pk, pdf).save(force_insert=True)
                count += 1
        except IntegrityError:
            log.info("the letter was written meanwhile", extra={"application": application.pk})
    return count
