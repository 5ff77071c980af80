"""The house of docs/start-here.md, as tests: nothing open by default, no missing translation, nothing stale."""

from __future__ import annotations

import ast
import re
import subprocess
from io import StringIO
from pathlib import Path

import polib
import pytest
from django.core.management import call_command

from waizhuan.kernel.access import every_route_is_a_screen, routes
from waizhuan.shared.flow.process import all_processes, check
from waizhuan.web import config, messages

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "waizhuan"


def test_every_route_is_a_screen() -> None:
    assert every_route_is_a_screen(None) == []
    assert len(list(routes())) > 50


def test_system_check_passes() -> None:
    call_command("check")


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    output = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=output)
    except SystemExit:
        pytest.fail(output.getvalue())


@pytest.mark.parametrize("app", messages.our_apps(), ids=lambda a: a.label)
def test_every_sentence_is_translated(app) -> None:  # type: ignore[no-untyped-def]
    assert messages.missing(app) == []


def test_every_sentence_stands_where_it_is_said() -> None:
    """`say(text)` is found by no search for sentences, and so by no translation."""
    for path in _tracked("waizhuan/*.py"):
        if "/tests/" in str(path):
            continue
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("say", "say_n"):
                assert isinstance(call.args[0], ast.Constant), f"{path}:{call.lineno}"


def test_one_sentence_has_one_translation() -> None:
    """All catalogues become one: a sentence that two of them translate differently would be said by chance."""
    said: dict[str, set[str]] = {}
    for app in messages.our_apps():
        path = messages.catalogue(app)
        for entry in polib.pofile(str(path)) if path.exists() else ():
            said.setdefault(entry.msgid, set()).add(str(entry.msgstr or entry.msgstr_plural))
    assert {msgid: texts for msgid, texts in said.items() if len(texts) > 1} == {}


def test_process_tables_are_sound() -> None:
    assert {p.name: check(p) for p in all_processes() if check(p)} == {}
    assert len(all_processes()) >= 4


def test_configuration_page_is_fresh() -> None:
    page = (ROOT / "docs" / "generated" / "configuration.md").read_text(encoding="utf-8")
    assert page == config.table(), "run `make docs`"


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split() if (ROOT / name).exists()]


def test_templates_have_no_inline_script_or_style() -> None:
    wrong = []
    for path in PACKAGE.rglob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        if re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|src=\"data:", text) or re.search(
            r"<script(?![^>]*\ssrc=)", text
        ):
            wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []


def test_rules_are_pure() -> None:
    """Rules and password rules know no Django and no models: they run without a database."""
    wrong = []
    for path in [*PACKAGE.rglob("rules.py"), *PACKAGE.rglob("*_rules.py")]:
        for line in path.read_text(encoding="utf-8").splitlines():
            if re.match(r"\s*(from|import) django|\s*from .*\.(models|queries|actions) import", line):
                wrong.append(f"{path.relative_to(ROOT)}: {line.strip()}")
    assert wrong == []


def test_no_file_is_two_ideas() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in _tracked("*.py", "*.html", "*.css", "*.js")
        if "migrations" not in p.parts and (n := p.read_text(encoding="utf-8").count("\n")) > 450
    }
    assert long == {}


def test_no_host_of_a_registry_is_named() -> None:
    named = [
        str(p.relative_to(ROOT))
        for p in _tracked("requirements/*", "*lock*.json", ".npmrc", "*.cfg")
        if re.search(r"https?://", p.read_text(encoding="utf-8"))
    ]
    assert named == []


def test_no_file_holds_two_versions_of_itself() -> None:
    marked = [
        str(p.relative_to(ROOT))
        for p in _tracked("*")
        if p.is_file() and re.search(rb"^(<{7}|>{7}) ", p.read_bytes(), re.MULTILINE)
    ]
    assert marked == []
