"""SIGKILL in the middle: what was acknowledged is there after the restart, and nothing is doubled."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error

from tests.scenarios.harness import Somebody, scenario
from tests.scenarios.server import Server, copy_of, prepared
from waizhuan.identity import demo


@pytest.fixture
def mortal() -> Iterator[Server]:
    server = Server(copy_of(prepared(), "mortal")).start()
    yield server
    server.kill()


@scenario("B5")
def test_a_killed_server_loses_nothing_and_doubles_nothing(browser: Browser, mortal: Server) -> None:
    clerk = Somebody(browser, mortal.url, "clerk")
    clerk.signs_in("xizhou_clerk1", demo.PASSWORD)
    clerk.opens("/work/?process=entry.profile")
    links = [a.get_attribute("href") or "" for a in clerk.page.locator("tbody th a").all()]
    acknowledged: list[str] = []
    for n, link in enumerate(links):
        clerk.page.goto(link)
        address = clerk.page.url
        # the server dies at another moment of each submission; the first one is let through
        timer = threading.Timer(30 if n == 0 else 0.004 * n, mortal.kill)
        timer.start()
        try:
            clerk.page.locator(".wz-decide .btn-primary").click(timeout=5000)
            clerk.page.wait_for_url(lambda url, here=address: url.startswith(mortal.url) and url != here, timeout=3000)
            acknowledged.append(address)
        except Error:
            pass  # no answer: it may have happened or not, but not half
        timer.cancel()
        timer.join()
        if mortal.process and mortal.process.poll() is not None:
            mortal.start()
    mortal.kill()
    assert acknowledged
    with sqlite3.connect(mortal.database) as rows:
        state = dict(rows.execute("SELECT id, state FROM entry_unitprofile").fetchall())
        approvals = dict(
            rows.execute(
                "SELECT subject_id, count(*) FROM flow_step WHERE process = 'entry.profile' AND \"transition\" = 'approve' GROUP BY 1"
            ).fetchall()
        )
        told = rows.execute("SELECT count(*) FROM audit_auditentry WHERE verb = 'entry.profile.approve'").fetchone()[0]
    for address in acknowledged:
        assert state[int(address.rstrip("/").split("/")[-2])] == "approved"
    approved = {id for id, s in state.items() if s == "approved"}
    assert set(approvals) == approved  # never a state without its history
    assert set(approvals.values()) == {1}  # never twice
    assert told == len(approved)  # never without its audit entry
    clerk.problems.clear()
    clerk.leaves()


#: Complete drafts of one lead, made before the server starts.
DRAFTS = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "waizhuan.web.settings"
import django
django.setup()
from waizhuan.identity.api import Account, Mandate
from waizhuan.projects.applications import demo
from waizhuan.projects.calls.models import Call
admin, lead = Account.objects.get(login_key="chenzhiwei"), Account.objects.get(login_key="limuyang")
unit = Mandate.objects.get(account=lead, role="projects.lead").organisation
call = Call.objects.filter(published_at__isnull=False).order_by("id").first()
print(*[demo.ready(unit, admin, lead, call, 5000 + n).pk for n in range(6)])
"""

#: What is in their first sections, decrypted.
WRITTEN = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "waizhuan.web.settings"
import django
django.setup()
from waizhuan.projects.applications.models import Section
print(json.dumps(dict(Section.objects.filter(name="basic").values_list("application_id", "content"))))
"""


@scenario("B5")
def test_handing_in_and_saving_survive_a_killed_server(browser: Browser, mortal: Server) -> None:
    """Every answer that arrived is kept after the restart: the sentence that was saved, the application that was handed in."""
    drafts = [int(word) for word in mortal.runs(DRAFTS).split()]
    lead = Somebody(browser, mortal.url, "lead")
    lead.signs_in("limuyang", demo.PASSWORD)
    handed_in, saved = [], {}
    for n, id in enumerate(drafts):
        lead.page.goto(f"{mortal.url}/applications/{id}/submit/")
        token = lead.page.locator('[name="csrfmiddlewaretoken"]').first.get_attribute("value") or ""
        version = lead.page.locator('main [name="version"]').first.get_attribute("value") or ""
        text = f"第 {n} 次保存：O'Brien 与 𠮷田"
        posted = {"csrfmiddlewaretoken": token, "base": "99999", "touched": "summary", "summary": text}
        at = {"headers": {"Referer": lead.page.url}, "timeout": 8000}
        # it dies at another moment of each round; the first one is let through
        timer = threading.Timer(60 if n == 0 else 0.02 * n, mortal.kill)
        timer.start()
        with contextlib.suppress(Error):
            answer = lead.context.request.post(f"{mortal.url}/applications/{id}/basic/autosave/", form=posted, **at)
            assert answer.status == 200
            saved[id] = text
            form = {"csrfmiddlewaretoken": token, "version": version}
            answer = lead.context.request.post(f"{mortal.url}/applications/{id}/submit/", form=form, **at)
            assert "/submitted/" in answer.url, answer.text()[:3000]
            handed_in.append(id)
        timer.cancel()
        timer.join()
        if mortal.process and mortal.process.poll() is not None:
            mortal.start()
    mortal.kill()
    assert handed_in
    written = json.loads(mortal.runs(WRITTEN))
    with sqlite3.connect(mortal.database) as rows:
        state = dict(rows.execute("SELECT id, state FROM applications_application").fetchall())
        steps = dict(
            rows.execute(
                "SELECT subject_id, count(*) FROM flow_step WHERE process = 'applications.application' AND \"transition\" = 'submit' GROUP BY 1"
            ).fetchall()
        )
        holders = rows.execute(
            "SELECT subject_id, count(*) FROM flow_workitem WHERE process = 'applications.application' AND closed_at IS NULL GROUP BY 1"
        ).fetchall()
    for id in handed_in:
        assert state[id] == "unit_confirm"
    for id in drafts:
        assert steps.get(id, 0) == (state[id] == "unit_confirm")  # never a state without its history, never twice
        assert dict(holders)[id] == 1  # never with nobody, never with two
    for id, text in saved.items():
        assert text in written[str(id)]
    lead.problems.clear()
    lead.leaves()


@scenario("B5")
def test_pressing_twice_decides_once(browser: Browser, mortal: Server) -> None:
    clerk = Somebody(browser, mortal.url, "clerk")
    clerk.signs_in("xizhou_clerk1", demo.PASSWORD)
    clerk.opens("/work/?process=entry.profile")
    clerk.page.locator("tbody th a").first.click()
    clerk.page.wait_for_load_state("load")
    id = clerk.page.url.rstrip("/").split("/")[-2]
    form = {
        "csrfmiddlewaretoken": clerk.page.locator('#decision [name="csrfmiddlewaretoken"]').get_attribute("value")
        or "",
        "version": clerk.page.locator('#decision [name="version"]').get_attribute("value") or "",
        "transition": "approve",
        "note": "",
    }
    for _ in range(3):  # the same form, three times: a double click and a reload
        answer = clerk.context.request.post(f"/unit/{id}/review/", form=form, headers={"Referer": clerk.page.url})
        assert answer.status == 200
        time.sleep(0.05)
    with sqlite3.connect(mortal.database) as rows:
        count = rows.execute(
            "SELECT count(*) FROM flow_step WHERE process = 'entry.profile' AND \"transition\" = 'approve' AND subject_id = ?",
            [int(id)],
        ).fetchone()[0]
    assert count == 1
    clerk.leaves()
