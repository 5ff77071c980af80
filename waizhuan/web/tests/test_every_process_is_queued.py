"""Department, ministry and operator see everything that waits for them in the same queue: no process is left out."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.kernel import clock, roles
from waizhuan.kernel.actor import Actor
from waizhuan.shared.flow.api import Process, State, WorkItem, all_processes
from waizhuan.shared.flow.forms import FilterForm
from waizhuan.shared.flow.screens import deciders


class Anything(int):
    """Whatever a table asks of a case in order to know who holds it."""

    def __getattr__(self, name: str) -> Any:
        return "department.clerk" if name == "role" else Anything(1)  # a case that says itself which post decides it


def posts() -> list[tuple[Process, State, str]]:
    """Each state of each process that is the work of a post."""
    found = []
    for process in all_processes():
        for state in process.states:
            post = state.holder(Anything(1)) if state.holder else None
            if post is not None and post.role and not state.asker_turn:
                found.append((process, state, post.role))
    return found


def test_there_is_something_to_find() -> None:
    decided = {process.name for process, _, _ in posts()}
    assert len(decided) >= 8
    assert {role.split(".")[0] for _, _, role in posts()} >= {"department", "ministry", "operator"}


@pytest.mark.django_db
def test_each_is_found_by_the_queue_of_its_post_and_by_its_filter() -> None:
    names = {name for name, _ in FilterForm().fields["process"].choices}  # type: ignore[attr-defined]
    for n, (process, state, role) in enumerate(posts()):
        kind = role.split(".")[0]
        actor = Actor(account_id=1, organisation_id=1, organisation_kind=kind, roles=frozenset({role}))
        assert deciders(actor).ok, f"{role} of {process.name} may not open the queue"
        assert process.name in names
        organisation = demo.organisation(kind, f"{kind}{n}")
        person = demo.person(f"p{n}", "张三", n)
        demo.mandate(person, organisation, role)
        assert role in {r.code for r in roles.all_roles()}
        item = WorkItem.objects.create(
            process=process.name,
            subject_id=10_000 + n,
            state=state.name,
            title=f"题目{n}",
            organisation_id=organisation.pk,
            role=role,
            due_at=clock.now(),
        )
        client = Client()
        client.force_login(person)
        page: Any = client.get("/work/", {"process": process.name})
        assert [r["id"] for r in page.context["rows"]] == [str(item.pk)], f"{process.name}/{state.name} for {role}"
