"""A fictitious old system and the files that it exports, with the mess that real ones have. The same seed, the same files.

Units twice under one name, units that moved, missing codes, wrong check digits, spaces at the end, full-width digits, ID
numbers of 15 digits, dates in every form, rows that stand there twice, login names with and without their prefix.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import xlsxwriter

from waizhuan.identity import demo

PLACES = ("汐州", "江海", "岭北", "朔原", "南浦", "临潭", "青屿", "云溪")
KINDS = ("理工大学", "农业科学院", "海洋研究所", "医院", "精密制造有限公司", "师范大学", "材料研究院")
CATEGORIES = ("高端外国专家引进计划", "外国青年人才计划", "“一带一路”创新人才交流外国专家项目")
WIDE = str.maketrans("0123456789ABCDEFX", "０１２３４５６７８９ＡＢＣＤＥＦＸ")
UNIT_HEAD = ("单位代码", "单位名称", "统一社会信用代码", "曾用名")
ACCOUNT_HEAD = (
    "登录名",
    "姓名",
    "手机号",
    "邮箱",
    "证件类型",
    "证件号码",
    "单位代码",
    "单位名称",
    "管理员起",
    "管理员止",
)
PROJECT_HEAD = ("项目编号", "项目名称", "类别", "年度", "单位代码", "单位名称", "登录名")
Sheet = list[list[str]]


@dataclass
class Export:
    """The three sheets with their heads, and how many of their rows cannot be taken."""

    units: Sheet = field(default_factory=list)
    accounts: Sheet = field(default_factory=list)
    projects: Sheet = field(default_factory=list)
    wrong: dict[str, int] = field(default_factory=dict)


def export(units: int, accounts: int, projects: int, *, seed: int = 1) -> Export:
    """An export of about this size; about one row in forty is wrong, some stand there twice."""
    chance = random.Random(seed)
    made = Export(
        [list(UNIT_HEAD)], [list(ACCOUNT_HEAD)], [list(PROJECT_HEAD)], {"units": 0, "accounts": 0, "projects": 0}
    )
    codes = [_unit(made, n, chance) for n in range(units)]
    logins = [_account(made, n, chance, chance.choice(codes)) for n in range(accounts)]
    for n in range(projects):
        _project(made, n, chance, chance.choice(codes), chance.choice(logins))
    return made


def _messy(text: str, chance: random.Random) -> str:
    """As people leave it: a space at the end, full-width digits."""
    way = chance.random()
    return text + "  " if way < 0.1 else "　" + text if way < 0.13 else text.translate(WIDE) if way < 0.18 else text


def _unit(made: Export, n: int, chance: random.Random) -> str:
    code = f"D{n:05d}"
    name = PLACES[n % 8] + KINDS[n // 8 % 7] + ("" if n % 11 == 0 else f"第{n // 5}分部")
    uscc = demo.credit_code(50_000 + n)
    if n % 40 == 39:
        uscc = uscc[:-1] + ("1" if uscc[-1] != "1" else "2")
        made.wrong["units"] += 1
    elif n % 5 == 1:
        uscc = ""
    row = [_messy(code, chance), _messy(name, chance), _messy(uscc, chance), f"{name}筹备处" if n % 13 == 5 else ""]
    made.units.append(row)
    if n % 17 == 3:
        made.units.append(list(row))
    return code if n % 40 != 39 else "D00000"


def _account(made: Export, n: int, chance: random.Random, unit: str) -> str:
    login = f"user{n:05d}"
    number = demo.resident_id(100_000 + n)
    if n % 40 == 39:
        number = number[:-1] + ("0" if number[-1] != "0" else "1")
        made.wrong["accounts"] += 1
    elif n % 4 == 1:
        number = ""
    elif n % 20 == 4:
        number = number[:6] + number[8:17]
    phone = "" if n % 6 == 2 else f"138-{n // 10000:04d}-{n % 10000:04d}"
    since = ("2014-03-01", "2014.3", "2014年3月1日", "20140301")[n % 4] if n % 3 == 0 else ""
    row = [
        ("WGZJXM_" if n % 7 == 0 else "") + (login.upper() if n % 9 == 0 else login),
        _messy(demo.person_name(n), chance),
        _messy(phone, chance),
        f"{login}@example.org" if n % 5 else "",
        "身份证" if n % 2 else "",
        _messy(number, chance),
        _messy(unit, chance),
        "",
        since,
        "至今" if since and n % 2 else "",
    ]
    made.accounts.append(row)
    if n % 23 == 7:
        made.accounts.append(list(row))
    return login if n % 40 != 39 else "user00000"


def _project(made: Export, n: int, chance: random.Random, unit: str, login: str) -> None:
    year = str(2010 + n % 12)
    if n % 40 == 39:
        year = "去年"
        made.wrong["projects"] += 1
    number = f"MS{2010 + n % 12}XB{n:06d}"
    title = f"{PLACES[n % 8]}海水淡化膜材料合作研究之{n}"
    row = [_messy(number, chance), _messy(title, chance), CATEGORIES[n % 3], _messy(year, chance), unit, "", login]
    made.projects.append(row)
    if n % 29 == 2:
        made.projects.append(list(row))


def as_csv(sheet: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> bytes:
    """As Excel saves it: "utf-8-sig", "utf-8" or "gbk"."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(sheet)
    return out.getvalue().encode(encoding)


def as_xlsx(sheet: Sequence[Sequence[object]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        for n, row in enumerate(sheet):
            page.write_row(n, 0, row)
    return out.getvalue()
