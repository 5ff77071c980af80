"""A little of the old system, brought in as the ministry brings it in: an account that is linked by itself, one of somebody who
left, a unit that stands there twice, two that nobody knows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from django.core.files.uploadedfile import SimpleUploadedFile

from waizhuan.identity.api import Organisation, Person
from waizhuan.kernel.actor import Actor
from waizhuan.projects.legacy import actions, loading
from waizhuan.projects.legacy.models import State

Rows = Sequence[Sequence[str]]
UNITS = ("单位代码", "单位名称", "统一社会信用代码", "曾用名")
ACCOUNTS = ("登录名", "姓名", "手机号", "证件类型", "证件号码", "单位代码", "管理员起", "管理员止")
PROJECTS = ("项目编号", "项目名称", "类别", "年度", "单位代码", "登录名")
FLAGSHIP = "高端外国专家引进计划"


def build(head: Actor, unit: Organisation, other: Organisation, lead: Person) -> None:
    """`unit` is found by its code; `other` stands there twice, so that the ministry decides; the old account of `lead` is linked
    by the number."""
    _import(
        head,
        "units",
        UNITS,
        [
            ("D0101", unit.name, unit.uscc or "", ""),
            ("D0102", other.name, "", ""),
            ("D0103", other.name, "", ""),
            ("D0104", "青屿海洋仪器厂", "", "青屿仪表厂"),
            ("D0105", "汐州第二机床厂", "", "汐州农机修造厂"),
        ],
    )
    _import(
        head,
        "accounts",
        ACCOUNTS,
        [
            ("WGZJXM_yxlg2016", lead.name, "", "身份证", lead.doc_number, "D0101", "2016-03-01", "2019-06-30"),
            ("yxlg_wjc", "王继昌", "", "", "", "D0101", "2019-07-01", "至今"),
            ("WGZJXM_slnky", "贺延年", "", "", "", "D0102", "2011-05-01", "2016-02-29"),
            ("slnky2", "顾松年", "", "", "", "D0103", "2016-03-01", "至今"),
            ("qyhyyq", "祝怀山", "", "", "", "D0104", "2013-09-01", "至今"),
            ("xzjc2", "邵志坚", "", "", "", "D0105", "2009-04-01", "2012-05-31"),
        ],
    )
    _import(
        head,
        "projects",
        PROJECTS,
        [
            ("MS2017XB0101", "滨海盐碱地生态修复", FLAGSHIP, "2017", "D0101", "WGZJXM_yxlg2016"),
            ("MS2018XB0102", "高速列车减振降噪", FLAGSHIP, "2018", "D0101", "WGZJXM_yxlg2016"),
            ("MS2020XB0103", "稀土发光材料", FLAGSHIP, "2020", "D0101", "yxlg_wjc"),
            ("MS2021XB0104", "城市内涝预警", "“一带一路”创新人才交流", "2021", "D0101", "yxlg_wjc"),
            ("MS2012XB0105", "高产玉米选育", FLAGSHIP, "2012", "D0102", "WGZJXM_slnky"),
            ("MS2019XB0106", "设施蔬菜病害防治", FLAGSHIP, "2019", "D0103", "slnky2"),
            ("MS2015XB0107", "海流计标定方法", FLAGSHIP, "2015", "D0104", "qyhyyq"),
            ("MS2011XB0108", "高速主轴热变形补偿", FLAGSHIP, "2011", "D0105", "xzjc2"),
        ],
    )


def _import(head: Actor, kind: str, columns: Sequence[str], rows: Rows) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([columns, *rows])
    file = SimpleUploadedFile(f"{kind}.csv", written.getvalue().encode("utf-8-sig"))
    made = actions.upload(actor=head, kind=kind, file=file)
    loading.work(made.pk)
    actions.load(actor=head, id=made.pk)
    loading.work(made.pk)
    made.refresh_from_db()
    assert (made.state, made.wrong) == (State.DONE, 0), f"{kind}: {made.state}, {made.wrong} wrong"
