"""What the asker's pages show: the status of each thing to be verified, its reason and the next step (D1)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from waizhuan.identity.models import Kind as AccountKind
from waizhuan.identity.models import Organisation, Person, RealName
from waizhuan.identity.realname import registered, rules
from waizhuan.identity.realname.authority.answers import reason
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.queries import latest_cases, person_of, promised, unit_of
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import Words, say
from waizhuan.shared.flow.api import Step
from waizhuan.shared.refdata.identity_numbers import label as doc_label
from waizhuan.shared.refdata.masks import mask_number, mask_uscc
from waizhuan.shared.refdata.unit_numbers import called

STATUS_LABELS = {
    RealName.NOT_STARTED: say("未认证"),
    RealName.PASSED: say("已通过"),
    RealName.FAILED: say("失败"),
    RealName.REVIEW: say("审核中"),
}
STATUS_TONES = {"not_started": "none", "passed": "ok", "failed": "bad", "review": "wait"}


@dataclass(frozen=True, slots=True)
class Next:
    """The one thing to do now: a link, or a button that posts to `realname.start`."""

    label: Words
    screen: str = ""
    args: tuple[object, ...] = ()
    post: str = ""  # "start" | "again"


@dataclass(frozen=True, slots=True)
class Status:
    """One line of the status page; also what other errands ask for (`api.status_of`)."""

    kind: str
    label: Words
    status: str
    tone: str
    badge: Words
    text: Words
    next: Next | None
    other: Next | None  # a second way, never the primary one
    given: str  # masked: what it is about
    verified_at: dt.datetime | None
    case: Case | None
    reason: str = ""  # why it is to be verified again, or failed, in the words of who decided
    due: dt.datetime | None = None  # until when the operator has promised to answer (D2)

    @property
    def passed(self) -> bool:
        return self.status == RealName.PASSED


def statuses_of(actor: Actor) -> Sequence[Status]:
    """Everything that this account has to have verified. Three queries."""
    # a renewal or a change is no verification that is missing: whoever has one under way is verified
    cases = {kind: case for kind, case in latest_cases(actor).items() if case.purpose == rules.Purpose.FIRST}
    found: Sequence[Status] = ()
    if actor.kind == AccountKind.LEGAL:
        unit = unit_of(actor.account_id)
        found = _of_unit(unit, cases) if unit else ()
    else:
        person = person_of(actor.account_id)
        found = (_of_person(person, cases.get(rules.Kind.PERSON)),) if person else ()
    due = promised([s.case.pk for s in found if s.case is not None and s.case.state in rules.WITH_OPERATOR])
    return [dataclasses.replace(s, due=due.get(s.case.pk) if s.case else None) for s in found]


def _of_person(person: Person, case: Case | None) -> Status:
    given = f"{person.name}　{doc_label(person.doc_type)} {mask_number(person.doc_number)}"
    missing = rules.document_given("person", person.doc_number)
    why = person.real_name_reason
    return _status("person", say("本人身份"), person.real_name, case, given, person.verified_at, missing, why)


def _of_unit(unit: Organisation, cases: dict[str, Case]) -> tuple[Status, ...]:
    agent = f"{unit.agent_name}　{doc_label(unit.agent_doc_type)} {mask_number(unit.agent_doc_number)}"
    missing = rules.unit_data_complete(
        {f: getattr(unit, f) for f in ("unit_kind", "rep_name", "rep_doc_type", "rep_doc_number")}
    )
    agent_case = cases.get(rules.Kind.AGENT)
    agent_at = agent_case.updated_at if agent_case and agent_case.state == "passed" else None
    return (
        _status(
            "agent", say("主代办人"), unit.agent_real_name, agent_case, agent, agent_at,
            rules.document_given("agent", unit.agent_doc_number), unit.agent_real_name_reason,
        ),
        _status(
            "unit", say("单位和法定代表人"), unit.real_name, cases.get(rules.Kind.UNIT),
            f"{unit.name}　{mask_uscc(unit.uscc or '')}", unit.verified_at, missing,
            unit.real_name_reason,
        ),
    )  # fmt: skip


def _status(
    kind: str,
    label: Words,
    status: str,
    case: Case | None,
    given: str,
    verified_at: dt.datetime | None,
    missing: Sequence[Verdict] = (),
    why: str = "",
) -> Status:
    text, first, other = _next_step(kind, status, case, missing)
    badge, tone = STATUS_LABELS[RealName(status)], STATUS_TONES[status]
    if case is not None and case.state in rules.COLLECTING and status != RealName.FAILED:
        badge, tone = say("等您上传材料"), "turn"
    return Status(
        kind,
        label,
        status,
        tone,
        badge,
        text,
        first,
        other,
        given,
        verified_at,
        case,
        "" if status == RealName.PASSED else why,
    )


def _next_step(
    kind: str, status: str, case: Case | None, missing: Sequence[Verdict]
) -> tuple[Words, Next | None, Next | None]:
    state = case.state if case else ""
    if status == RealName.PASSED:
        return say("已经通过，不用再做什么，也不用上传证件。"), None, None
    if case is not None and state == "upload":
        upload = Next(say("上传证件"), "realname.upload", (case.pk,))
        again = Next(say("再核对一次"), post="again") if case.auto_result == "unavailable" else None
        return (
            say(
                "{why}。上传证件后由人工审核，1 个工作日内答复。", why=reason(case.auto_code) or say("自动核对没有通过")
            ),
            upload,
            again,
        )
    if case is not None and state == "asked":
        return say("审核员请您补充材料，补齐后接着审。"), Next(say("补充材料"), "realname.upload", (case.pk,)), None
    if case is not None and state in rules.WITH_OPERATOR:
        return (
            say("材料在平台的身份核验员那里，不用您再做什么。"),
            None,
            Next(say("看办理进度"), "realname.case", (case.pk,)),
        )
    if state == "checking":
        return say("正在和权威库核对，通常几秒钟。"), Next(say("看结果"), post="start"), None
    if missing:
        remedy = missing[0].remedy
        first = Next(remedy.label, remedy.screen) if remedy else None
        return say("{why}。", why=missing[0].reason), first, None
    if case is not None and state == "declined":
        return (
            say("人工审核没有通过。更正信息，或者换清楚的照片，再办一次。"),
            Next(say("再办一次"), post="start"),
            None,
        )
    return say("还没有开始。多数人几秒钟就能自动核对通过。"), Next(say("开始认证"), post="start"), None


def primary_of(statuses: Sequence[Status]) -> Status | None:
    """Whose button is the page's primary one: the first that needs its account to act."""
    return next((s for s in statuses if s.next is not None), None)


