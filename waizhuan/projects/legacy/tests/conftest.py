"""The ministry that imports, and a helper that brings a file all the way in."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from waizhuan.identity import demo
from waizhuan.identity.api import Account, Organisation, actor_of
from waizhuan.kernel.actor import Actor
from waizhuan.projects.legacy import actions, loading
from waizhuan.projects.legacy.models import Import
from waizhuan.projects.legacy.tests import old_system
from waizhuan.projects.linking.tests.conftest import acting


@pytest.fixture
def ministry(db: None) -> Organisation:
    return demo.organisation("ministry", "外国专家服务司")


@pytest.fixture
def head_account(ministry: Organisation) -> Account:
    holder = demo.person("ministry_head", "陶怀瑾", 207)
    demo.mandate(holder, ministry, "ministry.head")
    return holder


@pytest.fixture
def head(head_account: Account) -> Actor:
    return actor_of(Account.objects.get(pk=head_account.pk), second_factor=True)


def file(data: bytes, name: str = "old.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def checked(head: Actor, kind: str, data: bytes, name: str = "old.csv") -> Import:
    """Uploaded and checked."""
    made = actions.upload(actor=head, kind=kind, file=file(data, name))
    loading.work(made.pk)
    made.refresh_from_db()
    return made


def loaded(head: Actor, kind: str, data: bytes, name: str = "old.csv") -> Import:
    """Uploaded, checked and loaded."""
    made = actions.load(actor=head, id=checked(head, kind, data, name).pk)
    loading.work(made.pk)
    made.refresh_from_db()
    return made


def all_loaded(head: Actor, made: old_system.Export) -> dict[str, Import]:
    """Units, accounts, projects, in their order."""
    return {
        kind: loaded(head, kind, old_system.as_csv(getattr(made, kind))) for kind in ("units", "accounts", "projects")
    }


@pytest.fixture
def clerk() -> Actor:
    ministry = demo.organisation("ministry", "外国专家服务司")
    who = demo.person("clerk", "严修齐", 300)
    demo.mandate(who, ministry, "ministry.clerk")
    return acting(who, ministry)
