"""What comes in as a file, and where the product itself may call."""

from __future__ import annotations

import ast
import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from waizhuan.identity import demo
from waizhuan.identity.realname import actions, evidence
from waizhuan.identity.realname.models import Evidence
from waizhuan.identity.realname.tests.conftest import FakeAuthority, as_actor, authority  # noqa: F401 (fixture)
from waizhuan.shared.documents.models import Document

ROOT = Path(__file__).resolve().parents[2]
#: The modules that open connections: to an address of the configuration alone, or guarded (`openid/tests/test_logout.py`).
CALLERS = {
    "waizhuan/identity/openid/logout.py",
    "waizhuan/identity/realname/authority/over_http.py",
    "waizhuan/shared/notify/adapters.py",
    "waizhuan/shared/documents/scanner.py",  # WAIZHUAN_CLAMD: `shared/documents/tests/test_scanner.py`
    "waizhuan/shared/documents/stores.py",
    "waizhuan/web/management/commands/serve.py",  # binds the port that it is going to listen at, and calls nobody
}
NETWORK = {
    "httpx",
    "requests",
    "urllib.request",
    "http.client",
    "socket",
    "smtplib",
    "boto3",
    "aiohttp",
    "urllib3",
    "ftplib",
}
DANGEROUS = {"pickle", "shelve", "marshal", "subprocess", "telnetlib", "xml.sax", "xml.dom", "xml.etree"}


def source() -> dict[str, ast.Module]:
    files = [p for p in (ROOT / "waizhuan").rglob("*.py") if not {"tests", "migrations"} & set(p.parts)]
    return {str(p.relative_to(ROOT)): ast.parse(p.read_text(encoding="utf-8")) for p in files}


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_only_the_adapters_call_out() -> None:
    callers = {path for path, tree in source().items() if imported(tree) & NETWORK}
    assert callers - CALLERS == set(), "list it, and test that its address comes from the configuration"


def test_no_call_follows_a_redirect() -> None:
    for path, tree in source().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "follow_redirects":
                assert isinstance(node.value, ast.Constant), path
                assert node.value.value is False, path
            assert not (isinstance(node, ast.keyword) and node.arg == "verify"), f"{path} plays with certificates"


def test_nothing_executes_what_it_is_given() -> None:
    wrong = {}
    for path, tree in source().items():
        names = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)} & {
            "eval",
            "exec",
            "compile",
            "__import__",
        }
        risky = {m for m in imported(tree) if m in DANGEROUS} - ({"subprocess"} if "/commands/" in path else set())
        if names or risky:
            wrong[path] = names | risky
    assert wrong == {}


def test_sql_is_never_put_together_from_strings() -> None:
    """Raw SQL stands in the source as a constant, its parameters beside it; two commands and a migration's
    index put in names of our tables, one statement what Django has compiled, and the queue's
    as many placeholders as there are roles."""
    named_by_models = {
        "waizhuan/kernel/search.py",
        "waizhuan/shared/flow/many.py",
        "waizhuan/shared/flow/queue.py",
        "waizhuan/web/bulk.py",
        "waizhuan/web/management/commands/rotate-keys.py",
    }
    wrong = []
    for path, tree in source().items():
        given: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    given.setdefault(getattr(target, "id", ""), []).append(node.value)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                raw = node.func.attr in ("execute", "raw", "extra", "RawSQL") and node.args
                sql = node.args[0] if raw else None
                texts = given.get(sql.id, [sql]) if isinstance(sql, ast.Name) else [sql]
                if raw and path not in named_by_models and not all(isinstance(t, ast.Constant) for t in texts):
                    wrong.append(f"{path}:{node.lineno}")
    assert wrong == []


# ---------------------------------------------------------------- uploads, through the page


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (240, 150), "teal").save(out, "JPEG")
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/cron.d/x", b"\x00" * 5_000_000)
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def uploading(db: None, authority: FakeAuthority) -> tuple[Client, str]:  # noqa: F811
    """Somebody whom the authority does not know, at the page where the identity card is asked for."""
    person = demo.person("chenzhiwei", "陈知微", 1, verified=False)
    case = actions.start_check(as_actor(person), "person")
    client = Client()
    client.force_login(person)
    slot = evidence.slots(case.kind, case.doc_type, purpose=case.purpose)[0]
    return client, f"/real-name/{case.pk}/documents/{slot.code}/"


def send(uploading: tuple[Client, str], name: str, data: bytes) -> int:
    client, path = uploading
    file = SimpleUploadedFile(name, data, content_type="image/jpeg")
    return client.post(path, {"file": file}).status_code


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", b"<html><script>alert(1)</script></html>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.jpg", b"GIF89a/*<svg/onload=alert(1)>*/=1;"),
        ("a.zip", zipped()),
        ("a.jpg", zipped()),
        ("a.png", bomb()),
        ("a.php", b"<?php system($_GET[0]); ?>"),
        ("a.jpg", b""),
    ],
)
def test_dangerous_files_are_refused(uploading: tuple[Client, str], name: str, data: bytes) -> None:
    assert send(uploading, name, data) == 422
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..\\..\\x.jpg", "\u202egpj.exe", "a\r\nX: y.jpg", "x" * 400])
def test_a_polyglot_is_redrawn_and_its_name_harmless(uploading: tuple[Client, str], name: str) -> None:
    data = jpeg() + b"<script>alert(1)</script>PK\x03\x04"
    assert send(uploading, name, data) in (200, 302)
    document = Document.objects.get()
    client = uploading[0]
    assert not set("/\\\r\n\u202e") & set(document.name)
    assert ".." not in document.key
    for path in ("pages/1.jpg", "thumbnail.jpg"):
        shown = client.get(f"/documents/{document.pk}/{path}")
        assert shown["Content-Type"] == "image/jpeg"
        assert b"<script>" not in shown.content
    kept = client.get(f"/documents/{document.pk}/original")
    assert kept.status_code == 200
    assert "attachment" in kept["Content-Disposition"]
    assert "sandbox" in kept["Content-Security-Policy"]
    assert kept["X-Content-Type-Options"] == "nosniff"
