"""What other errands use of applications."""

from __future__ import annotations

from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.applications.queries import left_behind, visible_to
from waizhuan.projects.applications.summary import Summary, summary
from waizhuan.projects.applications.transfers import FILLERS

__all__ = ["FILLERS", "PROCESS", "Application", "Summary", "left_behind", "summary", "visible_to"]
