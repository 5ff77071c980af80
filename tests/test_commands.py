"""The commands that operators run."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from waizhuan.identity import demo
from waizhuan.identity.api import active_mandates, actor_of
from waizhuan.identity.models import Account, Organisation, Person
from waizhuan.kernel import jobs
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.calls.models import Call
from waizhuan.projects.review.jobs import write_letters
from waizhuan.projects.review.models import Letter
from waizhuan.shared.documents.api import original
from waizhuan.shared.documents.models import Document
from waizhuan.shared.flow.models import Step, WorkItem
from waizhuan.web import worker

pytestmark = pytest.mark.django_db


def test_keys_are_rotated_beside_the_running_product(settings) -> None:  # type: ignore[no-untyped-def]
    settings.FIELD_KEYS = ["old:" + "11" * 16]
    account = demo.person("hanxu", "韩叙", 5)
    settings.FIELD_KEYS = ["new:" + "22" * 16, "old:" + "11" * 16]
    call_command("rotate-keys", stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM identity_account")
        assert cursor.fetchone()[0].startswith("new:")
        cursor.execute("SELECT doc_number FROM identity_person")
        assert cursor.fetchone()[0].startswith("new:")
    settings.FIELD_KEYS = ["new:" + "22" * 16]  # the old key can go
    assert Account.objects.get(pk=account.pk).phone == demo.mobile(5)
    assert Person.objects.get().doc_number == demo.resident_id(5)


def test_documents_and_letters_are_rotated_with_the_rest(settings) -> None:  # type: ignore[no-untyped-def]
    settings.FIELD_KEYS = ["old:" + "11" * 16]
    call_command("demo", verbosity=0)
    write_letters()
    letters = {letter.pk: letter.pdf() for letter in Letter.objects.all()}
    documents = {document.pk: original(document) for document in Document.objects.all()}
    assert letters
    assert documents
    settings.FIELD_KEYS = ["new:" + "22" * 16, "old:" + "11" * 16]
    call_command("rotate-keys", stdout=StringIO())
    settings.FIELD_KEYS = ["new:" + "22" * 16]  # the old key can go
    assert {letter.pk: letter.pdf() for letter in Letter.objects.all()} == letters
    assert {document.pk: original(document) for document in Document.objects.all()} == documents


def test_routes_are_listed_with_screen_rule_and_methods() -> None:
    out = StringIO()
    call_command("routes", json=True, stdout=out)
    rows = json.loads(out.getvalue())
    home = next(r for r in rows if r["path"] == "/")
    assert home == {"path": "/", "screen": "web.home", "access": "anyone", "methods": ["GET"]}
    assert all(r["screen"] and r["methods"] for r in rows)


def test_seeding_makes_rows_that_the_product_can_read() -> None:
    call_command("demo", verbosity=0)
    before = Application.objects.count()
    call_command("seed", units=3, people=9, projects=40, stdout=StringIO())
    assert Application.objects.count() == before + 40
    seeded = Application.objects.filter(number__startswith="SB-S-")
    assert seeded.filter(state="approved", project_number=None).count() == 0
    held = seeded.filter(state__in=["draft", "recommend", "ministry_check"])
    assert WorkItem.objects.filter(number__startswith="SB-S-").count() == held.count()
    assert Step.objects.filter(subject_id__in=seeded.values("pk"), process="applications.application").exists()


def test_the_demonstration_shows_every_state_of_everything() -> None:
    """What the README promises to somebody who tries it."""
    call_command("demo", verbosity=0)
    roots = Organisation.objects.filter(kind="department", parent=None)
    assert roots.filter(tier="province").count() >= 3
    assert roots.filter(tier="central").count() >= 2
    assert Organisation.objects.filter(kind="unit").count() >= 20
    assert Person.objects.count() >= 100
    assert Call.objects.filter(published_at__isnull=False).exists()
    there = set(Application.objects.values_list("state", flat=True))
    assert there == {s.name for s in PROCESS.states}


def test_every_account_holds_the_same_by_queryset_and_by_hand() -> None:
    """docs/adr/0007: who acts is read by a statement of its own."""
    call_command("demo", verbosity=0)
    for account in Account.objects.filter(kind="natural"):
        held = set(active_mandates().filter(account=account).values_list("organisation_id", "role"))
        organisations = actor_of(account, acting_for=0).organisations
        read = {(o.id, r) for o in organisations for r in actor_of(account, acting_for=o.id, second_factor=True).roles}
        assert read == held, account.login_name


def test_people_are_seeded_apart() -> None:
    call_command("demo", verbosity=0)
    before = Person.objects.count()
    call_command("seed", units=0, people=7, projects=0, stdout=StringIO())
    assert Person.objects.count() == before + 7


def test_the_demonstration_is_loaded_once_and_never_in_production(settings) -> None:  # type: ignore[no-untyped-def]
    out = StringIO()
    demo.person("somebody", "某人", 1)
    call_command("demo", stdout=out)
    assert "stays as it is" in out.getvalue()
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("demo")
    with pytest.raises(CommandError):
        call_command("seed", units=1)


def test_every_job_runs_on_an_empty_database() -> None:
    worker.load_jobs()
    names = {job.name for job in jobs.all_jobs()}
    assert {
        "shared.notify.jobs.deliver",
        "shared.flow.jobs.escalate",
        "shared.audit.jobs.seal_entries",
        "projects.review.jobs.write_letters",
    } <= names
    for job in jobs.all_jobs():
        job.run()
