"""An account as the support desk sees it: masked unless a purpose was given for the full numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from waizhuan.identity.appeals.queries import why_locked
from waizhuan.identity.models import Account, Kind, Mandate, RealName
from waizhuan.identity.operators import queries, rules
from waizhuan.identity.realname.presenters import STATUS_LABELS, STATUS_TONES
from waizhuan.identity.realname.process import CASE
from waizhuan.kernel import roles
from waizhuan.kernel.words import Words, say
from waizhuan.shared.flow.api import State
from waizhuan.shared.refdata.identity_numbers import label as doc_label
from waizhuan.shared.refdata.masks import mask_email, mask_name, mask_number, mask_phone
from waizhuan.shared.refdata.unit_numbers import bare, called

KINDS = {Kind.NATURAL: say("自然人"), Kind.LEGAL: say("单位")}


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the search result."""

    pk: int
    name: str
    login_name: str
    kind: Words
    tone: str
    status: Words
    since: dt.datetime
    locked: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class CaseLine:
    pk: int
    number: str
    kind: str
    state: State
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class AccountPage:
    head: Found
    facts: Sequence[tuple[Words, object]]
    statuses: Sequence[tuple[Words, str, Words]]
    cases: Sequence[CaseLine]
    mandates: Sequence[tuple[str, Words, dt.datetime]]
    aliases: Sequence[str]
    former: Sequence[tuple[Words, str, dt.datetime]]
    sessions: int
    passed: Sequence[tuple[str, Words]]  # what was verified, and could be withdrawn
    lock: Words | None  # who locked it and why, where it is locked


def found_of(account: Account, *, revealed: bool = False) -> Found:
    """From rows already read."""
    unit = getattr(account, "organisation", None)
    person = getattr(account, "person", None)
    status = RealName(unit.real_name if unit else person.real_name if person else RealName.NOT_STARTED)
    name = unit.name if unit else person.name if person else ""
    return Found(
        account.pk,
        name if unit or revealed else mask_name(name),
        account.login_name,
        KINDS[Kind(account.kind)],
        STATUS_TONES[status],
        STATUS_LABELS[status],
        account.created_at,
        queries.is_locked(account),
        account.closed_at is not None,
    )


def page_of(account: Account, *, revealed: bool) -> AccountPage:
    """Everything on the account page. Four queries, five where an operator locked it."""
    mandates = Mandate.objects.filter(account=account, withdrawn_at=None).select_related("organisation").order_by("id")
    return AccountPage(
        head=found_of(account, revealed=revealed),
        facts=_facts(account, revealed),
        statuses=_statuses(account),
        cases=[
            CaseLine(c.pk, c.number or "", c.get_kind_display(), CASE.state(c.state), c.created_at)
            for c in queries.cases_of(account.pk)
        ],
        mandates=[(m.organisation.name, roles.role(m.role).label, m.valid_from) for m in mandates[: queries.AT_MOST]],
        aliases=list(account.aliases.values_list("shown", flat=True)[: queries.AT_MOST]),
        former=[
            (doc_label(d.doc_type), d.doc_number if revealed else mask_number(d.doc_number), d.until)
            for d in queries.former_documents_of(account.pk)
        ],
        sessions=queries.sessions_of(account),
        passed=[(what, rules.VERIFICATIONS[what].label) for what in _passed(account)],
        lock=_lock(account),
    )


def _lock(account: Account) -> Words | None:
    if not queries.is_locked(account):
        return None
    if account.is_active:
        return say("持有人在安全消息里点了“不是我本人”。本人找回账号，就打开了")
    return say("平台锁定的理由：{why}", why=why_locked(account) or "—")


def _passed(account: Account) -> list[str]:
    """The keys of `rules.VERIFICATIONS` that this account has passed."""
    person, unit = getattr(account, "person", None), getattr(account, "organisation", None)
    found = {
        "person": person.real_name if person else "",
        "agent": unit.agent_real_name if unit else "",
        "unit": unit.real_name if unit else "",
    }
    return [what for what, status in found.items() if status == RealName.PASSED]


def _facts(account: Account, revealed: bool) -> Sequence[tuple[Words, object]]:
    facts: list[tuple[Words, object]] = [(say("登录名"), account.login_name)]
    person, unit = getattr(account, "person", None), getattr(account, "organisation", None)
    if person:
        number = person.doc_number if revealed else mask_number(person.doc_number)
        facts += [
            (say("姓名"), person.name if revealed else mask_name(person.name)),
            (doc_label(person.doc_type), number),
        ]
    if unit:
        agent = unit.agent_name if revealed else mask_name(unit.agent_name)
        number = unit.agent_doc_number if revealed else mask_number(unit.agent_doc_number)
        facts += [
            (say("单位全称"), unit.name),
            (called(unit.uscc or ""), bare(unit.uscc or "") or "—"),
            (say("主代办人"), agent),
            (doc_label(unit.agent_doc_type), number),
        ]
    facts.append((say("手机号"), (account.phone if revealed else mask_phone(account.phone)) or "—"))
    if account.email:
        facts.append((say("电子邮箱"), account.email if revealed else mask_email(account.email)))
    return facts


def _statuses(account: Account) -> Sequence[tuple[Words, str, Words]]:
    person, unit = getattr(account, "person", None), getattr(account, "organisation", None)
    lines = []
    if person:
        lines.append((say("个人身份"), STATUS_TONES[person.real_name], STATUS_LABELS[RealName(person.real_name)]))
    if unit:
        lines.append(
            (say("主代办人"), STATUS_TONES[unit.agent_real_name], STATUS_LABELS[RealName(unit.agent_real_name)])
        )
        lines.append((say("单位和法定代表人"), STATUS_TONES[unit.real_name], STATUS_LABELS[RealName(unit.real_name)]))
    return lines
