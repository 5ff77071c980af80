"""What a call demands of an application. Pure: plain data in, problems out, every problem at once (一次性告知).

Sources: domain facts §3; limits of the call; 外专发〔2010〕87号 for money.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say, say_n
from waizhuan.projects.applications.kinds import ATTACHMENTS, COSTS

YUAN = 100


@dataclass(frozen=True, slots=True)
class Standard:
    """Limits per person-visit, in fen."""

    document: str
    travel: int
    pocket_day: int
    pocket: int
    living_day: int
    living: int
    paid_days: int
    intercity: int
    total: int

    def limit(self, cost: str, days: int) -> int | None:
        """The most that may be asked for this kind of cost on a visit of so many days. None: only the total limits it."""
        paid = min(max(days, 0), self.paid_days)
        return {
            "travel": self.travel,
            "pocket": min(self.pocket_day * paid, self.pocket),
            "living": min(self.living_day * paid, self.living),
            "intercity": self.intercity,
        }.get(cost)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the call. None: no such limit."""

    standard: Standard
    opens_at: dt.datetime
    closes_at: dt.datetime
    max_age: int | None = None
    age_on: dt.date | None = None
    min_days: int | None = None
    max_days: int | None = None
    min_experts: int = 1
    one_running_project: bool = True
    max_total: int | None = None
    required_attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """One planned stay; both days are days in China."""

    key: str
    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def days(self) -> int:
        """Days in China, the days of arrival and departure included. 0 while a date is missing or they are reversed."""
        if self.first is None or self.last is None:
            return 0
        return max(0, (self.last - self.first).days + 1)


@dataclass(frozen=True, slots=True)
class Expert:
    """A foreigner to be engaged. `passport_key` is what identifies the passport (refdata); "" while it is wrong."""

    key: str
    name: str = ""
    nationality: str = ""
    passport_key: str = ""
    birth: dt.date | None = None
    visits: tuple[Visit, ...] = ()

    @property
    def days(self) -> int:
        return sum(v.days for v in self.visits)


@dataclass(frozen=True, slots=True)
class Plan:
    """The application as far as the rules look at it."""

    title: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    experts: tuple[Expert, ...] = ()
    #: visit key → kind of cost → fen
    costs: Mapping[str, Mapping[str, int]] = None  # type: ignore[assignment]
    other_reasons: frozenset[str] = frozenset()  # keys of the visits whose other costs are explained
    match: int = 0
    match_explained: bool = False
    attachments: frozenset[str] = frozenset()  # kinds that are there

    def __post_init__(self) -> None:
        if self.costs is None:
            object.__setattr__(self, "costs", {})

    @property
    def visits(self) -> tuple[Visit, ...]:
        return tuple(v for e in self.experts for v in e.visits)

    def cost(self, visit: str, kind: str) -> int:
        return self.costs.get(visit, {}).get(kind, 0)

    def visit_total(self, visit: str) -> int:
        return sum(self.cost(visit, kind) for kind in COSTS)

    def kind_total(self, kind: str) -> int:
        return sum(self.cost(v.key, kind) for v in self.visits)

    @property
    def total(self) -> int:
        return sum(self.visit_total(v.key) for v in self.visits)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules must know of the world around."""

    now: dt.datetime
    today: dt.date
    busy: frozenset[str] = frozenset()  # passport keys of experts who are on another running project
    same_topic: bool = False  # the unit has another application with this title in this call
    submitted_before: bool = False  # handed in before the deadline and sent back since


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend, and where. `missing`: nothing was filled in there yet."""

    section: str
    field: str
    reason: Words
    missing: bool = False

    def verdict(self) -> Verdict:
        return no(self.reason, field=f"{self.section}.{self.field}")


def yuan(fen: int) -> str:
    """A sum as people read it: 15,000 or 15,000.50."""
    whole, rest = divmod(abs(fen), YUAN)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole:,}.{rest:02d}" if rest else f"{sign}{whole:,}"


