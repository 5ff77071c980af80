"""What is imported passes the malware scanner, as documents do: before anything opens it, and before it is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from waizhuan.projects.conftest import World
from waizhuan.projects.departments.models import TreeImport
from waizhuan.projects.legacy.models import Import
from waizhuan.projects.legacy.tests import old_system
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.documents import stores
from waizhuan.shared.documents.tests.clamd import BAD, Broken, Clamd, Use, over_tcp, use

__all__ = ["use"]  # a fixture
pytestmark = pytest.mark.django_db
TREE = "类别,上级,名称,地区代码\n省级,,东山省外国专家局,370000\n".encode()
OLD = old_system.as_csv(old_system.export(5, 0, 0).units)


def imported(world: World, what: str, data: bytes) -> tuple[int, str]:
    url, also = {
        "departments": (reverse("departments.import"), {"reason": "外专发〔2026〕12号"}),
        "legacy": (reverse("legacy.imports"), {"kind": "units"}),
    }[what]
    answer = world.client("minister").post(url, {"file": SimpleUploadedFile("表.csv", data), **also})
    return answer.status_code, answer.content.decode()


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of what was put into the store."""
    keys: list[str] = []
    put = stores.put

    def noted(key: str, data: bytes) -> Any:
        keys.append(key)
        return put(key, data)

    monkeypatch.setattr(stores, "put", noted)
    return keys


@pytest.mark.parametrize(("what", "data"), [("departments", TREE), ("legacy", OLD)], ids=["departments", "legacy"])
def test_an_infected_table_is_refused_beside_its_field(
    world: World, use: Use, kept: list[str], what: str, data: bytes
) -> None:
    with over_tcp(Clamd) as where:
        use(where)
        status, page = imported(world, what, data + BAD)
        assert status == 422
        assert "查出了恶意程序" in page
        assert (kept, Import.objects.count(), TreeImport.objects.count()) == ([], 0, 0)
        assert AuditEntry.objects.get(verb="documents.infected").detail["purpose"] == f"{what}_import"
        assert imported(world, what, data)[0] == 302
    assert len(kept) == 1


@pytest.mark.parametrize(("what", "data"), [("departments", TREE), ("legacy", OLD)], ids=["departments", "legacy"])
def test_without_an_answer_nothing_is_taken_and_nothing_typed_is_lost(
    world: World, use: Use, kept: list[str], what: str, data: bytes
) -> None:
    with over_tcp(Broken) as where:
        use(where)
        status, page = imported(world, what, data)
    assert status == 422
    assert "文件检查暂时没有应答" in page
    assert what != "departments" or "外专发〔2026〕12号" in page
    assert not kept
