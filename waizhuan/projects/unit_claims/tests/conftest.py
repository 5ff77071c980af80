"""Two verified units, the ministry, and an old unit that no rule matches to either."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from waizhuan.identity import demo
from waizhuan.identity.api import Account, Organisation
from waizhuan.kernel.actor import Actor
from waizhuan.projects.legacy.models import LegacyUnit
from waizhuan.projects.linking.tests.conftest import acting, old_account
from waizhuan.projects.unit_claims import actions
from waizhuan.projects.unit_claims.models import UnitClaim
from waizhuan.projects.unit_claims.process import CLAIM
from waizhuan.shared.flow.api import perform

OLD = "青屿仪表厂"


def paper(name: str = "批文.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (240, 150), "#dde6f0").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue())


@dataclass
class World:
    unit: Organisation
    other: Organisation
    ministry: Organisation
    old: LegacyUnit
    people: dict[str, Account]

    def actor(self, who: str) -> Actor:
        at = {"admin": self.unit, "rival": self.other, "clerk": self.ministry, "head": self.ministry}[who]
        return acting(self.people[who], at)

    def client(self, who: str) -> Client:
        client = Client()
        client.force_login(self.people[who])
        return client


@pytest.fixture
def world(db: None) -> World:
    ministry = demo.organisation("ministry", "外国专家服务司")
    unit, other = demo.unit("qy", "青屿海洋研究所", 1000), demo.unit("bc", "北辰仪器公司", 1001)
    people = {}
    for n, (who, at, role) in enumerate(
        [
            ("admin", unit, "unit.admin"),
            ("rival", other, "unit.admin"),
            ("clerk", ministry, "ministry.clerk"),
            ("head", ministry, "ministry.head"),
        ]
    ):
        people[who] = demo.person(who, demo.person_name(n), n)
        demo.mandate(people[who], at, role)
    old = LegacyUnit.objects.create(key="#D9", code="D9", name=OLD, name_key=OLD, digest="x")
    old_account("A", old, projects=2)
    return World(unit, other, ministry, old, people)


def draft(actor: Actor, name: str = OLD, *, code: str = "", why: str = "民函 12 号", files: int = 1) -> UnitClaim:
    made = actions.draft_for(actor)
    actions.save(actor=actor, claim=made, old_name=name, old_code=code, why=why, seen=None)
    for _ in range(files):
        actions.PAPERS.add(actor, made, paper())
    return UnitClaim.objects.get(pk=made.pk)


def handed_in(actor: Actor, name: str = OLD, *, code: str = "") -> UnitClaim:
    return actions.submit(actor=actor, claim=draft(actor, name, code=code))


def found_out(world: World, claim: UnitClaim, old: LegacyUnit | None = None) -> UnitClaim:
    """The clerk says which old unit it is; an administrator of the ministry has yet to approve it."""
    return perform(CLAIM, claim, "propose", world.actor("clerk"), data={"old": (old or world.old).pk})


def accepted(world: World, claim: UnitClaim) -> UnitClaim:
    return perform(CLAIM, found_out(world, claim), "accept", world.actor("head"))