def age_on(birth: dt.date, day: dt.date) -> int:
    """Completed years on that day. Who was born on 29 February turns a year older on 1 March of common years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def check(plan: Plan, limits: Limits, facts: Facts) -> list[Problem]:
    """Everything in the plan that the call does not allow, and everything required that the rules alone know of."""
    return [
        *check_basic(plan, facts),
        *check_experts(plan, limits, facts),
        *check_funding(plan, limits),
        *check_attachments(plan, limits),
    ]


def check_time(limits: Limits, facts: Facts) -> Verdict:
    """May it be handed in now? By the server's clock. What was handed in in time and sent back may come again."""
    if facts.submitted_before:
        return YES
    if facts.now < limits.opens_at:
        return no(say("还没有开始受理，可以先填写"))
    if facts.now > limits.closes_at:
        return no(say("受理已经截止，不能再提交。草稿会一直留着，可以下载"))
    return YES


def check_basic(plan: Plan, facts: Facts) -> list[Problem]:
    found = []
    if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
        found.append(Problem("basic", "ends_on", say("结束日期早于开始日期，请检查")))
    if facts.same_topic and plan.title:
        found.append(Problem("basic", "title", say("本单位在这一批里已经有同名的申报书。同一项工作只能报一个项目")))
    return found


def check_experts(plan: Plan, limits: Limits, facts: Facts) -> list[Problem]:
    found = []
    if len(plan.experts) < limits.min_experts:
        found.append(
            Problem(
                "experts",
                "add-expert",
                say_n("至少要有 {n} 位专家，现在有 {have} 位", limits.min_experts, have=len(plan.experts)),
                missing=True,
            )
        )
    times = Counter(e.passport_key for e in plan.experts if e.passport_key)
    for expert in plan.experts:
        found += _check_expert(expert, plan, limits, facts, twice=times[expert.passport_key] > 1)
    return found


def _check_expert(expert: Expert, plan: Plan, limits: Limits, facts: Facts, *, twice: bool) -> list[Problem]:
    def at(name: str, reason: Words, missing: bool = False) -> Problem:
        return Problem("experts", f"{expert.key}-{name}", reason, missing)

    found = []
    if expert.nationality == "CHN":
        found.append(at("nationality", say("拟聘专家应为外国国籍")))
    if expert.birth and expert.birth > facts.today:
        found.append(at("birth", say("出生日期在将来，请检查")))
    elif expert.birth and limits.max_age is not None and limits.age_on:
        age = age_on(expert.birth, limits.age_on)
        if age > limits.max_age:
            found.append(
                at("birth", say("截至{day}已满 {age} 周岁，这一批要求不超过 {most} 周岁",
                                day=limits.age_on, age=age, most=limits.max_age))
            )  # fmt: skip
    if twice:
        found.append(at("passport", say("这本护照在上面或下面又出现了一次，请检查")))
    elif limits.one_running_project and expert.passport_key and expert.passport_key in facts.busy:
        found.append(at("passport", say("这位专家正在参加另一个在执行的项目。一位专家同时只能参加一个项目")))
    if not expert.visits:
        found.append(at("add-visit", say("请填写来华时间"), missing=True))
    found += _check_visits(expert, plan)
    complete = expert.visits and all(v.days for v in expert.visits)
    last = f"{expert.visits[-1].key}-last" if expert.visits else "add-visit"
    if complete and limits.min_days is not None and expert.days < limits.min_days:
        found.append(
            at(last, say("一共来华 {have} 天，这一批要求每位专家至少 {least} 天",
                         have=expert.days, least=limits.min_days))
        )  # fmt: skip
    if limits.max_days is not None and expert.days > limits.max_days:
        found.append(
            at(last, say("一共来华 {have} 天，这一批要求每位专家至多 {most} 天",
                         have=expert.days, most=limits.max_days))
        )  # fmt: skip
    return found


