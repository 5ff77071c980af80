"""Applications in every state, filled in and moved on by the real actions."""

from __future__ import annotations

import datetime as dt
import io
import secrets
from collections.abc import Mapping

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from waizhuan.identity.api import Account, Organisation, actor_of
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.projects.applications import actions, contents, drafts
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.calls.api import Call
from waizhuan.shared.flow.api import perform

TITLES = [
    "近海风电基础冲刷监测与防护",
    "滨海湿地碳汇评估",
    "高强轻质合金增材制造",
    "抗旱小麦分子育种",
    "肿瘤早筛液体活检方法",
    "工业机器人柔顺控制",
    "热带作物病害遥感预警",
    "草原退化修复技术",
    "锂电池热失控机理",
    "古籍纸张脱酸保护",
    "深海原位传感器",
    "低空飞行器噪声控制",
    "中药活性成分筛选",
    "港口自动化调度",
    "矿山生态修复",
    "量子点显示材料",
]
EXPERTS = [
    ("Anna Lindqvist", "SWE", "1971-04-12"),
    ("Mateus Carvalho", "PRT", "1968-09-30"),
    ("Priya Raman", "SGP", "1980-01-25"),
    ("John O'Brien", "IRL", "1975-06-06"),
    ("Élodie Lefèvre", "FRA", "1979-11-02"),
    ("Jürgen Müller", "DEU", "1966-03-15"),
    ("Sofía Hernández", "ESP", "1983-08-19"),
    ("Hana Novák", "CZE", "1977-12-01"),
    ("Kwame Mensah", "GHA", "1981-05-23"),
    ("Yuki Tanaka", "JPN", "1972-07-14"),
]


def answers(n: int, start: dt.date) -> dict[str, dict[str, str]]:
    """What is typed into the plain sections."""
    return {
        "basic": {
            "title": TITLES[n % len(TITLES)],
            "area": ("industry", "society", "strategy", "rural")[n % 4],
            "starts_on": start.isoformat(),
            "ends_on": (start + dt.timedelta(days=360)).isoformat(),
            "contact_name": "林望舒",
            "contact_phone": "0571-88881204",
            "summary": "围绕关键技术开展联合研究，形成方法、样机和示范。",
            "need": "专家在这一方向有长期积累，国内尚无同类团队。",
        },
        "performance": {
            "papers": "3",
            "patents": "1",
            "trained": "6",
            "lectures": "4",
            "results": "完成样机一套，形成技术规范一份。",
            "benefits": "带动两家企业应用，培养青年骨干。",
        },
    }


def fill(application: Application, actor: Actor, n: int, *, experts: int = 1) -> None:
    """Every section, complete."""
    start = clock.today() + dt.timedelta(days=60)
    for name, values in answers(n, start).items():
        actions.save(actor=actor, application=application, name=name, posted=values, base=9999)
    for _ in range(experts):
        actions.change_rows(
            actor=actor, application=application, change=lambda d: drafts.add_expert(d, actions.new_key)
        )
    section = application.sections.get(name="experts")
    funding: dict[str, str] = {"match": "60000", "match_use": "支付住宿、保险和实验耗材。"}
    typed: dict[str, str] = {}
    for i, (expert, (visit, *_rest)) in enumerate(contents.load(section.content).rows):
        name, country, birth = EXPERTS[(n + i) % len(EXPERTS)]
        typed |= _expert(expert, visit, name, country, birth, n * 10 + i, start)
        funding |= {
            f"{visit}-travel": "14,200",
            f"{visit}-pocket": "6000",
            f"{visit}-living": "12000",
            f"{visit}-intercity": "2400",
        }
    actions.save(actor=actor, application=application, name="experts", posted=typed, base=9999)
    actions.save(actor=actor, application=application, name="funding", posted=funding, base=9999)
    for kind in application.call.required_attachments:
        actions.attach(actor=actor, application=application, kind=kind, upload=paper(kind))


def _expert(key: str, visit: str, name: str, country: str, birth: str, n: int, start: dt.date) -> Mapping[str, str]:
    first = start + dt.timedelta(days=30)
    values = {
        "name_latin": name,
        "nationality": country,
        "passport": f"P{7000000 + n}",
        "birth": birth,
        "degree": "11",
        "title": "011",
        "employer": "Institute of Technology, Professor",
        "speciality": "Engineering",
        f"{visit}-first": first.isoformat(),
        f"{visit}-last": (first + dt.timedelta(days=19)).isoformat(),
    }
    return {f"{key}-{k}": v for k, v in values.items()}


