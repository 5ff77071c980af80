"""The log is read in words: whatever the code writes down is named."""

from __future__ import annotations

import ast
from pathlib import Path

import waizhuan
from waizhuan.kernel import traces
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.flow.api import all_processes


def test_every_verb_and_every_kind_of_subject_has_words() -> None:
    unnamed = set()
    for path in Path(waizhuan.__file__).parent.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Happened" and len(node.args) > 2:
                verb, subject = (_beginning(argument) for argument in node.args[1:3])
                if verb and not traces.done(verb):
                    unnamed.add(verb)
                if subject and not traces.thing(subject):
                    unnamed.add(subject)
    assert unnamed == set()


def _beginning(node: ast.AST) -> str:
    """A literal, or of an f-string the kind of thing before its id."""
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        beginning = str(node.values[0].value)
        return beginning if ":" in beginning else ""
    return str(node.value) if isinstance(node, ast.Constant) else ""


def test_a_process_names_its_own_steps() -> None:
    for process in all_processes():
        entry = AuditEntry(verb=f"{process.name}.{process.transitions[0].name}", subject=f"{process.name}:7")
        assert entry.said == process.transitions[0].label
        assert entry.thing == process.label
