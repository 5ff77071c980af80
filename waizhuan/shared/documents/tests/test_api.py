"""Keeping documents and showing them only to whom they are meant for."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from waizhuan.kernel.actor import ANONYMOUS, Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Happened, subscribe
from waizhuan.kernel.words import say
from waizhuan.shared.documents import api, stores
from waizhuan.shared.documents.models import Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(django_user_model) -> Actor:  # type: ignore[no-untyped-def]
    api.purpose("test", label=say("试"), may_view=lambda actor, document: actor.name == "reviewer")
    account = django_user_model.objects.create(login_name="owner", kind="natural")
    return Actor(account_id=account.pk, name="owner", kind="natural")


def upload(name: str = "照片.png") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue())


def test_what_is_kept_is_sealed_and_comes_back_as_it_was(owner: Actor) -> None:
    file = upload()
    plain = file.read()
    file.seek(0)
    document = api.store(file, actor=owner, purpose="test")
    assert api.original(document) == plain
    lying = stores.store().get(document.key)
    assert lying is not None
    assert plain[:20] not in lying


@pytest.mark.parametrize("size", [0, 21 * 1024 * 1024])
def test_empty_and_oversized_files_are_refused(owner: Actor, size: int) -> None:
    with pytest.raises(Refused):
        api.store(SimpleUploadedFile("a.jpg", b"\xff" * size), actor=owner, purpose="test")
    assert not Document.objects.exists()


def test_only_the_owner_and_whom_the_purpose_lets_see_it(owner: Actor, django_user_model, client: Client) -> None:  # type: ignore[no-untyped-def]
    document = api.store(upload(), actor=owner, purpose="test")
    heard: list[Happened] = []
    subscribe(Happened, heard.append)
    stranger = django_user_model.objects.create(login_name="stranger", kind="natural")
    reviewer = django_user_model.objects.create(login_name="reviewer", kind="natural")
    urls = [
        api.view_url(document),
        api.preview_url(document),
        api.thumbnail_url(document),
        f"/documents/{document.pk}/original",
    ]
    for url in urls:
        assert client.get(url).status_code == 302
    client.force_login(stranger)
    for url in urls:
        assert client.get(url).status_code == 404
    client.force_login(reviewer)
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 200
        assert answer["X-Content-Type-Options"] == "nosniff"
    traces = {e.verb for e in heard if e.actor.account_id == reviewer.pk}
    assert traces == {"documents.viewed", "documents.downloaded"}
    client.force_login(django_user_model.objects.get(pk=owner.account_id))
    assert client.get(urls[1]).status_code == 200
    assert client.get(f"/documents/{document.pk}/pages/9.jpg").status_code == 404


def test_a_stranger_hands_in_only_where_that_is_meant_and_sees_nothing(owner: Actor) -> None:
    with pytest.raises(Hidden):
        api.store(upload(), actor=ANONYMOUS, purpose="test")
    api.purpose("open", label=say("试"), may_view=lambda actor, document: actor.name == "reviewer", strangers=True)
    document = api.store(upload(), actor=ANONYMOUS, purpose="open")
    assert document.owner_id is None
    assert not api.may_view(ANONYMOUS, document)
    assert not api.may_view(owner, document)
    assert api.may_view(Actor(account_id=99, name="reviewer", kind="natural"), document)
