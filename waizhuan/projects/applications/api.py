"""What other errands use of applications."""

from __future__ import annotations

from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.applications.queries import visible_to
from waizhuan.projects.applications.summary import Summary, summary

__all__ = ["PROCESS", "Application", "Summary", "summary", "visible_to"]
