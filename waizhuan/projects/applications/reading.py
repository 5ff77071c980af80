"""From what was typed to what was meant: values of the right type, and a problem for whatever cannot be read."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache

from waizhuan.kernel.words import Words, say
from waizhuan.projects.applications.drafts import Draft
from waizhuan.projects.applications.kinds import AREAS, COSTS
from waizhuan.projects.applications.questions import EXPERT, OTHER_WHY, PLAIN, VISIT, Question
from waizhuan.projects.applications.rules import Expert, Plan, Problem, Visit
from waizhuan.shared.refdata import countries, identity_numbers, phones, tables

Value = str | int | dt.date | None
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_MONEY = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ' .,’\-]+")
MOST_FEN = 100_000_000_00  # 1 亿元: whatever is more is a slip


class Unreadable(Exception):
    """This is not what the question asks for; says what is."""

    def __init__(self, reason: Words) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole form: the plan for the rules, every value by (section, field), and what could not be read or is missing."""

    plan: Plan
    values: Mapping[tuple[str, str], Value]
    problems: list[Problem] = field(default_factory=list)

    def value(self, section: str, name: str) -> Value:
        return self.values.get((section, name))

    def text(self, section: str, name: str) -> str:
        value = self.values.get((section, name))
        return value if isinstance(value, str) else ""

    def whole(self, section: str, name: str) -> int:
        value = self.values.get((section, name))
        return value if isinstance(value, int) else 0


@cache
def choices(kind: str) -> Mapping[str, object]:
    """The codes that a question of this kind may be answered with."""
    match kind:
        case "area":
            return AREAS
        case "degree":
            return dict(tables.DEGREES)
        case "title":
            return dict(tables.TITLES)
        case "country":
            return dict(countries.countries())
    return {}


def read(question: Question, raw: str, *, country: str = "") -> Value:
    """The value of one answer, "" or None where nothing was typed. Raises Unreadable."""
    text = raw.strip()
    if not text:
        return None if question.kind in ("day", "money", "whole") else ""
    match question.kind:
        case "day":
            return read_day(text)
        case "money":
            return read_money(text)
        case "whole":
            return read_whole(text, question.most)
        case "phone":
            phone = phones.read_phone(text)
            if not phone.verdict.ok:
                raise Unreadable(phone.verdict.reason)
            return phone.shown
        case "passport":
            checked = identity_numbers.check_document(identity_numbers.DocType.PASSPORT, text, country or "XXX")
            if not checked.verdict.ok:
                raise Unreadable(checked.verdict.reason)
            return checked.number
        case "latin":
            if not _LATIN.fullmatch(text):
                raise Unreadable(say("请用拉丁字母填写，与护照一致"))
        case "area" | "degree" | "title" | "country":
            if text not in choices(question.kind):
                raise Unreadable(say("请从列表里选一项"))
    if len(text) > question.most:
        raise Unreadable(
            say("多了 {over} 个字，请在 {most} 字以内", over=len(text) - question.most, most=question.most)
        )
    return text


def read_day(text: str) -> dt.date:
    """2026-05-10, 2026/5/10, 2026.5.10, 2026年5月10日, full-width digits."""
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        if match is None:
            raise ValueError
        year, month, day = (int(x) for x in match.groups())
        if not 1900 <= year <= 2100:
            raise ValueError
        return dt.date(year, month, day)
    except ValueError:
        raise Unreadable(say("没有这一天，请写成 2026-05-10 这样")) from None


def read_money(text: str) -> int:
    """Yuan as people type them, in fen: 14200, 14,200.50, ¥14200, 14200元, full-width digits."""
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("¥").removesuffix("元")
    plain = plain.replace(",", "").replace("，", "").replace(" ", "")
    if plain.startswith("-"):
        raise Unreadable(say("金额不能是负数"))
    if not _MONEY.fullmatch(plain):
        raise Unreadable(say("请写金额，例如 15000 或 15,000.50"))
    whole, _, rest = plain.partition(".")
    fen = int(whole) * 100 + int(rest.ljust(2, "0") or 0)
    if fen > MOST_FEN:
        raise Unreadable(say("金额太大，请检查。单位是元"))
    return fen


