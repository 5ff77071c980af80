"""The working calendar that an operator loads each November."""

from __future__ import annotations

from django.db import models


class CalendarDay(models.Model):
    """A day that is not like its weekday: a holiday, or a worked weekend day (调休上班). A year that has rows here is
    wholly described by them."""

    day = models.DateField(primary_key=True)
    worked = models.BooleanField()
    name = models.CharField(max_length=40, default="", blank=True)
