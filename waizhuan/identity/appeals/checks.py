"""What the product itself notices about an appeal: warnings that an operator has to accept, and what is in order."""

from __future__ import annotations

from collections.abc import Sequence

from waizhuan.identity.appeals import rules
from waizhuan.identity.appeals.models import Appeal, Evidence
from waizhuan.identity.appeals.queries import (
    administrators,
    is_contested,
    is_locked,
    papers_of,
    signed_in_lately,
    why_locked,
)
from waizhuan.identity.models import Account, FormerName, Organisation, Person
from waizhuan.identity.realname.checks import Check
from waizhuan.kernel.words import say
from waizhuan.shared.refdata.names import name_key


def checks_of(appeal: Appeal, papers: Sequence[Evidence] | None = None) -> Sequence[Check]:
    """Warnings first. `papers`: those of `papers_of`, where they have been read. Seven queries at most."""
    found = [*_account(appeal), *_scan(papers_of(appeal) if papers is None else papers)]
    return sorted(found, key=lambda c: not c.warning)


def warning_keys(appeal: Appeal) -> list[str]:
    return [c.key for c in checks_of(appeal) if c.warning]


def _account(appeal: Appeal) -> list[Check]:
    account = appeal.account
    if account is None:
        return [Check("account", say("没有找到对应的账号"), say("按填写的内容查不到，或者前后对不上。不能通过。"))]
    locked = [_lock(account)] if is_locked(appeal) else []
    lines = locked + (_unit(appeal) if appeal.kind in rules.UNITS else _person(appeal))
    if is_contested(appeal):
        lines.append(Check("contested", say("还有另一件申诉也要这个账号"), say("要由两个人先后核对，请两件一起看。")))
    lately = signed_in_lately(account)
    if lately:
        lines.append(
            Check("lately", say("这个账号 90 天内登录过"), say("原来的人可能还在用。等待期会延长到 3 个工作日。"))
        )
    else:
        lines.append(Check("", say("这个账号 90 天内没有登录过")))
    if account.phone_index or account.email_index:  # which are empty where the sealed ones are
        lines.append(Check("", say("会通知原来的手机或邮箱，可以提出异议")))
    elif administrators(account):
        lines.append(Check("", say("账号没有预留联系方式，会通知单位管理员，可以提出异议")))
    elif lately:
        lines.append(Check("", say("账号没有预留联系方式，会在站内消息里通知，可以提出异议")))
    else:
        lines.append(Check("unreachable", say("账号没有预留联系方式"), say("没有人能提出异议，请看得更仔细。")))
    return lines


def _lock(account: Account) -> Check:
    why = why_locked(account) or "—"
    return Check(
        rules.LOCKED,
        say("平台锁定了这个账号，通过就解锁"),
        say("锁定的原因：{why}。要由两个人先后核对。", why=why.rstrip("。")),
    )


def _person(appeal: Appeal) -> list[Check]:
    person: Person | None = getattr(appeal.account, "person", None)
    if person is None or not person.doc_index:
        return [
            Check("no-identity", say("账号里没有身份信息"), say("只凭登录名找到的老账号，请核对申诉书上写的内容。"))
        ]
    same = person.doc_index == appeal.doc_index and person.name_key == name_key(appeal.name)
    if same:
        return [Check("", say("姓名和证件号码与账号里的一致"))]
    return [Check("differs", say("姓名或证件号码与账号里的不一致"))]


def _unit(appeal: Appeal) -> list[Check]:
    unit: Organisation | None = getattr(appeal.account, "organisation", None)
    if unit is None:
        return [Check("unit", say("账号不是单位账号"))]
    key = name_key(appeal.unit_name)
    lines = [Check("", say("登记的号码与账号里的一致"))]
    if unit.name_key == key:
        lines.append(Check("", say("单位名称与账号里的一致")))
    elif FormerName.objects.filter(organisation=unit, name_key=key).exists():
        lines.append(Check("former", say("填的是单位以前的名称"), say("现在的名称：{name}", name=unit.name)))
    elif appeal.kind == rules.RENAME:
        lines.append(Check("rename", say("名称将改为申诉里填的"), say("现在的名称：{name}", name=unit.name)))
        lines += _old_name(appeal, unit)
    else:
        lines.append(
            Check(
                "name", say("单位名称与账号里的不一致"), say("现在的名称：{name}。可能要按改名办理。", name=unit.name)
            )
        )
    return lines


def _old_name(appeal: Appeal, unit: Organisation) -> list[Check]:
    """The name that a renamed unit says it had; what was filed before it was asked for says none."""
    if not appeal.old_name:
        return []
    if name_key(appeal.old_name) == unit.name_key:
        return [Check("", say("填的原名称与账号里的一致"))]
    return [Check("old-name", say("填的原名称与账号里的不一致"), say("现在的名称：{name}", name=unit.name))]


def _scan(papers: Sequence[Evidence]) -> list[Check]:
    now = {e.slot: e for e in papers if e.replaced_at is None}
    return _form_scan(now.get("form")) + _statement_scan(now.get("statement"))


def _statement_scan(statement: Evidence | None) -> list[Check]:
    """No code is no warning: a notice of the registration authority has none."""
    if statement is not None and statement.scan == "match":
        return [Check("", say("更名说明上的二维码就是这件申诉的"))]
    if statement is not None and statement.scan == "other":
        return [Check("statement", say("更名说明上的二维码是另一件申诉的"), say("请核对更名说明上的编号。"))]
    return []


def _form_scan(form: Evidence | None) -> list[Check]:
    if form is None:
        return []
    if form.scan == "match":
        return [Check("", say("扫描件上的二维码就是这件申诉的"))]
    if form.scan == "other":
        return [Check("scan", say("扫描件上的二维码是另一件申诉的"), say("请核对申诉书上的编号。"))]
    return [Check("scan", say("扫描件上没有读到二维码"), say("可能拍得不清楚，或者是手写的。请看编号。"))]
