"""A unit with an approved profile, two departments and the ministry."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from waizhuan.identity import demo
from waizhuan.identity.api import Account, Organisation, actor_of
from waizhuan.kernel.actor import Actor
from waizhuan.projects.entry import demo as entry_demo
from waizhuan.projects.unit_changes import actions
from waizhuan.projects.unit_changes.models import UnitChange


def picture(name: str = "证书.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (240, 150), "#dde6f0").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue())


@dataclass
class World:
    unit: Organisation
    city: Organisation
    province: Organisation
    ministry: Organisation
    people: dict[str, Account]

    def actor(self, who: str) -> Actor:
        return actor_of(Account.objects.get(pk=self.people[who].pk))

    def client(self, who: str) -> Client:
        client = Client()
        client.force_login(self.people[who])
        return client


@pytest.fixture
def world(db: None) -> World:
    ministry = demo.organisation("ministry", "外国专家服务司")
    province = demo.organisation("department", "江海省外国专家局", tier="province", division="330000")
    city = demo.organisation("department", "汐州市外国专家局", tier="city", division="330100", parent=province)
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    holders = [
        ("admin", unit, "unit.admin"),
        ("city", city, "department.clerk"),
        ("province", province, "department.clerk"),
        ("ministry", ministry, "ministry.clerk"),
    ]
    people = {}
    for n, (who, at, role) in enumerate(holders):
        people[who] = demo.person(who, demo.person_name(n), n)
        demo.mandate(people[who], at, role)
    world = World(unit, city, province, ministry, people)
    entry_demo.profile(unit, people["admin"], city, world.actor("city"), state="approved")
    return world


@pytest.fixture
def request_for(world: World) -> Callable[..., UnitChange]:
    """`request_for(address="…")`: a request that was handed in with one piece of evidence."""

    def ask(**given: str) -> UnitChange:
        actor = world.actor("admin")
        change = actions.draft_for(actor)
        change = actions.save(actor=actor, change=change, given=given, why="搬家了")
        actions.PAPERS.add(actor, change, picture())
        return actions.submit(actor=actor, change=change, version=None)

    return ask