def given_line(case: Case) -> str:
    """What a case is about, masked, on one line."""
    number = f"{doc_label(case.doc_type)} {mask_number(case.doc_number)}"
    if case.kind == rules.Kind.UNIT:
        return f"{case.unit_name}　{mask_uscc(case.uscc)}"
    return f"{case.name}　{number}"


def facts_of(case: Case) -> Sequence[tuple[Words, str]]:
    """What the asker claimed, masked; of a change with what it was before."""
    facts: list[tuple[Words, str]] = []
    if case.kind == rules.Kind.UNIT:
        facts.append((say("单位全称"), _from_to(case, "unit_name", str)))
        facts.append((called(case.uscc), _from_to(case, "uscc", mask_uscc)))
    facts.append((say("法定代表人") if case.kind == rules.Kind.UNIT else say("姓名"), _from_to(case, "name", str)))
    facts.append((doc_label(case.doc_type), _from_to(case, "doc_number", mask_number)))
    for column in (c for c in rules.PARTICULARS if c in case.changed):
        facts.append(
            (registered.LABELS[column], str(registered.from_to(column, case.was[column], getattr(case, column))))
        )
    if case.doc_expires:
        facts.append((say("有效期至"), f"{case.doc_expires:%Y-%m-%d}"))
    return facts


def _from_to(case: Case, column: str, shown: Callable[[str], str]) -> str:
    now = shown(getattr(case, column))
    return f"{shown(case.was[column])} → {now}" if column in case.changed else now


def last_note(steps: Sequence[Step], *transitions: str) -> str:
    """What the operator wrote last when asking for more or declining."""
    return next((s.note for s in steps if s.transition in transitions), "")
