"""What the platform itself holds about an account, for `holdings`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model, Q, QuerySet

from waizhuan.identity.account_merges.models import AccountMerge
from waizhuan.identity.account_merges.queries import merged_into
from waizhuan.identity.appeals.models import Appeal
from waizhuan.identity.contact_change.models import ContactChange
from waizhuan.identity.delegation.models import Invitation
from waizhuan.identity.delegation.models import Request as AskedFor
from waizhuan.identity.models import Account, LoginAlias, Mandate, Organisation, Person, RealName
from waizhuan.identity.my_information import holdings
from waizhuan.identity.my_information.holdings import DataKind, declare
from waizhuan.identity.my_information.models import Closing, DataRequest, Relief
from waizhuan.identity.openid import subjects
from waizhuan.identity.openid.models import Consent as SystemConsent
from waizhuan.identity.openid.models import Grant, KnownAs
from waizhuan.identity.realname.models import Case, FormerDocument
from waizhuan.identity.registration.models import Consent, HolderBefore
from waizhuan.identity.second_factor.models import Authenticator, Passkey, RecoveryCode
from waizhuan.identity.sign_in.models import Device, PasswordLink
from waizhuan.kernel import roles
from waizhuan.kernel.crypto import blind_index
from waizhuan.kernel.words import Words, say
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.documents.models import Document
from waizhuan.shared.flow.models import SavedView
from waizhuan.shared.notify.models import Message
from waizhuan.shared.refdata import unit_numbers
from waizhuan.shared.refdata.identity_numbers import check_document

#: The newest so many security events; whoever has more asks for the rest.
EVENTS = 10_000

Row = Mapping[str, object]
REMOVED = say("全部删除")


def _plain(value: Any) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def rows(model: type[Model], *fields: str, of: str = "account_id") -> Callable[[int], list[Row]]:
    """A reader of these columns, the newest first."""

    def read(account_id: int) -> list[Row]:
        found: QuerySet[Any, Any] = model._default_manager.filter(**{of: account_id}).order_by("-pk")
        return [{f: _plain(getattr(row, f)) for f in fields} for row in found]

    return read


def forgets(*models: type[Model]) -> Callable[[int], None]:
    def forget(account_id: int) -> None:
        for model in models:
            model._default_manager.filter(account_id=account_id).delete()

    return forget


def _account(account_id: int) -> Row:
    names = ("login_name", "kind", "phone", "email", "language", "created_at", "phone_verified_at", "email_verified_at")
    row = Account.objects.get(pk=account_id)
    return {n: _plain(getattr(row, n)) for n in (*names, "last_login", "password_changed_at", "locked_at")}


def _person(account_id: int) -> Row | None:
    person = Person.objects.filter(account_id=account_id).first()
    if person is None:
        return None
    return {
        "name": person.name,
        "document": person.doc_type,
        "country": person.doc_country,
        "number": person.doc_number,
        "expires": _plain(person.doc_expires),
        "real_name": person.real_name,
        "verified_at": _plain(person.verified_at),
    }


def _unit(account_id: int) -> Row | None:
    unit = Organisation.objects.filter(account_id=account_id).first()
    names = (
        *("name", "uscc", "unit_kind", "division", "address", "real_name", "agent_name", "agent_doc_type"),
        *("agent_doc_number", "agent_real_name", "rep_name", "rep_doc_type", "rep_doc_number"),
    )
    if unit is None:
        return None
    row = {n: _plain(getattr(unit, n)) for n in names}
    return row | {"uscc": unit_numbers.bare(unit.uscc or ""), "registered_in": unit_numbers.place_of(unit.uscc or "")}


def _mandates(account_id: int) -> list[Row]:
    return [
        {
            "organisation": m.organisation.name,
            "role": str(roles.role(m.role).label),
            "from": _plain(m.valid_from),
            "until": _plain(m.valid_until),
            "withdrawn": _plain(m.withdrawn_at),
        }
        for m in Mandate.objects.filter(account_id=account_id).select_related("organisation").order_by("id")
    ]


def _invitations(account_id: int) -> list[Row]:
    """To the verified person of this name and number, as they come true: whoever only says that a number is theirs learns
    nothing of whom it is."""
    person = Person.objects.filter(account_id=account_id, real_name=RealName.PASSED).exclude(doc_index="").first()
    if person is None:
        return []
    found = Invitation.objects.filter(doc_index=person.doc_index, name_key=person.name_key)
    return [
        {"organisation": i.organisation.name, "roles": i.roles, "at": _plain(i.invited_at), "ended": _plain(i.ended_at)}
        for i in found.select_related("organisation").order_by("-pk")
    ]


def _contact_changes(account_id: int) -> list[Row]:
    """Whole where the account's holder made them. What was undone was a stranger's doing, what is settled was an earlier
    holder's: that there was a change, not whose numbers they were."""
    found = ContactChange.objects.filter(account_id=account_id).order_by("-pk")
    return [
        {"channel": c.channel, "at": _plain(c.at), "undone_at": _plain(c.undone_at)}
        | ({} if c.undone_at or c.settled_at else {"before": c.before, "after": c.after})
        for c in found
    ]


