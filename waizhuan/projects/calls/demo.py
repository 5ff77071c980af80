"""Calls of three categories, open; one that is over; the budget standard of 2010."""

from __future__ import annotations

import datetime as dt

from waizhuan.identity.api import Organisation
from waizhuan.kernel import clock
from waizhuan.projects.calls.models import BudgetStandard, Call, Tier

YUAN = 100


def build(ministry: Organisation) -> list[Call]:
    standard = BudgetStandard.objects.create(
        document="外专发〔2010〕87号",
        title="引进国外技术、管理人才项目经费标准",
        travel_fen=15_000 * YUAN,
        pocket_day_fen=300 * YUAN,
        pocket_fen=9_000 * YUAN,
        living_day_fen=600 * YUAN,
        living_fen=18_000 * YUAN,
        paid_days=30,
        intercity_fen=3_000 * YUAN,
        total_fen=45_000 * YUAN,
    )
    year, now = clock.today().year, clock.now()
    terms = [
        ("高端外国专家引进计划", "High-End Foreign Experts Programme", "G{year}-{serial:04d}", 65, 7, 120, 40, 300_000),
        ("外国青年人才计划", "Young Foreign Talents Programme", "QN{year}-{serial:04d}", 40, 30, 365, 60, 200_000),
        ("“一带一路”创新人才交流", "Belt and Road Talent Exchange", "DL{year}-{serial:04d}", 65, 5, 90, 75, 150_000),
    ]
    made = [
        _call(ministry, standard, year, zh, en, pattern, age, low, high, now + dt.timedelta(days=days), most)
        for zh, en, pattern, age, low, high, days, most in terms
    ]
    over = _call(
        ministry,
        standard,
        year - 1,
        "高端外国专家引进计划",
        "High-End Foreign Experts Programme",
        "G{year}-{serial:04d}",
        65,
        7,
        120,
        now - dt.timedelta(days=200),
        300_000,
    )
    return [*made, over]


def _call(
    ministry: Organisation, standard: BudgetStandard, year: int, zh: str, en: str, pattern: str, age: int, low: int, high: int,
    closes: dt.datetime, most: int,
) -> Call:  # fmt: skip
    closing = dt.datetime.combine(closes.astimezone(clock.CHINA).date(), dt.time(17), clock.CHINA)
    return Call.objects.create(
        organisation=ministry,
        year=year,
        label_zh=zh,
        label_en=en,
        number_pattern=pattern,
        standard=standard,
        about_zh="支持单位聘请外国专家来华合作。",
        about_en="Supports units that engage foreign experts.",
        opens_at=closing - dt.timedelta(days=120),
        closes_at=closing,
        published_at=closing - dt.timedelta(days=125),
        max_age=age,
        age_on=dt.date(year, 1, 1),
        min_days=low,
        max_days=high,
        min_experts=1,
        max_total_fen=most * YUAN,
        required_attachments=["agreement", "passport"],
        recommended_by=Tier.ANY,
    )
