"""Rows as a spreadsheet that opens in Chinese Excel: written row by row, in constant memory."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from waizhuan.identity.api import Mandate, Person, RealName
from waizhuan.kernel import clock, roles
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.applications.reading import choices
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.entry.process import PROFILE
from waizhuan.projects.legacy.models import LegacyProject
from waizhuan.projects.lookup.presenters import state_of
from waizhuan.projects.people.models import Expert
from waizhuan.shared.refdata.masks import mask_name, mask_number, mask_phone, mask_uscc
from waizhuan.shared.refdata.phones import show_phone

CHUNK = 1000
#: what a spreadsheet holds below its head
ROWS_AT_MOST = 1_048_575
Columns = Sequence[tuple[str, Callable[[Any], object]]]


def columns(kind: str, *, personal: bool) -> Columns:
    of = {"projects": _projects, "units": _units, "people": _people, "experts": _experts, "old": _old}
    return of[kind](personal)


def _masked(value: str, personal: bool) -> str:
    return value if personal or not value else mask_number(value)


def _projects(personal: bool) -> Columns:
    def row(read: Callable[[Application], object]) -> Callable[[Any], object]:
        return read

    return (
        (_("申报编号"), row(lambda a: a.number)),
        (_("项目编号"), row(lambda a: a.project_number)),
        (_("项目名称"), row(lambda a: a.title)),
        (_("单位"), row(lambda a: a.unit.name)),
        (_("年度"), row(lambda a: a.call.year)),
        (_("项目类别"), row(lambda a: a.call.label)),
        (_("状态"), row(lambda a: str(PROCESS.state(a.state).label))),
        (_("项目负责人"), row(lambda a: a.lead.person.name if a.lead else "")),
        (_("归口单位"), row(lambda a: a.department.name if a.department else "")),
        (_("推荐名次"), row(lambda a: a.rank)),
        (_("专家人数"), row(lambda a: a.expert_count)),
        (_("申请经费（元）"), row(lambda a: a.total_fen / 100)),
        (_("单位配套（元）"), row(lambda a: a.match_fen / 100)),
        (_("批准时间"), row(lambda a: _moment(a.approved_at))),
        (_("最近变化"), row(lambda a: _moment(a.updated_at))),
    )


def _units(personal: bool) -> Columns:
    def row(read: Callable[[UnitProfile], object]) -> Callable[[Any], object]:
        return read

    return (
        (_("单位全称"), row(lambda p: p.unit.name)),
        (_("统一社会信用代码或当地的登记号码"), row(lambda p: mask_uscc(p.unit.uscc or ""))),
        (_("编号"), row(lambda p: p.number)),
        (_("状态"), row(lambda p: str(PROFILE.state(p.state).label))),
        (_("归口单位"), row(lambda p: p.department.name if p.department else "")),
        (_("主要领域"), row(lambda p: p.field)),
        (_("通信地址"), row(lambda p: p.address)),
        (_("联系人"), row(lambda p: p.contact_name)),
        (_("联系电话"), row(lambda p: _masked(show_phone(p.contact_phone), personal))),
        (_("最近变化"), row(lambda p: _moment(p.updated_at))),
    )


def _people(personal: bool) -> Columns:
    def row(read: Callable[[Mandate], object]) -> Callable[[Any], object]:
        return read

    def whose(read: Callable[[Person], object]) -> Callable[[Any], object]:
        """Of the holder, of whom nothing is left once the account was deleted."""
        return lambda m: read(m.account.person) if hasattr(m.account, "person") else ""

    return (
        (_("姓名"), whose(lambda p: p.name)),
        (_("单位或机构"), row(lambda m: m.organisation.name)),
        (_("岗位"), row(lambda m: str(roles.role(m.role).label))),
        (_("状态"), row(lambda m: str(state_of(m).label))),
        (_("开始"), row(lambda m: _moment(m.valid_from))),
        (_("结束"), row(lambda m: _moment(m.withdrawn_at or m.valid_until))),
        (_("实名认证"), whose(lambda p: _("已通过") if p.real_name == RealName.PASSED else _("没有通过"))),
        (_("证件号码"), whose(lambda p: _masked(p.doc_number, personal))),
        (_("手机"), row(lambda m: m.account.phone if personal else mask_phone(m.account.phone))),
    )


def _experts(personal: bool) -> Columns:
    def row(read: Callable[[Expert], object]) -> Callable[[Any], object]:
        return read

    def ours(read: Callable[[Expert], object]) -> Callable[[Any], object]:
        """What another unit said of the expert is not this reader's to know (`queries.experts`)."""
        return lambda e: read(e) if e.ours else "***"

    return (
        (_("姓名（拉丁字母）"), row(lambda e: e.name_latin)),
        (_("中文姓名"), row(lambda e: e.name_zh)),
        (_("国籍"), row(lambda e: str(choices("country").get(e.nationality, e.nationality)))),
        (_("护照号码"), row(lambda e: _masked(e.passport, personal))),
        (_("出生日期"), row(lambda e: str(e.birth) if personal else f"{e.birth:%Y}-**-**")),
        (_("学位或学历"), ours(lambda e: str(choices("degree").get(e.degree, e.degree)))),
        (_("职称"), ours(lambda e: str(choices("title").get(e.title, e.title)))),
        (_("国外工作单位和职务"), ours(lambda e: e.employer)),
        (_("专业方向"), ours(lambda e: e.speciality)),
    )


def _old(personal: bool) -> Columns:
    def row(read: Callable[[LegacyProject], object]) -> Callable[[Any], object]:
        return read

    return (
        (_("项目编号"), row(lambda p: p.number)),
        (_("项目名称"), row(lambda p: p.title)),
        (_("年度"), row(lambda p: p.year)),
        (_("项目类别"), row(lambda p: p.category)),
        (_("单位"), row(lambda p: p.organisation.name if p.organisation else "")),
        (_("旧系统里的单位"), row(lambda p: p.unit.name)),
        (_("旧登录名"), row(lambda p: p.account.login_name if p.account else "")),
        (_("项目负责人"), row(lambda p: mask_name(p.lead.person.name) if p.lead else "")),
    )


def _moment(at: Any) -> str:
    return f"{at.astimezone(clock.CHINA):%Y-%m-%d %H:%M}" if at else ""


def in_chunks(rows: QuerySet[Any]) -> Iterator[Sequence[Any]]:
    """By key, a thousand at a time: no cursor stays open, and nothing is skipped or doubled while others write."""
    last = 0
    while True:
        chunk = list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK])
        if not chunk:
            return
        last = chunk[-1].pk
        yield chunk


def write(rows: QuerySet[Any], kind: str, *, personal: bool, title: str, told: Callable[[int], object]) -> bytes:
    """The file. `told(n)` hears after each thousand how many rows are written."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        book = xlsxwriter.Workbook(
            str(path),
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": folder},
        )
        sheet = book.add_worksheet(title[:31])
        head = book.add_format({"bold": True, "bottom": 1})
        shown = columns(kind, personal=personal)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(shown) - 1, 20)
        for place, (label, _read) in enumerate(shown):
            sheet.write_string(0, place, label, head)
        written = 0
        for chunk in in_chunks(rows):
            for row in chunk[: ROWS_AT_MOST - written]:
                written += 1
                for place, (_label, read) in enumerate(shown):
                    value = read(row)
                    if isinstance(value, int | float) and not isinstance(value, bool):
                        sheet.write_number(written, place, value)
                    elif value not in (None, ""):
                        sheet.write_string(written, place, str(value)[:32_767])
            told(written)
        book.close()
        return path.read_bytes()