def _own_documents(account_id: int) -> set[str]:
    """The fingerprints of the documents of whom the account belongs to: the person's, or the unit's main agent's."""
    unit = Organisation.objects.filter(account_id=account_id).first()
    if unit is not None:
        agent = check_document(unit.agent_doc_type, unit.agent_doc_number, unit.agent_doc_country)
        return {blind_index("document", agent.key)} if agent.key else set()
    person = Person.objects.filter(account_id=account_id).first()
    # the document of an account that was merged is kept as a former one of the account that remains
    given_up = AccountMerge.objects.filter(closing_id=account_id, state="merged").values("former_document")
    before = _former(account_id) | FormerDocument.objects.filter(pk__in=given_up)
    return {d for d in (person.doc_index if person else "", *before.values_list("doc_index", flat=True)) if d}


def _appeals(account_id: int) -> list[Row]:
    """Whoever appealed for this account and is not its holder told the operator about themselves: of theirs only that there
    was one, when, and how it ended. One's own is one that was approved, with one's own document."""
    mine = _own_documents(account_id)
    return [
        {f: _plain(getattr(a, f)) for f in (APPEAL_OWN if a.state == "approved" and a.doc_index in mine else APPEAL)}
        for a in Appeal.objects.filter(account_id=account_id).order_by("-pk")
    ]


def _cases(account_id: int) -> list[Row]:
    """Of whoever held the account before (a unit's: main agents and legal representatives), no names and numbers."""
    unit = Organisation.objects.filter(account_id=account_id).first()
    now = {(unit.agent_doc_number, "agent"), (unit.rep_doc_number, "unit")} if unit else set()
    return [
        {
            f: unit_numbers.bare(c.uscc) if f == "uscc" else _plain(getattr(c, f))
            for f in CASE
            if f not in WHO or (c.left_at is None if unit is None else (c.doc_number, c.kind) in now)
        }
        for c in Case.objects.filter(asker_account_id=account_id).order_by("-pk")
    ]


def _former(account_id: int) -> QuerySet[FormerDocument]:
    """Without numbers that turned out to be another person's (D3)."""
    others = Person.objects.exclude(account_id=account_id).exclude(doc_index="")
    return FormerDocument.objects.filter(account_id=account_id).exclude(doc_index__in=others.values("doc_index"))


def _former_documents(account_id: int) -> list[Row]:
    names = ("doc_type", "doc_country", "doc_number", "doc_expires", "until")
    return [{n: _plain(getattr(d, n)) for n in names} for d in _former(account_id).order_by("-pk")]


