"""One round of measurements on the database that the environment names; prints JSON."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waizhuan.web.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import check_password  # noqa: E402
from django.http import HttpResponse  # noqa: E402

from tests.benchmarks import pages  # noqa: E402
from tests.benchmarks.entrances import REFUSED  # noqa: E402
from tests.benchmarks.measure import measure  # noqa: E402
from waizhuan.identity import demo  # noqa: E402

settings.ALLOWED_HOSTS = ["testserver"]


def main() -> None:
    floor = pages.floor()
    found = {name: asdict(measure(ask, floor)) for name, ask in pages.pages().items()}
    found["submit"] = asdict(measure(pages.submits(30), floor, times=20))
    hashed = demo.hashed_password()

    def bare_hash() -> HttpResponse:
        check_password(demo.PASSWORD, hashed)
        return HttpResponse()

    result = {"pages": found, "sign_in": asdict(measure(pages.sign_in(), bare_hash, times=15))}
    wrong = {n: p["status"] for n, p in found.items() if p["status"] not in ((422,) if n in REFUSED else (200, 302))}
    if wrong:
        raise SystemExit(f"these pages did not answer as they should: {wrong}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
