"""What people meet who cannot sign in, or have no account yet, and the operator who decides about them."""

from __future__ import annotations

from django.http import HttpResponse
from django.test import Client

from tests.benchmarks.measure import Ask
from waizhuan.identity import demo
from waizhuan.identity.appeals.models import Appeal
from waizhuan.identity.appeals.tests.conftest import claimed, filed
from waizhuan.identity.models import Person

#: What these answer: the form again, with the sentence beside its field.
REFUSED = ("reset: wrong code",)


def entrances(operator: Client) -> dict[str, Ask]:
    """Name → a request of that page, each in a browser that has come so far."""
    stranger, forgetful, collecting, waiting = Client(), Client(), Client(), Client()
    reset = {"login_name": "hanxu", "channel": "sms"}
    forgetful.post("/recovery/reset/", reset)
    claimed(collecting, **_another())
    appeal = filed(waiting, **_another())
    newcomer = {"name": "古丽娜尔", "doc_type": "resident_id", "doc_number": demo.resident_id(999_983)}

    def registers() -> HttpResponse:
        return stranger.post("/register/person/identity/", newcomer)

    registers()  # the journey begins
    return {
        "cannot sign in": lambda: stranger.get("/recovery/"),
        "reset: form": lambda: stranger.get("/recovery/reset/"),
        "reset: code sent": lambda: Client().post("/recovery/reset/", reset),
        "reset: code form": lambda: forgetful.get("/recovery/code/"),
        "reset: wrong code": lambda: forgetful.post("/recovery/code/", {"code": "000000"}),
        "appeal, first page": lambda: stranger.get("/appeals/"),
        "appeal, details": lambda: stranger.get("/appeals/new/person/"),
        "appeal, papers": lambda: collecting.get("/appeals/papers/"),
        "appeal, waiting": lambda: waiting.get("/appeals/mine/"),
        "appeal (reviewer)": lambda: operator.get(f"/appeals/{appeal.pk}/review/"),
        "registration step": lambda: stranger.get("/register/person/identity/"),
        "registration, sent": registers,
    }


def _another() -> dict[str, str]:
    """Somebody of the demonstration who has not appealed in an earlier round, with a new phone."""
    n = Appeal.objects.count()
    person = Person.objects.filter(account__login_key__startswith="person").order_by("pk")[n]
    return {"name": person.name, "doc_number": person.doc_number, "phone": f"139 2222 {n:04d}"}
