"""What is measured: each page as the reader for whom it is hardest."""

from __future__ import annotations

import itertools

from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings

from tests.benchmarks.entrances import entrances
from tests.benchmarks.measure import Ask
from waizhuan.identity import demo
from waizhuan.identity.api import Account, Mandate, actor_of
from waizhuan.identity.models import Person
from waizhuan.projects.applications import demo as filled
from waizhuan.projects.applications.models import Application
from waizhuan.projects.calls.models import Call
from waizhuan.projects.legacy.models import LegacyAccount
from waizhuan.projects.merges import actions as merges
from waizhuan.projects.merges.models import Merge
from waizhuan.shared.flow.models import WorkItem

WHY = "原管理员离职"


def signed_in(login_key: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(login_key=login_key))
    return client


def floor() -> Ask:
    """The bare view, with nothing of the product around it."""
    client = Client()
    with override_settings(MIDDLEWARE=["tests.benchmarks.floor.alone"]):
        client.get("/floor/")  # the handler keeps what it found now
    return lambda: client.get("/floor/")


def pages() -> dict[str, Ask]:
    """Name → a request of that page. Writing pages make one real change each time they are asked."""
    clerk, admin = signed_in("xizhou_clerk1"), signed_in("chenzhiwei")
    bureau = Mandate.objects.get(account__login_key="xizhou_clerk1").organisation_id
    item = WorkItem.objects.filter(organisation_id=bureau, closed_at=None, process="applications.application").latest(
        "id"
    )
    draft = Application.objects.filter(state="draft", unit__account__login_key="yunxi", lead__isnull=False).earliest(
        "id"
    )
    lead = signed_in(draft.lead.login_key)  # type: ignore[union-attr]
    case = Application.objects.filter(state="approved", unit__account__login_key="yunxi").earliest("id")
    operator = signed_in("operator1")
    person = WorkItem.objects.filter(closed_at=None, process="realname.case", role="operator.reviewer").earliest("id")
    merge, counter = merge_asked("chenzhiwei"), itertools.count()

    def save() -> HttpResponse:
        text = f"联合研究，第 {next(counter)} 稿。"
        return lead.post(
            f"/applications/{draft.pk}/basic/autosave/", {"base": "99999", "touched": "summary", "summary": text}
        )

    ministry, someone = signed_in("ministry_clerk"), Person.objects.filter(account__login_key="limuyang").get()

    def searched(by: str, value: str) -> Ask:
        return lambda: operator.post("/operators/accounts/", {"by": by, "value": value, "purpose": "call"})

    return {
        "home": lambda: clerk.get("/"),
        "queue": lambda: clerk.get("/work/?process=applications.application"),
        "case (reviewer)": lambda: clerk.get(f"/review/{item.subject_id}/"),
        "case (unit)": lambda: admin.get(f"/applications/{case.pk}/"),
        "application form": lambda: lead.get(f"/applications/{draft.pk}/basic/"),
        "funding form": lambda: lead.get(f"/applications/{draft.pk}/funding/"),
        "save": save,
        "projects list": lambda: clerk.get("/applications/"),
        "operator queue": lambda: operator.get("/work/"),
        "operator case": lambda: operator.get(f"/real-name/{person.subject_id}/review/"),
        "operator: by number": searched("document", someone.doc_number),
        "operator: by name": searched("login", "limuyang"),
        "look-up of projects": lambda: ministry.get("/look-up/projects/?state=approved"),
        "look-up by number": lambda: ministry.get(f"/look-up/projects/?q={case.project_number}"),
        "look-up of units": lambda: ministry.get("/look-up/units/"),
        "look-up of people": lambda: ministry.get("/look-up/people/?state=active"),
        "look-up of people: name": lambda: ministry.get(f"/look-up/people/?q={someone.name}"),
        "look-up of people: post": lambda: ministry.get("/look-up/people/?role=department.head"),
        "look-up of people: to come": lambda: ministry.get("/look-up/people/?state=waiting"),
        "people of a department": lambda: clerk.get("/look-up/people/"),
        "look-up of old projects": lambda: ministry.get("/look-up/old/"),
        "old projects of a unit": lambda: admin.get("/old-system/projects/"),
        "merges list": lambda: admin.get("/merges/"),
        "merge: asking": lambda: admin.get("/merges/new/"),
        "merge: from whom": lambda: admin.get("/merges/sources/"),
        "merge (case)": lambda: admin.get(f"/merges/{merge.pk}/"),
        "look-up of experts": lambda: ministry.get("/look-up/experts/"),
        "sign-in page": lambda: Client().get("/sign-in/"),
        **entrances(operator),
    }


def merge_asked(login_key: str) -> Merge:
    """A request for the hundred projects of an old account, as its administrator began it (once, whatever the round)."""
    actor = actor_of(Account.objects.get(login_key=login_key))
    mine = Merge.objects.filter(unit=actor.organisation_id, asker_account=actor.account_id, reason=WHY, state="draft")
    if asked := mine.first():  # by now more old accounts are the unit's, and the earliest may be another one
        return asked
    old = LegacyAccount.objects.filter(unit__organisation=actor.organisation_id, login_key__startswith="s").earliest(
        "id"
    )
    return merges.ask(actor=actor, old=old, person=None, target=merges.UNIT_ITSELF, reason=WHY)


def submits(count: int) -> Ask:
    """Hand in one complete application after another."""
    admin, lead = Account.objects.get(login_key="chenzhiwei"), Account.objects.get(login_key="limuyang")
    unit = Mandate.objects.get(account=lead, role="projects.lead").organisation
    call = Call.objects.order_by("id").first()
    assert call is not None
    # experts of their own in each round: nobody may be in two running applications
    first = 5000 + Application.objects.latest("id").pk
    ready = [filled.ready(unit, admin, lead, call, first + n).pk for n in range(count)]
    client, ids = signed_in("limuyang"), iter(ready)
    return lambda: client.post(f"/applications/{next(ids)}/submit/", {"version": "1"})


def sign_in() -> Ask:
    """By password, from a browser that the account knows (a new one also sends its owner a message)."""
    client = Client()

    def ask() -> HttpResponse:
        client.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        return client.post("/sign-in/", {"login_name": "hanxu", "password": demo.PASSWORD})

    return ask
