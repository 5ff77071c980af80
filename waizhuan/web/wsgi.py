"""The WSGI application that granian serves. In the embedded default it carries the worker as a thread."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waizhuan.web.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402
from django.core.signals import request_started  # noqa: E402

from waizhuan.shared.refdata.workdays import CALENDAR  # noqa: E402

# a calendar that another process loaded counts here within a minute
request_started.connect(CALENDAR.refresh_when_stale)

if settings.ENV["WORKER"] == "thread":
    from waizhuan.web.worker import start_thread

    start_thread()
