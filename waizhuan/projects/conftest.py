"""A small world for the tests of the experts system: one bureau, the ministry, two units, one open call."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from waizhuan.identity import demo
from waizhuan.identity.api import Account, Organisation, actor_of
from waizhuan.kernel.actor import Actor
from waizhuan.projects.applications import demo as applications
from waizhuan.projects.applications.models import Application
from waizhuan.projects.calls import demo as calls
from waizhuan.projects.calls.models import Call
from waizhuan.projects.departments import demo as departments
from waizhuan.projects.entry import demo as entry
from waizhuan.projects.entry.models import UnitProfile

#: What people, and those who try to break in, type; none of it may ever be a 500.
HOSTILE = [
    "",
    " ",
    "x" * 5000,
    "\x00",
    "a\x07b",
    "𠮷野家",
    "O'Brien",
    "买买提·吐尔逊",
    "<script>alert(1)</script>",
    "'; DROP TABLE identity_account; --",
    "9" * 40,
    "-1",
    "１２３",
    "NaN",
    "{serial.__class__}",
    "%00%s%(x)s",
]


@dataclass
class World:
    offices: dict[str, Organisation]
    ministry: Organisation
    call: Call
    units: dict[str, Organisation]
    people: dict[str, Account]
    posts: dict[str, Organisation]

    @property
    def unit(self) -> Organisation:
        return self.units["unit"]

    @property
    def bureau(self) -> Organisation:
        return self.offices["汐州市外国专家局"]

    def actor(self, who: str) -> Actor:
        return actor_of(self.people[who], acting_for=self.posts[who].pk, second_factor=True)

    def client(self, who: str) -> Client:
        """A browser in which they have signed in; errors of the server come as answers, not as exceptions."""
        client = Client(raise_request_exception=False)
        client.force_login(self.people[who])
        return client

    def profile(self, state: str = "approved", unit: str = "unit", admin: str = "admin") -> UnitProfile:
        return entry.profile(self.units[unit], self.people[admin], self.bureau, self.actor("clerk"), state=state)

    def application(self, state: str = "draft", n: int = 0, *, lead: str | None = "lead") -> Application:
        return applications.application(
            self.unit,
            self.people["admin"],
            self.people[lead] if lead else None,
            self.call,
            n,
            state=state,
            clerk=self.actor("clerk"),
            ministry=self.actor("minister_clerk"),
            head=self.actor("minister"),
        )


@pytest.fixture
def world(db: None) -> World:
    offices = departments.build()
    ministry = demo.organisation("ministry", "外国专家服务司")
    units = {"unit": demo.unit("unit", "云溪理工大学", 1000), "other": demo.unit("other", "青石研究院", 1001)}
    bureau, other_bureau = offices["汐州市外国专家局"], offices["澄湖市外国专家局"]
    held: dict[str, tuple[Organisation, str]] = {
        "admin": (units["unit"], "unit.admin"),
        "admin2": (units["unit"], "unit.admin"),
        "lead": (units["unit"], "projects.lead"),
        "lead2": (units["unit"], "projects.lead"),
        "clerk": (bureau, "department.clerk"),
        "clerk2": (bureau, "department.clerk"),
        "head": (bureau, "department.head"),
        "minister_clerk": (ministry, "ministry.clerk"),
        "minister": (ministry, "ministry.head"),
        "other_admin": (units["other"], "unit.admin"),
        "other_lead": (units["other"], "projects.lead"),
        "other_clerk": (other_bureau, "department.clerk"),
    }
    people = {}
    for n, (login, (at, role)) in enumerate(held.items()):
        people[login] = demo.person(login, demo.person_name(n), 100 + n)
        demo.mandate(people[login], at, role)
    people["nobody"] = demo.person("nobody", "韩叙", 190)
    posts = {login: at for login, (at, _role) in held.items()}
    return World(offices, ministry, calls.build(ministry)[0], units, people, posts)


def picture(name: str = "paper.png") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "#dde6f0").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="application/octet-stream")
