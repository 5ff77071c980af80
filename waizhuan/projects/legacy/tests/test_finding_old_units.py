"""Old units are looked for by a part of their name, of now or before."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from waizhuan.identity.api import Account
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.projects.legacy import jobs, pairing, rules, writing
from waizhuan.projects.legacy.models import LegacyUnit

pytestmark = pytest.mark.django_db


def test_one_character_is_not_searched(clerk: Actor) -> None:
    """A rare one would be looked for in every name."""
    client = Client()
    client.force_login(Account.objects.get(pk=clerk.account_id or 0))
    LegacyUnit.objects.create(key="#x", name="龘厂", name_key="龘厂", digest="x")
    assert "请至少写两个字" not in client.get("/old-system/units/", {"q": "龘厂"}).content.decode()
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/old-system/units/", {"q": " 龘 "}).content.decode()
    assert "请至少写两个字" in page
    assert not any("%龘%" in q["sql"] for q in queries)


def test_old_units_are_found_by_what_they_were_called_before(clerk: Actor) -> None:
    client = Client()
    client.force_login(Account.objects.get(pk=clerk.account_id or 0))
    rows = [rules.read_row("units", {"unit": "青屿海洋仪器厂", "code": f"Q{n}", "other_names": names}, clock.today())
            for n, names in enumerate(["青屿仪表厂、𠮷田 O'Brien 厂", "", "百分%厂"])]  # fmt: skip
    assert writing.write("units", rows, load=True).fresh == 3
    for text, found in (("仪表", {"Q0"}), ("𠮷田", {"Q0"}), ("o'brien", {"Q0"}), ("分%", {"Q2"}), ("没有的", set())):
        assert set(LegacyUnit.objects.filter(pairing.called_so(text)).values_list("code", flat=True)) == found, text
        page = client.get("/old-system/units/", {"q": text}).content.decode()
        assert ("青屿海洋仪器厂" in page) == bool(found)
    corrected = rules.read_row(
        "units", {"unit": "青屿海洋仪器厂", "code": "Q0", "other_names": "青屿钟表厂"}, clock.today()
    )
    assert writing.write("units", [corrected], load=True).changed == 1
    assert not LegacyUnit.objects.filter(pairing.called_so("仪表")).exists()
    assert LegacyUnit.objects.filter(pairing.called_so("钟表")).exists()


def test_former_names_that_an_older_version_wrote_are_found_again() -> None:
    """While a newer one was being installed: it knew no such text, and left it empty or as it was."""
    for n, former in enumerate(["", "青屿旧厂", "𠮷田厂"]):
        LegacyUnit.objects.create(
            key=f"#{n}", name="厂", name_key="厂", other_names=["𠮷田厂"], former=former, digest="x"
        )
    assert [jobs.write_out_former_names() for _ in range(2)] == [2, 0]
    assert LegacyUnit.objects.filter(pairing.called_so("𠮷田")).count() == 3
    assert not LegacyUnit.objects.filter(pairing.called_so("旧厂")).exists()


def test_many_old_units_with_the_word_are_found_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "FEW", 2)
    for n in range(4):
        LegacyUnit.objects.create(key=f"#{n}", code=f"C{n}", name=f"第{n}仪表厂", name_key=f"第{n}仪表厂", digest="x")
    LegacyUnit.objects.create(
        key="#f", name="现名", name_key="现名", other_names=["仪表厂"], former="仪表厂", digest="x"
    )
    found = LegacyUnit.objects.filter(pairing.called_so("仪表")).order_by("name_key")
    assert [u.name for u in found] == ["现名", *(f"第{n}仪表厂" for n in range(4))]
