"""What a row of the old system's export must look like. Pure: text in, values and complaints out (F7–F11).

Forgiving where people are untidy (full-width digits, trailing spaces, ID numbers of 15 digits, dates in any form), strict
where a value will be evidence: a number with a wrong check digit is refused, not kept.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import Words, say, say_n
from waizhuan.projects.columns import LOST, Column
from waizhuan.shared.refdata import old_logins
from waizhuan.shared.refdata.identity_numbers import LABELS, DocType, check_document, check_uscc
from waizhuan.shared.refdata.names import check_name, check_organisation_name, name_key, tidy
from waizhuan.shared.refdata.phones import read_phone
from waizhuan.shared.refdata.text import compact

BY_NUMBER = "number"  # LegacyAccount.linked_how: the person's own verified number, which no unit has to vouch for
MOST_CHARACTERS = 1_000
_LOGIN = re.compile(r"[A-Za-z0-9_.@\-]{1,60}")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?|(\d{4})(\d{2})(\d{2})")
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


COLUMNS: dict[str, tuple[Column, ...]] = {
    "units": (
        Column("code", "单位代码", ("原单位代码", "单位编码", "代码")),
        Column("unit", "单位名称", ("单位", "单位全称", "名称"), required=True),
        Column("uscc", "统一社会信用代码", ("信用代码", "社会信用代码")),
        Column("other_names", "曾用名", ("原名称", "曾用名称", "原单位名称")),
    ),
    "accounts": (
        Column("login", "登录名", ("用户名", "账号", "帐号", "登录账号"), required=True),
        Column("name", "姓名", ("联系人", "用户姓名")),
        Column("phone", "手机号", ("手机", "手机号码", "联系电话", "电话")),
        Column("email", "电子邮箱", ("邮箱", "电子邮件", "email", "e-mail")),
        Column("doc_type", "证件类型", ("证件种类",)),
        Column("doc_number", "证件号码", ("证件号", "身份证号", "身份证号码", "身份证")),
        Column("code", "单位代码", ("原单位代码", "单位编码")),
        Column("unit", "单位名称", ("单位", "单位全称", "所属单位")),
        Column("admin_from", "管理员起", ("管理员开始日期", "任职起")),
        Column("admin_until", "管理员止", ("管理员结束日期", "任职止")),
    ),
    "projects": (
        Column("number", "项目编号", ("编号", "项目号"), required=True),
        Column("title", "项目名称", ("名称", "项目"), required=True),
        Column("category", "类别", ("项目类别", "项目类型")),
        Column("year", "年度", ("年份", "年"), required=True),
        Column("code", "单位代码", ("原单位代码", "单位编码")),
        Column("unit", "单位名称", ("单位", "单位全称", "承担单位")),
        Column("login", "登录名", ("用户名", "账号", "帐号", "所属账号", "申报账号"), required=True),
    ),
}


def heading_of(kind: str, name: str) -> str:
    return next((c.heading for c in COLUMNS[kind] if c.name == name), name)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong, and in which column (its name in COLUMNS)."""

    column: str
    reason: Words


@dataclass(slots=True)
class Row:
    """What a row says, once tidied: `values` by column name, and everything that is wrong with it."""

    key: str = ""
    values: dict[str, object] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)

    def text(self, name: str) -> str:
        return str(self.values.get(name) or "")


def plain_login(text: str) -> str:
    """The login name as the old system had it: without the prefix WGZJXM_, full-width letters made plain (F8)."""
    return old_logins.without_prefix(compact_keep_case(text))


def login_key(text: str) -> str:
    """By what old login names are compared: `A`, `a` and `WGZJXM_A` are one."""
    return plain_login(text).lower()


