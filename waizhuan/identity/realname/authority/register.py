"""The embedded authority: a local register, loaded from CSV (`python -m waizhuan load-register FILE`).

It holds no names or numbers of persons, only their fingerprints: it can confirm what somebody knows, and tell nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from waizhuan.identity.realname.authority.answers import Answer, Result
from waizhuan.identity.realname.models import RegisterPerson, RegisterUnit
from waizhuan.kernel import crypto
from waizhuan.shared.refdata.identity_numbers import check_document, check_uscc
from waizhuan.shared.refdata.names import name_key

#: Fictitious people and units, for trying out.
DEMONSTRATION = Path(__file__).parent / "register.csv"
COLUMNS = ("kind", "name", "doc_type", "number", "country", "uscc", "rep_name", "rep_number")
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row of the file that was not taken, and why."""

    line: int
    why: str


def name_index(name: str) -> str:
    return crypto.blind_index("register.name", name_key(name))


def person_index(doc_type: str, number: str, country: str) -> str:
    checked = check_document(doc_type, number, country)
    return crypto.blind_index("register.person", f"{doc_type}|{country}|{checked.key}") if checked.key else ""


def rep_index(number: str) -> str:
    """A legal representative is registered with one document, whatever its kind."""
    return crypto.blind_index("register.rep", "".join(number.upper().split()))


class RegisterAuthority:
    def check_person(self, name: str, doc_type: str, number: str, country: str) -> Answer:
        found = RegisterPerson.objects.filter(person_index=person_index(doc_type, number, country)).first()
        if found is None or not found.person_index:
            return Answer(Result.UNKNOWN, "not_found")
        return Answer(Result.MATCH) if found.name_index == name_index(name) else Answer(Result.MISMATCH, "name")

    def check_unit(self, name: str, uscc: str, rep_name: str, rep_number: str) -> Answer:
        code = check_uscc(uscc)
        found = RegisterUnit.objects.filter(uscc=code.number).first() if code.verdict.ok else None
        if found is None:
            return Answer(Result.UNKNOWN, "not_found")
        if found.name_key != name_key(name):
            return Answer(Result.MISMATCH, "unit_name")
        if found.rep_name_index != name_index(rep_name) or found.rep_index != rep_index(rep_number):
            return Answer(Result.MISMATCH, "rep")
        return Answer(Result.MATCH)


def add_person(name: str, doc_type: str, number: str, country: str = "CHN") -> None:
    """Enter one person (demonstration data)."""
    _save_people([RegisterPerson(person_index=person_index(doc_type, number, country), name_index=name_index(name))])


def add_unit(name: str, uscc: str, rep_name: str, rep_number: str) -> None:
    """Enter one unit (demonstration data)."""
    _save_units([_unit(name, uscc, rep_name, rep_number)])


def load(lines: Iterable[str]) -> tuple[int, list[Wrong]]:
    """Load a CSV with the columns `COLUMNS`; loading it again changes nothing. How many rows, and which were wrong."""
    people: list[RegisterPerson] = []
    units: list[RegisterUnit] = []
    wrong: list[Wrong] = []
    count = 0
    for line, row in _rows(lines):
        made = _read(row)
        if isinstance(made, str):
            wrong.append(Wrong(line, made))
            continue
        count += 1
        if isinstance(made, RegisterPerson):
            people.append(made)
        else:
            units.append(made)
        if len(people) + len(units) >= BATCH:
            _save(people, units)
    _save(people, units)
    return count, wrong


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    reader = csv.DictReader(line.removeprefix("\ufeff") for line in lines)
    for row in reader:
        yield reader.line_num, {k: (v or "").strip() for k, v in row.items() if isinstance(v, str | None) and k}


def _read(row: Mapping[str, str]) -> RegisterPerson | RegisterUnit | str:
    if row.get("kind") == "person":
        country = row.get("country") or "CHN"
        try:
            checked = check_document(row.get("doc_type", ""), row.get("number", ""), country)
        except ValueError:
            return "unknown doc_type"
        if not checked.verdict.ok or not row.get("name"):
            return "no name or no valid number"
        return RegisterPerson(
            person_index=person_index(row["doc_type"], row["number"], country), name_index=name_index(row["name"])
        )
    if row.get("kind") == "unit":
        if not check_uscc(row.get("uscc", "")).verdict.ok or not row.get("name"):
            return "no name or no valid credit code"
        return _unit(row["name"], row["uscc"], row.get("rep_name", ""), row.get("rep_number", ""))
    return "kind must be person or unit"


def _unit(name: str, uscc: str, rep_name: str, rep_number: str) -> RegisterUnit:
    return RegisterUnit(
        uscc=check_uscc(uscc).number,
        name_key=name_key(name),
        rep_name_index=name_index(rep_name),
        rep_index=rep_index(rep_number),
    )


def _save(people: list[RegisterPerson], units: list[RegisterUnit]) -> None:
    with transaction.atomic():
        _save_people(people)
        _save_units(units)
    people.clear()
    units.clear()


def _save_people(people: list[RegisterPerson]) -> None:
    once = {p.person_index: p for p in people}  # one statement must not touch a row twice
    RegisterPerson.objects.bulk_create(
        once.values(), update_conflicts=True, unique_fields=["person_index"], update_fields=["name_index"]
    )


def _save_units(units: list[RegisterUnit]) -> None:
    once = {u.uscc: u for u in units}
    RegisterUnit.objects.bulk_create(
        once.values(),
        update_conflicts=True,
        unique_fields=["uscc"],
        update_fields=["name_key", "rep_name_index", "rep_index"],
    )
