"""A phone's HEIC photo is as good as any (E12, main job step 2)."""

from __future__ import annotations

import io

import pillow_heif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from waizhuan.identity.models import Account, Organisation
from waizhuan.identity.realname import actions
from waizhuan.identity.realname.models import Evidence
from waizhuan.identity.realname.tests.conftest import FakeAuthority, as_actor, signed_in

pytestmark = pytest.mark.django_db


def test_a_heic_photo_is_taken_and_shown(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    content = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (320, 200), "#335577")).save(content, format="HEIF")
    case = actions.start_check(as_actor(person), "person")
    client = signed_in(person)
    photo = SimpleUploadedFile("IMG_0001.HEIC", content.getvalue(), content_type="")
    response = client.post(reverse("realname.add", args=[case.pk, "id_front"]), {"file": photo})
    assert response.status_code == 302
    document = Evidence.objects.get(case=case, slot="id_front").document
    assert reverse("documents.thumbnail", args=[document.pk]) in client.get(response["Location"]).content.decode()
    shown = client.get(reverse("documents.preview", args=[document.pk, 1]))
    assert shown["Content-Type"] == "image/jpeg"


def test_only_who_may_see_a_document_sees_it(person: Account, reviewer: Account, authority: FakeAuthority) -> None:
    from waizhuan.identity import demo
    from waizhuan.identity.realname.tests.conftest import picture, submitted

    case = actions.start_check(as_actor(person), "person")
    document = actions.add_document(as_actor(person), case, "id_front", picture()).document
    url = reverse("documents.view", args=[document.pk])
    stranger = signed_in(demo.person("stranger", "韩叙", 7))
    assert signed_in(person).get(url).status_code == 200
    assert stranger.get(url).status_code == 404
    assert signed_in(reviewer).get(url).status_code == 404  # not handed in yet
    case = submitted(person)
    handed_in = Evidence.objects.filter(case=case).earliest("id").document_id
    assert signed_in(reviewer).get(reverse("documents.view", args=[handed_in])).status_code == 200
    assert stranger.get(reverse("documents.view", args=[handed_in])).status_code == 404