def paper(name: str) -> SimpleUploadedFile:
    """A drawing that stands for a scanned page: a heading, lines of text, a signature and a round stamp."""
    image = Image.new("RGB", (620, 877), "#ffffff")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((190, 70, 430, 98), 6, fill="#18222d")
    for line in range(16):
        width = 460 if line % 4 < 3 else 250
        draw.rounded_rectangle((80, 150 + line * 34, 80 + width, 162 + line * 34), 5, fill="#aab4c0")
    draw.line([(90, 790), (130, 755), (160, 795), (205, 750), (250, 788)], fill="#143d7d", width=4)
    draw.ellipse((400, 690, 530, 820), outline="#b0261b", width=5)
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile(f"{name}.png", out.getvalue())


#: state → the steps after handing in: (who, transition, note, data)
WAYS: dict[str, list[tuple[str, str, str, dict[str, object]]]] = {
    "unit_confirm": [],
    "recommend": [("unit", "confirm", "", {})],
    "ministry_check": [("unit", "confirm", "", {}), ("department", "recommend", "基础扎实，建议支持。", {})],
    "more": [
        ("unit", "confirm", "", {}),
        ("department", "recommend", "同意推荐。", {}),
        ("ministry", "ask_for_more", "请补充合作协议的中文译本。", {}),
    ],
    "decision": [
        ("unit", "confirm", "", {}),
        ("department", "recommend", "同意推荐。", {}),
        ("ministry", "pass_check", "", {}),
    ],
    "approved": [
        ("unit", "confirm", "", {}),
        ("department", "recommend", "同意推荐。", {}),
        ("ministry", "pass_check", "", {}),
        ("head", "approve", "", {}),
    ],
    "declined": [("unit", "confirm", "", {}), ("department", "not_recommend", "与本地区重点方向不符。", {})],
    "withdrawn": [("unit", "withdraw", "专家行程有变，不再申报。", {})],
}


def application(
    unit: Organisation, admin: Account, lead: Account | None, call: Call, n: int, *, state: str, clerk: Actor, ministry: Actor, head: Actor,
) -> Application:  # fmt: skip
    """One application in this state. `draft`: half filled in; `empty`: only begun."""
    unit_actor = actor_of(admin, acting_for=unit.pk)
    made = actions.create(
        actor=unit_actor,
        call=call,
        title=TITLES[n % len(TITLES)],
        lead=lead.pk if lead else None,
        token=secrets.token_hex(16),
    )
    if state == "empty":
        return made
    writer = actor_of(lead, acting_for=unit.pk) if lead else unit_actor
    if state == "draft":
        start = clock.today() + dt.timedelta(days=60)
        actions.save(actor=writer, application=made, name="basic", posted=answers(n, start)["basic"], base=9999)
        return made
    made = Application.objects.select_related("call__standard").get(pk=made.pk)
    fill(made, writer, n)
    made = actions.submit(actor=writer, application=made, version=None)
    actors = {"unit": unit_actor, "department": clerk, "ministry": ministry, "head": head}
    for who, step, note, data in WAYS[state]:
        given = {**data, "rank": n + 1, "opinion": note} if step == "recommend" else data
        made = perform(PROCESS, made, step, actors[who], note=note, data=given)
    return made


def ready(unit: Organisation, admin: Account, lead: Account, call: Call, n: int) -> Application:
    """A complete draft under a title and with an expert of its own: what is left to do is to hand it in."""
    made = actions.create(
        actor=actor_of(admin, acting_for=unit.pk),
        call=call,
        title=f"{TITLES[n % len(TITLES)]}（{n}）",
        lead=lead.pk,
        token=secrets.token_hex(16),
    )
    made = Application.objects.select_related("call__standard").get(pk=made.pk)
    writer = actor_of(lead, acting_for=unit.pk)
    fill(made, writer, n)
    basic = answers(n, clock.today() + dt.timedelta(days=60))["basic"] | {"title": f"{TITLES[n % len(TITLES)]}（{n}）"}
    actions.save(actor=writer, application=made, name="basic", posted=basic, base=9999)
    return made
