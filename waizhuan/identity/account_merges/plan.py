"""Which rows of which tables a merge touches: read from the registry, so that no table is missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    ForeignKey,
    Model,
    OuterRef,
    Q,
    QuerySet,
    UniqueConstraint,
    Value,
)

from waizhuan.identity.models import Account, Mandate
from waizhuan.identity.registry import FATES, MOVE
from waizhuan.kernel import clock
from waizhuan.kernel.words import Words, say
from waizhuan.shared.flow.api import Process, all_processes
from waizhuan.shared.flow.models import Subject, WorkItem

CLASH = "!"  # a count of rows that cannot move stands under the key with this mark

FATE_LABELS: dict[str, Words] = {
    MOVE: say("转到保留的账号"),
    "keeps telling who it was": say("留作历史"),
    "stays with the post": say("留在岗位上"),
    "goes with the account": say("随账号关闭"),
    "ends": say("随之结束"),
}


#: What people call the rows of tables that are no cases; a test asks for every table of the registry.
NAMES: dict[Any, Words] = {
    "account_merges.Side": say("合并里的账号"),
    "applications.Attachment": say("附件"),
    "applications.Section": say("申报书的部分"),
    "assignment.Wish": say("请单位分配的项目"),
    "audit.AuditEntry": say("审计日志"),
    "contact_change.ContactChange": say("改过的联系方式"),
    "delegation.Invitation": say("发出的邀请"),
    "departments.DepartmentChange": say("归口单位的变更"),
    "departments.Reorganisation": say("归口单位的撤并"),
    "departments.StaffChoice": say("撤并时指定的去向"),
    "departments.TreeImport": say("归口单位的导入"),
    "documents.Document": say("上传的文件"),
    "flow.SavedView": say("我的标签"),
    "flow.Step": say("办理经过"),
    "flow.WorkItem": say("待办的事"),
    "identity.LoginAlias": say("旧登录名"),
    "identity.Mandate": say("岗位授权"),
    "identity.Organisation": say("单位账号"),
    "identity.Person": say("姓名和证件"),
    "legacy.Import": say("旧数据的导入"),
    "legacy.LegacyAccount": say("旧账号"),
    "legacy.LegacyProject": say("旧项目"),
    "legacy.LegacyUnit": say("旧单位"),
    "legacy.Parted": say("撤回的旧单位对应"),
    "linking.Unlinked": say("撤销过的关联"),
    "lookup.Export": say("导出的表格"),
    "lookup.SavedFilter": say("保存的查询条件"),
    "merges.Line": say("项目移交的清单"),
    "merges.FormerList": say("项目移交以前的清单"),
    "notify.Message": say("消息"),
    "openid.Consent": say("允许的其他系统"),
    "openid.Grant": say("进过的其他系统"),
    "openid.KnownAs": say("在其他系统的编号"),
    "realname.FormerDocument": say("以前的证件"),
    "registration.Consent": say("同意记录"),
    "registration.HolderBefore": say("更正以前的姓名和号码"),
    "registration.Draft": say("没填完的注册"),
    "second_factor.Authenticator": say("验证器"),
    "second_factor.Passkey": say("通行密钥"),
    "second_factor.RecoveryCode": say("恢复码"),
    "sign_in.Device": say("登录的设备"),
    "sign_in.PasswordLink": say("设密码的链接"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A foreign key to an account: its name in the registry, its model and field, what a merge does to it."""

    name: str
    model: type[Model]
    field: str
    fate: str

    @property
    def label(self) -> str:
        """What people call the rows: the process, where they are cases."""
        named = {p.model(): p.label for p in all_processes()} | NAMES
        return str(named.get(self.model) or named[self.model._meta.label])

    @property
    def versioned(self) -> bool:
        return any(
            f.name == "version" and f.get_internal_type() == "PositiveIntegerField" for f in self.model._meta.fields
        )

    def of(self, account_id: int) -> QuerySet[Any]:
        return self.model._base_manager.filter(**{self.field: account_id}).order_by()

    def clashes(self, closing: int, survivor: int) -> QuerySet[Any]:
        """Rows of the closing account whose place at the survivor is taken, by the model's own unique constraints."""
        mine, taken = self.of(closing), Q(pk__in=())
        field: Any = self.model._meta.get_field(self.field)
        if field.unique:
            taken |= Q(Exists(self.of(survivor)))
        for constraint in self.constraints:
            others = [f for f in constraint.fields if f != self.field]
            met = constraint.condition or Q()
            theirs = self.model._base_manager.filter(met, **{self.field: survivor}).order_by()
            same = theirs.filter(**{f: OuterRef(f) for f in others})
            here = self.model._base_manager.filter(met, pk=OuterRef("pk")).order_by()
            taken |= Q(Exists(here)) & Q(Exists(same))
        return mine.filter(taken)

    @property
    def constraints(self) -> Sequence[UniqueConstraint]:
        return [c for c in self.model._meta.constraints if isinstance(c, UniqueConstraint) and self.field in c.fields]

    @property
    def may_clash(self) -> bool:
        field: Any = self.model._meta.get_field(self.field)
        return bool(field.unique or self.constraints)