def compact_keep_case(text: str) -> str:
    """Full-width letters made plain, without spaces and invisible characters."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))


# ---------------------------------------------------------------- rows


def read_row(kind: str, cells: Mapping[str, str], today: dt.date) -> Row:
    """Tidy a row and say everything that is wrong with it, at once."""
    row = Row()
    given: dict[str, str] = {}
    for name, text in cells.items():
        if text == LOST:
            row.wrong.append(Wrong(name, say("Excel 把它当成数字，末几位已经丢了，请设为文本后重新填写")))
            text = ""
        if len(text) > MOST_CHARACTERS:
            row.wrong.append(Wrong(name, say("太长了，至多 {n} 个字", n=MOST_CHARACTERS)))
            text = ""
        given[name] = text.replace("\x00", "")
    READERS[kind](row, given, today)
    return row


def _unit(row: Row, given: Mapping[str, str], today: dt.date) -> None:
    _unit_named(row, given, required=True)
    code = given.get("uscc", "").strip()
    if code:
        found = check_uscc(code)
        _take(row, "uscc", found.verdict, found.number)
    names = [tidy(n) for n in re.split(r"[;；、|]", given.get("other_names", "")) if n.strip()]
    row.values["other_names"] = sorted({n[:200] for n in names})
    row.key = unit_key(row.text("code"), row.text("unit"))


def unit_key(code: str, name: str) -> str:
    """A unit is known by its old code; by its name only where it has none."""
    return f"#{code}" if code else name_key(name)


def _unit_named(row: Row, given: Mapping[str, str], *, required: bool) -> None:
    code = compact(given.get("code", ""))
    if len(code) > 40:
        row.wrong.append(Wrong("code", say("单位代码至多 40 个字符")))
    row.values["code"] = code[:40]
    name = given.get("unit", "").strip()
    if name or required:
        found = check_organisation_name(name)
        _take(row, "unit", found.verdict, found.name)
    elif not code:
        row.wrong.append(Wrong("unit", say("请填写单位代码或单位名称")))


def _account(row: Row, given: Mapping[str, str], today: dt.date) -> None:
    _login(row, given)
    _unit_named(row, given, required=False)
    name = given.get("name", "").strip()
    if name:
        found = check_name(name)
        _take(row, "name", found.verdict, found.name)
    phone = given.get("phone", "").strip()
    plain = _MOBILE.fullmatch(compact(phone))
    if plain:  # nearly all of them; the full reading takes fifty times as long
        row.values["phone"] = "+86" + plain[1]
    elif phone:
        read = read_phone(phone)
        _take(row, "phone", read.verdict, read.e164)
    email = compact_keep_case(given.get("email", ""))
    if email:
        fine = len(email) <= 200 and _EMAIL.fullmatch(email)
        _take(row, "email", YES if fine else no(say("这不是邮箱地址，改对，或者清空")), email)
    _document(row, given)
    for column in ("admin_from", "admin_until"):
        _date(row, given, column, today)
    first, last = row.values.get("admin_from"), row.values.get("admin_until")
    if isinstance(first, dt.date) and isinstance(last, dt.date) and last < first:
        row.wrong.append(Wrong("admin_until", say("结束日期早于开始日期")))
    row.key = row.text("login").lower()


def _login(row: Row, given: Mapping[str, str]) -> None:
    login = plain_login(given.get("login", ""))
    if not login:
        row.wrong.append(Wrong("login", say("请填写登录名")))
    elif not _LOGIN.fullmatch(login):
        row.wrong.append(Wrong("login", say("登录名由字母、数字和 _ . - @ 组成，至多 60 个")))
    row.values["login"] = login[:60]


def _document(row: Row, given: Mapping[str, str]) -> None:
    number = given.get("doc_number", "").strip()
    if not number:
        return
    kind = _doc_type(given.get("doc_type", ""))
    if kind is None:
        row.wrong.append(Wrong("doc_type", say("认不出这种证件，请写：{kinds}", kinds=marks.listed(LABELS.values()))))
        return
    number = compact(number)
    if kind == DocType.RESIDENT_ID and re.fullmatch(r"[0-9]{15}", number):
        number = _eighteen(number)
    found = check_document(kind, number)
    if found.verdict.ok:
        row.values |= {"doc_type": str(kind), "doc_number": found.number, "doc_key": found.key}
    else:
        row.wrong.append(Wrong("doc_number", say("{why}。改对，或者清空", why=found.verdict.reason)))


def _doc_type(text: str) -> DocType | None:
    """By its name; nothing written is a resident ID, as the old system had it."""
    name = compact(text)
    if not name or name in ("身份证", "二代身份证"):
        return DocType.RESIDENT_ID
    return next((kind for kind, label in LABELS.items() if name in (label.msgid, str(kind).upper())), None)


def _eighteen(number: str) -> str:
    """A resident ID of 15 digits in its form of 18 (GB 11643-1999: the century and the check digit are added)."""
    body = number[:6] + "19" + number[6:]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def _date(row: Row, given: Mapping[str, str], column: str, today: dt.date) -> None:
    text = compact_keep_case(given.get(column, ""))
    if not text or text in ("至今", "-", "—"):
        return
    match = _DATE.fullmatch(text)
    try:
        year, month, day = (int(p) for p in (match.groups()[3:] if match and match[4] else match.groups("1")[:3]))  # type: ignore[union-attr]
        found = dt.date(year, month, day)
    except (AttributeError, ValueError):
        row.wrong.append(Wrong(column, say("“{text}”不是日期，请写成 2016-03-01", text=text[:20])))
        return
    if not 1980 <= found.year <= today.year + 1:
        row.wrong.append(Wrong(column, say("{year} 年不会是对的，请核对", year=found.year)))
        return
    row.values[column] = found


def _project(row: Row, given: Mapping[str, str], today: dt.date) -> None:
    number = compact_keep_case(given.get("number", "")).upper()
    if not number:
        row.wrong.append(Wrong("number", say("请填写项目编号")))
    elif len(number) > 40 or not re.fullmatch(r"[0-9A-Z/()\-]+", number):
        row.wrong.append(Wrong("number", say("项目编号由字母和数字组成，至多 40 个")))
    title = tidy(given.get("title", ""))
    if not title:
        row.wrong.append(Wrong("title", say("请填写项目名称")))
    elif len(title) > 200:
        row.wrong.append(Wrong("title", say("项目名称至多 200 个字")))
    year = compact(given.get("year", "")).removesuffix("年度").removesuffix("年")
    if not re.fullmatch(r"[0-9]{4}", year) or not 1980 <= int(year) <= today.year + 1:
        row.wrong.append(Wrong("year", say("“{text}”不是年度，请写成 2016", text=year[:20])))
        year = "0"
    _login(row, given)
    _unit_named(row, given, required=False)
    row.values |= {
        "number": number[:40],
        "title": title[:200],
        "category": tidy(given.get("category", ""))[:100],
        "year": int(year),
    }
    row.key = number


def _take(row: Row, column: str, verdict: Verdict, value: object) -> None:
    if verdict.ok:
        row.values[column] = value
    else:
        row.wrong.append(Wrong(column, verdict.reason))


READERS = {"units": _unit, "accounts": _account, "projects": _project}


# ---------------------------------------------------------------- what is known already


def may_change(*, same: bool, owned: bool) -> Verdict:
    """A file may correct what nobody relies on yet. Once an account is linked or a project has its owner, the file may only
    repeat it: an import never moves anything that somebody holds."""
    if same or not owned:
        return YES
    return no(say("已经关联给平台的账号或单位，导入不再改它"), code="F9")


def may_start(state: str) -> Verdict:
    return YES if state == "checked" else no(say("先等检查完，再决定要不要导入"))


# ---------------------------------------------------------------- whose an old unit is


def may_choose(*, spoken_for: bool, why: str, senior: bool, took_back: bool) -> Verdict:
    """A code or a name speaks for the unit, or a reason is written down, which is a senior's to do: it gives a unit the projects
    of another one, on one person's word. `took_back`: this very person has taken it from another unit, and would move it."""
    if took_back and not senior:
        reason = say("是您撤回了它原来的单位。改归别的单位，请另一位同事或者司管理员决定")
        return no(reason, field="unit", code="F9")
    if spoken_for:
        return YES
    if not why:
        return no(say("没有依据说明是这个单位，请从列出的单位里选"), code="F9")
    if not senior:
        return no(say("没有代码或名称作依据，要由司管理员决定；或者请单位自己认领，附上依据"), field="unit", code="F9")
    return YES


