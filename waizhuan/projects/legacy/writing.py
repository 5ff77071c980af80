"""Rows become records: what they name is looked up, what is there already is compared, and all of it is written at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from waizhuan.kernel import clock, crypto
from waizhuan.kernel.words import say
from waizhuan.projects.legacy import matching, rules
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject, LegacyUnit
from waizhuan.projects.legacy.rules import Row, Wrong
from waizhuan.shared.refdata.names import name_key


@dataclass(frozen=True, slots=True)
class Written:
    fresh: int = 0
    changed: int = 0
    same: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """How a kind of row is kept: its model, its key, its other fields, and the field that says somebody holds it."""

    model: type[models.Model]
    key: str
    fields: tuple[str, ...]
    owned: str


SHAPES = {
    "units": Shape(LegacyUnit, "key", ("code", "name", "name_key", "other_names", "uscc"), "organisation_id"),
    "accounts": Shape(
        LegacyAccount,
        "login_key",
        (
            "login_name",
            "name",
            "phone",
            "email",
            "doc_type",
            "doc_number",
            "doc_key",
            "unit_id",
            "admin_from",
            "admin_until",
        ),
        "account_id",
    ),
    "projects": Shape(
        LegacyProject, "number", ("title", "category", "year", "unit_id", "account_id"), "organisation_id"
    ),
}
#: Columns beside `fields` that an update writes with them.
INDEXES = {"units": ("former",), "accounts": ("phone_index", "email_index", "doc_index")}


def write(kind: str, rows: Sequence[Row], *, load: bool) -> Written:
    """Compare the rows with what there is, say what is wrong with them, and with `load` write the good ones. The number
    of statements does not depend on the number of rows."""
    shape = SHAPES[kind]
    _look_up(kind, rows)
    if load and kind == "projects":
        _hold(rows)
    known = _known(shape, [r.key for r in rows], lock=load)
    fresh, changed, same = [], [], 0
    for row in rows:
        if row.wrong:
            continue
        record = _record(kind, row)
        before = known.get(row.key)
        if before is None:
            fresh.append(record)
        elif before[0] == record.digest:
            same += 1
        elif not (verdict := rules.may_change(same=False, owned=before[1])).ok:
            row.wrong.append(Wrong(rules.COLUMNS[kind][0].name, verdict.reason))
        else:
            changed.append(record)
    if load and fresh + changed:
        _save(kind, shape, fresh + changed)
    return Written(len(fresh), len(changed), same)


def _hold(rows: Sequence[Row]) -> None:
    """Nobody matches these units or links these accounts until the projects are there: else neither side would see the other's
    rows, and a project would be nobody's for good. Units, then accounts, then projects: as whoever matches or links."""
    for model, name in ((LegacyUnit, "unit_id"), (LegacyAccount, "account_id")):
        wanted = {int(str(r.values[name])) for r in rows if not r.wrong and r.values.get(name)}
        held = model._default_manager.select_for_update(of=("self",)).filter(pk__in=wanted)
        list(held.order_by("pk").values_list("pk", flat=True))


def _known(shape: Shape, keys: Sequence[str], *, lock: bool = False) -> dict[str, tuple[str, bool]]:
    """What is there already: fingerprint, and whether somebody holds it. `lock`: nobody comes to hold it before this batch is
    written."""
    found = shape.model._default_manager.filter(**{f"{shape.key}__in": keys})
    if lock:
        found = found.select_for_update(of=("self",)).order_by("pk")
    return {
        key: (digest, owner is not None) for key, digest, owner in found.values_list(shape.key, "digest", shape.owned)
    }


# ---------------------------------------------------------------- what a row names


def _look_up(kind: str, rows: Sequence[Row]) -> None:
    """Put the ids of the named unit and account into the rows, or say that there are none."""
    if kind == "units":
        return
    _find_units(rows)
    if kind == "projects":
        keys = {r.text("login").lower() for r in rows}
        accounts = dict(LegacyAccount.objects.filter(login_key__in=keys).values_list("login_key", "pk"))
        for row in rows:
            row.values["account_id"] = accounts.get(row.text("login").lower())
            if row.values["account_id"] is None and row.text("login"):
                row.wrong.append(Wrong("login", say("没有这个旧账号，请先导入账号")))