@cache
def all_keys() -> tuple[Key, ...]:
    """Every key to an account. Cases come before work: whoever acts on a case holds its row, and opens work with it."""
    found = []
    for name, fate in FATES.items():
        label, _, field_name = name.rpartition(".")
        model = apps.get_model(label)
        field = model._meta.get_field(field_name)
        if isinstance(field, ForeignKey) and field.related_model is Account:
            found.append(Key(name, model, field_name, fate.merge))
    return tuple(sorted(found, key=lambda k: (k.model is WorkItem, not issubclass(k.model, Subject), k.name)))


def moving() -> tuple[Key, ...]:
    return tuple(k for k in all_keys() if k.fate == MOVE)


@dataclass(frozen=True, slots=True)
class Line:
    """One table of the dry run."""

    table: str
    key: str
    fate: Words
    count: int
    clashes: int
    joined: bool = False  # of two for one thing, one remains


def dry_run(closing: int, survivor: int) -> list[Line]:
    """Every table with how many rows would be touched, and how many of them stay because the survivor has the same. One
    query."""
    parts = [_count(k.name, k.of(closing)) for k in all_keys()]
    parts += [_count(k.name + CLASH, k.clashes(closing, survivor)) for k in moving() if k.may_clash]
    counted = {row["of_key"]: row["how_many"] for row in parts[0].union(*parts[1:], all=True)}
    return [
        Line(
            k.label,
            k.name,
            FATE_LABELS[k.fate],
            counted[k.name],
            counted.get(k.name + CLASH, 0),
            k.model is Mandate,
        )
        for k in all_keys()
        if counted.get(k.name) and k.model._meta.app_label != "account_merges"
    ]


def _count(name: str, rows: QuerySet[Any]) -> QuerySet[Any, dict[str, Any]]:
    counted: QuerySet[Any, dict[str, Any]] = (
        rows.annotate(of_key=Value(name, output_field=CharField())).values("of_key").annotate(how_many=Count("pk"))
    )
    return counted


def being_decided(accounts: Sequence[int]) -> list[str]:
    """Open cases that a merge cannot carry along, by what they are and their numbers: those about the accounts themselves,
    whoever has the ball (verification, appeal, request), and those that name one of them as history (a hand-over to
    somebody, a merge of projects). What is the person's work moves. One query."""
    models: dict[type[Model], Process] = {p.model(): p for p in all_processes() if p.name != OWN}
    parts: list[QuerySet[Any, tuple[Any, ...]]] = []
    for key in all_keys():
        process = models.get(key.model)
        if process is None or key.field in ("first_by", "confirmed_by"):
            continue
        if key.fate == MOVE and not key.model.__module__.startswith("waizhuan.identity."):
            continue
        running = [s.name for s in process.states if not s.final]
        rows = key.model._base_manager.filter(**{f"{key.field}__in": accounts}, state__in=running)
        parts.append(rows.order_by().values_list(Value(process.name, output_field=CharField()), "number"))
    labels = {p.name: p.label for p in models.values()}
    return [f"{labels[name]} {number or ''}".strip() for name, number in sorted(parts[0].union(*parts[1:]))]


OWN = "account_merges.merge"


def identified(key: Key, rows: QuerySet[Any]) -> list[tuple[int, int | None]]:
    """(primary key, version) of these rows."""
    if key.versioned:
        return [(pk, version) for pk, version in rows.values_list("pk", "version")]
    return [(pk, None) for pk in rows.values_list("pk", flat=True)]


def mark(key: Key) -> dict[str, Any]:
    """What a move changes besides the key: a row with a version of its own that is no case gets the next one, so that
    whoever had read it hears of it."""
    if key.versioned and not issubclass(key.model, Subject):
        return {"version": F("version") + 1} | (
            {"updated_at": clock.now()} if any(f.name == "updated_at" for f in key.model._meta.fields) else {}
        )
    return {}