def may_overrule(*, approving: bool, senior: bool) -> Verdict:
    """`approving`: another unit's claim to it was found right, and waits for an administrator."""
    if senior or not approving:
        return YES
    return no(say("有认领正在等司管理员批准，归哪个单位由司管理员决定"), field="unit", code="F9")


def may_part(*, decided: bool, given: int, senior: bool) -> Verdict:
    """What matching it again does not bring back is a senior's to take: what an administrator or two people decided, and whom the
    unit gave its projects to (`given`: how many). The rest is undone as easily as it is done."""
    if senior or not (decided or given):
        return YES
    if decided:
        return no(say("这是凭书面依据对上的，由司管理员撤回"), code="F9")
    return no(say_n("单位已经把 {n} 个项目分给了人，由司管理员撤回", given), code="F9")


def may_decide(*, old: int, unseen: bool, own: tuple[int, str] | None, unanswered: bool) -> list[Verdict]:
    """Over the open claims to an old unit, by hand. `own`: id and number of the claim of the very unit that it is said to be,
    where that waits for the ministry; `unanswered`: another unit's claim ends, and no reason for it is given."""
    found = []
    if own:
        see = Remedy("unit_claims.review", say("看认领"), (own[0],))
        reason = say("这个单位自己认领了这个旧单位（{number}），请在它的认领里决定", number=own[1])
        found.append(no(reason, field="unit", code="F9", remedy=see))
    elif unseen:
        see = Remedy("legacy.unit", say("看谁认领了"), (old,))
        found.append(no(say("有单位认领了这个旧单位，请先看认领，再决定"), field="unit", code="F9", remedy=see))
    if unanswered:
        found.append(no(say("请写明理由，认领的单位会看到"), field="answer", code="F9"))
    return found