def read_whole(text: str, most: int) -> int:
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    if not plain.isascii() or not plain.isdigit() or len(plain) > 12:
        raise Unreadable(say("请写整数，例如 3"))
    if int(plain) > most:
        raise Unreadable(say("请写 0 到 {most} 之间的整数", most=most))
    return int(plain)


def read_form(drafts: Mapping[str, Draft], attachments: Collection[str]) -> Reading:
    """The whole form. Problems of single answers only; `rules.check` judges what the call allows."""
    reader = _Reader(drafts)
    for section in PLAIN:
        for question in PLAIN[section]:
            reader.answer(section, question, question.name)
    experts = tuple(reader.expert(key, visits) for key, visits in reader.draft("experts").rows)
    costs, reasons = reader.costs([v.key for e in experts for v in e.visits])
    title, starts, ends = (reader.values.get(("basic", n)) for n in ("title", "starts_on", "ends_on"))
    match = reader.values.get(("funding", "match"))
    plan = Plan(
        title=title if isinstance(title, str) else "",
        starts_on=starts if isinstance(starts, dt.date) else None,
        ends_on=ends if isinstance(ends, dt.date) else None,
        experts=experts,
        costs=costs,
        other_reasons=reasons,
        match=match if isinstance(match, int) else 0,
        match_explained=bool(reader.draft("funding").get("match_use").strip()),
        attachments=frozenset(attachments),
    )
    return Reading(plan, reader.values, reader.problems)


class _Reader:
    def __init__(self, drafts: Mapping[str, Draft]) -> None:
        self.drafts = drafts
        self.values: dict[tuple[str, str], Value] = {}
        self.problems: list[Problem] = []

    def draft(self, section: str) -> Draft:
        return self.drafts.get(section, Draft())

    def answer(self, section: str, question: Question, name: str, country: str = "") -> Value:
        raw = self.draft(section).get(name)
        try:
            value = read(question, raw, country=country)
        except Unreadable as error:
            self.problems.append(Problem(section, name, error.reason))
            return None
        if question.required and not raw.strip():
            self.problems.append(Problem(section, name, say("请填写{what}", what=question.label), missing=True))
        self.values[section, name] = value
        return value

    def expert(self, key: str, visits: Collection[str]) -> Expert:
        read: dict[str, Value] = {}
        for question in EXPERT:
            country = str(read.get("nationality") or "")
            read[question.name] = self.answer("experts", question, f"{key}-{question.name}", country)
        stays = []
        for visit in visits:
            first, last = (self.answer("experts", q, f"{key}-{visit}-{q.name}") for q in VISIT)
            stays.append(
                Visit(visit, first if isinstance(first, dt.date) else None, last if isinstance(last, dt.date) else None)
            )
        birth, passport = read["birth"], str(read["passport"] or "")
        return Expert(
            key=key,
            name=str(read["name_latin"] or read["name_zh"] or ""),
            nationality=str(read["nationality"] or ""),
            passport_key=passport_key(passport, str(read["nationality"] or "")),
            birth=birth if isinstance(birth, dt.date) else None,
            visits=tuple(stays),
        )

    def costs(self, visits: Collection[str]) -> tuple[dict[str, dict[str, int]], frozenset[str]]:
        costs: dict[str, dict[str, int]] = {}
        reasons = set()
        for visit in visits:
            for cost, label in COSTS.items():
                question = Question(cost, label, "money", required=False)
                fen = self.answer("funding", question, f"{visit}-{cost}")
                costs.setdefault(visit, {})[cost] = fen if isinstance(fen, int) else 0
            why = self.answer("funding", OTHER_WHY, f"{visit}-{OTHER_WHY.name}")
            if why:
                reasons.add(visit)
        return costs, frozenset(reasons)


def passport_key(number: str, country: str) -> str:
    """What identifies the passport, for comparing: number and issuing country."""
    if not number:
        return ""
    checked = identity_numbers.check_document(identity_numbers.DocType.PASSPORT, number, country or "XXX")
    return checked.key if checked.verdict.ok else ""