def _check_visits(expert: Expert, plan: Plan) -> Iterable[Problem]:
    previous: list[Visit] = []
    for visit in expert.visits:
        if visit.first is None or visit.last is None:
            continue
        name = f"{expert.key}-{visit.key}"
        if visit.last < visit.first:
            yield Problem("experts", f"{name}-last", say("离开日期早于到达日期，请检查"))
            continue
        if plan.starts_on and visit.first < plan.starts_on:
            yield Problem("experts", f"{name}-first", say("到达日期早于项目开始日期 {day}", day=plan.starts_on))
        if plan.ends_on and visit.last > plan.ends_on:
            yield Problem("experts", f"{name}-last", say("离开日期晚于项目结束日期 {day}", day=plan.ends_on))
        if any(visit.first <= p.last and p.first <= visit.last for p in previous if p.first and p.last):
            yield Problem("experts", f"{name}-first", say("与这位专家的另一次来华时间重叠"))
        previous.append(visit)


def check_funding(plan: Plan, limits: Limits) -> list[Problem]:
    """Every line against the standard, every visit and the whole against their totals."""
    found = []
    for expert in plan.experts:
        for visit in expert.visits:
            found += check_visit_costs(plan, visit, limits.standard)
    if limits.max_total is not None and plan.total > limits.max_total:
        found.append(
            Problem("funding", "total", say("一共申请 {sum} 元，这一批每项至多 {most} 元，请减少 {over} 元",
                    sum=yuan(plan.total), most=yuan(limits.max_total), over=yuan(plan.total - limits.max_total)))
        )  # fmt: skip
    if plan.visits and plan.total == 0:
        found.append(Problem("funding", f"{plan.visits[0].key}-travel", say("请填写申请的经费"), missing=True))
    if plan.match > 0 and not plan.match_explained:
        found.append(Problem("funding", "match_use", say("请说明配套经费怎么用"), missing=True))
    return found


def check_visit_costs(plan: Plan, visit: Visit, standard: Standard) -> list[Problem]:
    found = []
    within = True
    for cost, label in COSTS.items():
        asked, limit = plan.cost(visit.key, cost), standard.limit(cost, visit.days)
        if limit is None or asked <= limit:
            continue
        within = False
        over = yuan(asked - limit)
        if cost in ("pocket", "living") and visit.days == 0:
            reason = say("请先在“拟聘专家”里填好来华时间，{cost}按天数计算", cost=label)
        elif cost in ("pocket", "living"):
            reason = say(
                "{cost}多出 {over} 元。{days} 天至多 {limit} 元",
                cost=label,
                over=over,
                days=visit.days,
                limit=yuan(limit),
            )
        else:
            reason = say(
                "{cost}多出 {over} 元。请改到 {limit} 元以内，或移到“其他”并说明理由",
                cost=label, over=over, limit=yuan(limit),
            )  # fmt: skip
        found.append(Problem("funding", f"{visit.key}-{cost}", reason))
    total = plan.visit_total(visit.key)
    if within and total > standard.total:
        found.append(
            Problem("funding", f"{visit.key}-other", say("这次来华合计 {sum} 元，至多 {most} 元，请减少 {over} 元",
                    sum=yuan(total), most=yuan(standard.total), over=yuan(total - standard.total)))
        )  # fmt: skip
    if plan.cost(visit.key, "other") > 0 and visit.key not in plan.other_reasons:
        found.append(Problem("funding", f"{visit.key}-other_why", say("请说明“其他”费用的理由"), missing=True))
    return found


def check_attachments(plan: Plan, limits: Limits) -> list[Problem]:
    return [
        Problem("attachments", kind, say("还没有上传：{what}", what=ATTACHMENTS[kind]), missing=True)
        for kind in limits.required_attachments
        if kind not in plan.attachments and kind in ATTACHMENTS
    ]


# ---------------------------------------------------------------- the steps after the draft


def can_recall(limits: Limits, now: dt.datetime) -> Verdict:
    """Taking an application back to change it makes sense only while it can be handed in again."""
    if now > limits.closes_at:
        return no(say("受理已经截止，撤回以后就不能再提交了，所以不能撤回修改"))
    return YES


def can_rank(rank: object, taken: bool) -> Verdict:
    """The rank that a department gives: a whole number from 1, each once a call."""
    if not isinstance(rank, int) or isinstance(rank, bool) or not 1 <= rank <= 9999:
        return no(say("推荐名次请写 1 到 9999 之间的整数"), field="rank")
    if taken:
        return no(say("第 {rank} 名已经给了另一个项目，请换一个名次", rank=rank), field="rank")
    return YES
