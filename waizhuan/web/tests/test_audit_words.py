"""The log is read in words: whatever the code writes down is named."""

from __future__ import annotations

import ast
from pathlib import Path

from django.utils import translation

import waizhuan
from waizhuan.kernel import traces
from waizhuan.kernel.words import as_json, say
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


def test_every_key_of_what_is_noted_has_words() -> None:
    unnamed = {
        f"{path.name}: {key}"
        for path in Path(waizhuan.__file__).parent.rglob("*.py")
        if "tests" not in path.parts
        for key in _keys_noted(ast.parse(path.read_text(encoding="utf-8")))
        if traces.fact(key).msgid == key
    }
    assert unnamed == set()


def _keys_noted(module: ast.Module) -> set[str]:
    """The keys of every detail that is given to `Happened`: written there, or under a name in the same function."""
    found: set[str] = set()
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef):
            continue
        named: set[str] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Happened" and len(node.args) > 3:
                found |= _keys(node.args[3])
                named |= {n.id for n in ast.walk(node.args[3]) if isinstance(n, ast.Name)}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                for target, value in _pairs(node):
                    if isinstance(target, ast.Name) and target.id in named:
                        found |= _keys(value)
    return found


def _pairs(node: ast.Assign | ast.AnnAssign) -> list[tuple[ast.AST, ast.AST]]:
    """What is assigned to what; `subject, detail = …, …` are two."""
    target, value = (node.targets[0] if isinstance(node, ast.Assign) else node.target), node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)] if value is not None else []


def _keys(written: ast.AST) -> set[str]:
    """The keys of a dictionary as it is written, with those that are merged into it; none of what only passes through calls."""
    if isinstance(written, ast.Dict):
        known = {str(k.value) for k in written.keys if isinstance(k, ast.Constant)}
        return known.union(*(_keys(v) for k, v in zip(written.keys, written.values, strict=True) if k is None))
    if isinstance(written, ast.IfExp):
        return _keys(written.body) | _keys(written.orelse)
    return _keys(written.left) | _keys(written.right) if isinstance(written, ast.BinOp) else set()


def test_what_is_noted_is_read_in_words() -> None:
    def read(**detail: object) -> list[str]:
        return [f"{key}: {value}" for key, value in AuditEntry(subject="entry.profile:7", detail=detail).facts]

    with translation.override("en"):
        assert read(**{"from": "review", "to": "approved"}) == ["From: Under review", "To: Approved"]
        assert read(ok=True, number="") == ["Consistent: Yes", "Number: —"]
        assert read(roles=["unit.admin", "projects.lead"]) == ["Roles: Unit administrator, Project lead"]
        assert read(how="code", way="code") == ["Entered by: Code", "Way: Recovery codes"]
        assert read(purpose="realname") != ["Used for: realname"], "a purpose says its name"
        assert read(roles=["no.such"], how="other") == ["Roles: no.such", "Entered by: other"]
        assert read(why=[as_json(say("审计日志"))]) == ["Reason: Audit log"]
        assert read(unheard_of={"reason": "\x00{x} <b>"}) == ["unheard_of: Reason (\x00{x} <b>)"]


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