def _find_units(rows: Sequence[Row]) -> None:
    codes = {r.text("code") for r in rows if r.text("code")}
    keys = {name_key(r.text("unit")) for r in rows if r.text("unit")}
    by_code: dict[str, int] = {}
    by_name: dict[str, set[int]] = defaultdict(set)
    found = LegacyUnit.objects.filter(Q(code__in=codes) | Q(name_key__in=keys)).values_list("pk", "code", "name_key")
    for pk, code, key in found:
        by_code[code] = pk
        by_name[key].add(pk)
    for row in rows:
        code, name = row.text("code"), row.text("unit")
        if code in by_code and code:
            row.values["unit_id"] = by_code[code]
            continue
        candidates = by_name.get(name_key(name), set()) if name else set()
        if len(candidates) == 1 and not code:
            row.values["unit_id"] = next(iter(candidates))
        elif code:
            row.wrong.append(Wrong("code", say("没有这个单位代码，请先导入单位")))
        elif candidates:
            row.wrong.append(Wrong("code", say("有 {n} 个单位叫这个名称，请填写单位代码", n=len(candidates))))
        elif name:
            row.wrong.append(Wrong("unit", say("没有这个单位，请先导入单位")))


# ---------------------------------------------------------------- records


def _record(kind: str, row: Row) -> Any:
    values = _values(kind, row)
    digest = crypto.mac(repr(sorted((k, str(v)) for k, v in values.items())).encode()).hex()
    record = SHAPES[kind].model(**values, digest=digest)
    if isinstance(record, LegacyUnit):
        record.former = _former(record.other_names)
    return record


def _former(names: Sequence[str]) -> str:
    return "\n".join(map(str, names))[:2000]


def write_out_former_names() -> int:
    """Former names as text, where that is missing or says something else: a version of this product that knew no such text has
    written the row, while a newer one was being installed. How many rows. One query where there is nothing to do."""
    rows = LegacyUnit.objects.exclude(other_names=[]).values_list("pk", "other_names", "former")
    stale = [pk for pk, names, former in rows.iterator(chunk_size=2000) if former != _former(names)]
    for start in range(0, len(stale), 500):
        with transaction.atomic():
            held = LegacyUnit.objects.select_for_update(of=("self",)).filter(pk__in=stale[start : start + 500])
            lot = list(held.order_by("pk"))
            for unit in lot:
                unit.former = _former(unit.other_names)
            LegacyUnit.objects.bulk_update(lot, ["former"])
    return len(stale)


def _values(kind: str, row: Row) -> dict[str, Any]:
    if kind == "units":
        name = row.text("unit")
        return {
            "key": row.key,
            "code": row.text("code"),
            "name": name,
            "name_key": name_key(name),
            "other_names": row.values.get("other_names") or [],
            "uscc": row.text("uscc"),
        }
    if kind == "accounts":
        texts = ("name", "phone", "email", "doc_type", "doc_number", "doc_key")
        return {
            "login_key": row.key,
            "login_name": row.text("login"),
            **{name: row.text(name) for name in texts},
            **{name: row.values.get(name) for name in ("unit_id", "admin_from", "admin_until")},
        }
    return {name: row.values[name] for name in ("number", "title", "category", "year", "unit_id", "account_id")}


def _save(kind: str, shape: Shape, records: Sequence[Any]) -> None:
    """Insert or update by key, in one statement; then whatever can find its owner finds it."""
    now = clock.now()
    extra: Mapping[str, Collection[str]] = {**INDEXES, "projects": ("updated_at",)}
    for record in records:
        if kind == "projects":
            record.updated_at = now
    columns = [*(f.removesuffix("_id") for f in shape.fields), "digest", *extra.get(kind, ())]
    shape.model._default_manager.bulk_create(
        records, update_conflicts=True, unique_fields=[shape.key], update_fields=columns, batch_size=500
    )
    keys = [getattr(r, shape.key) for r in records]
    ids = list(shape.model._default_manager.filter(**{f"{shape.key}__in": keys}).values_list("pk", flat=True))
    if kind == "units":
        matching.match_units(ids)
    elif kind == "projects":
        matching.own_projects(ids)