def _factors(account_id: int) -> list[Row]:
    apps = Authenticator.objects.filter(account_id=account_id).values_list("confirmed_at", flat=True)
    keys = Passkey.objects.filter(account_id=account_id).values_list("name", flat=True)
    codes = RecoveryCode.objects.filter(account_id=account_id, used_at=None).count()
    return [
        *({"kind": "authenticator", "confirmed_at": _plain(at)} for at in apps),
        *({"kind": "passkey", "name": name} for name in keys),
        *([{"kind": "recovery codes", "left": codes}] if codes else []),
    ]


def _systems(account_id: int) -> list[Row]:
    found = SystemConsent.objects.filter(account_id=account_id).select_related("client").order_by("-pk")
    return [
        {"system": c.client.name, "sees": c.scopes, "given": _plain(c.given_at), "withdrawn": _plain(c.withdrawn_at)}
        for c in found
    ]


def _entered(account_id: int) -> list[Row]:
    found = Grant.objects.filter(account_id=account_id).select_related("client").order_by("-pk")
    return [{"system": g.client.name, "from": _plain(g.created_at), "ended": _plain(g.ended_at)} for g in found]


def _numbers(account_id: int) -> list[Row]:
    """By which numbers other systems know the person, where it is not the account's own."""
    found = KnownAs.objects.filter(account_id=account_id).order_by("-pk")
    return [{"host": k.sector, "number": subjects.number_of(k), "former_since": _plain(k.former_since)} for k in found]


def _events(account_id: int) -> list[Row]:
    """What the account did, and what was done to it; who looked is told by organisation, not by name. Particulars only of
    what concerns the account: what somebody does on duty is about others."""
    own = f"identity.account:{account_id}"
    about = Q(account_id=account_id) | Q(subject=own)
    found = AuditEntry.objects.filter(about).select_related("organisation").order_by("-id")[:EVENTS]
    return [
        {
            "at": _plain(e.at),
            "what": e.verb,
            "about": e.subject,
            "detail": e.detail if e.subject == own else {},
            "by": "self" if e.account_id == account_id else (e.organisation.name if e.organisation else "platform"),
        }
        for e in found
    ]


def _merges(account_id: int) -> list[Row]:
    """Merges of this account. Of one that was not carried out, and that somebody else asked for, only that there was one:
    the other account may be another person's."""
    either = Q(survivor_id=account_id) | Q(closing_id=account_id)
    found = AccountMerge.objects.filter(either).select_related("survivor", "closing").order_by("-pk")
    return [
        {"number": m.number, "state": m.state, "asked": _plain(m.created_at), "merged": _plain(m.merged_at)}
        | (
            {"kept": m.survivor.login_name, "closed": m.closing.login_name, "proof": m.proof, "reason": m.reason}
            if m.state == "merged" or m.asker_account_id == account_id
            else {}
        )
        for m in found
    ]


def _merged(account_id: int) -> list[Row]:
    """Everything that stayed with the accounts that became part of this one."""
    return [
        {h.code: h.read(pk) for h in holdings.every() if h.code != "merged_accounts"} for pk in merged_into(account_id)
    ]


def _forget_documents(account_id: int) -> None:
    """What was uploaded and never handed in; the store's own clock removes the content."""
    Document.objects.filter(owner_id=account_id, subject="").update(owner=None)


WHO = ("name", "doc_type", "doc_number")
CASE = ("number", "kind", "purpose", "state", *WHO, "unit_name", "uscc", "auto_result", "created_at", "updated_at")
APPEAL = ("kind", "state", "created_at", "updated_at")
APPEAL_OWN = (
    "number",
    *APPEAL,
    "name",
    "doc_type",
    "unit_name",
    "old_name",
    "login_name",
    "words",
    "consent_version",
    "consent_at",
)


def declare_own() -> None:
    decided: Words = say("保留：办结的审核决定和依据要能查证（网络安全法第 26 条），加密保存")
    acts: Words = say("保留：谁在什么时候有权代表单位办事，关系到单位和他人")
    declare(
        DataKind("account", say("账号"), _account, True, say("登录名换成编号，手机和邮箱删除")),
        DataKind("person", say("姓名和证件"), _person, True, say("证件号码删除；姓名换成编号，有项目的保留姓名")),
        DataKind("unit", say("单位"), _unit, False, say("保留：单位信息不随个人账号删除")),
        DataKind("cases", say("实名认证"), _cases, False, decided),
        DataKind("appeals", say("申诉"), _appeals, False, decided),
        DataKind(
            "former_documents",
            say("以前的证件"),
            _former_documents,
            True,
            REMOVED,
            forgets(FormerDocument),
        ),
        DataKind(
            "requests",
            say("个人信息请求"),
            rows(DataRequest, "number", "kind", "state", "words", "field", "created_at", of="asker_account_id"),
            False,
            say("保留 3 年：处理情况的记录（个人信息保护法第 56 条）"),
        ),
        DataKind(
            "closings",
            say("注销账号的申请"),
            rows(Closing, "number", "state", "created_at", "updated_at", of="asker_account_id"),
            False,
            say("保留 3 年：处理情况的记录（个人信息保护法第 56 条）"),
        ),
        DataKind(
            "reliefs",
            say("换人接手的申请"),
            rows(Relief, "number", "state", "created_at", "updated_at", of="asker_account_id"),
            False,
            acts,
        ),
        DataKind("mandates", say("岗位"), _mandates, False, acts),
        DataKind(
            "asked_for",
            say("请单位授权的申请"),
            rows(AskedFor, "number", "state", "role", "words", "created_at", of="asker_account_id"),
            False,
            acts,
        ),
        DataKind("invitations", say("单位的邀请"), _invitations, False, acts),
        DataKind(
            "consents",
            say("同意记录"),
            rows(Consent, "text", "version", "given_at", "withdrawn_at"),
            False,
            say("保留：证明当时得到了同意（个人信息保护法第 69 条）"),
        ),
        DataKind(
            "devices",
            say("登录的设备"),
            rows(Device, "browser", "network", "began_at", "seen_at"),
            True,
            REMOVED,
            forgets(Device, PasswordLink),
        ),
        DataKind("second_factors", say("两步验证"), _factors, True, REMOVED),
        DataKind(
            "contact_changes",
            say("改过的联系方式"),
            _contact_changes,
            True,
            REMOVED,
            forgets(ContactChange),
        ),
        DataKind(
            "old_login_names",
            say("以前的登录名"),
            rows(LoginAlias, "shown", "created_at"),
            True,
            REMOVED,
            forgets(LoginAlias),
        ),
        DataKind(
            "messages",
            say("站内消息"),
            rows(Message, "subject", "body", "created_at", "read_at"),
            True,
            REMOVED,
            forgets(Message),
        ),
        DataKind(
            "saved_views",
            say("待办里自己的标签"),
            rows(SavedView, "name", "conditions"),
            True,
            REMOVED,
            forgets(SavedView),
        ),
        DataKind("systems", say("允许的其他系统"), _systems, True, REMOVED, forgets(SystemConsent)),
        DataKind("entered_systems", say("进过的其他系统"), _entered, True, REMOVED, forgets(Grant)),
        DataKind("system_numbers", say("在其他系统的编号"), _numbers, True, REMOVED, forgets(KnownAs, HolderBefore)),
        DataKind(
            "documents",
            say("上传的文件"),
            rows(Document, "name", "purpose", "size", "created_at", of="owner_id"),
            False,
            say("随件保留；没有提交过的删除"),
            _forget_documents,
        ),
        DataKind(
            "security_events",
            say("安全事件"),
            _events,
            False,
            say("保留：审计日志不能改也不能删，至少 6 个月（网络安全法第 23 条）"),
        ),
        DataKind("account_merges", say("合并账号的申请"), _merges, False, decided),
        DataKind("merged_accounts", say("并进来的账号"), _merged, True, say("与保留的账号一样，逐项删除或保留")),
    )
