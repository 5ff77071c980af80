"""Old units that no rule could match: the ministry says which verified unit each of them is. It takes back what was wrong,
a rule's match too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from django.db import transaction
from django.db.models import F, Q, QuerySet

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say, say_n
from waizhuan.projects.legacy import neighbours, rules
from waizhuan.projects.legacy.matching import settle
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject, LegacyUnit, Parted
from waizhuan.projects.legacy.rules import BY_NUMBER
from waizhuan.shared.flow.api import link
from waizhuan.shared.refdata.names import name_key
from waizhuan.shared.refdata.text import compact
from waizhuan.shared.refdata.unit_numbers import may_mean_anywhere

FEW = 1000
ALREADY = say("这个旧单位刚刚已经对上了，请看最新的内容")
ROLES = ("ministry.head", "ministry.clerk")
#: whoever gives an old unit to one for which neither code nor name speaks
SENIOR = "ministry.head"
#: given by nobody: such a link is made by itself
BY_THEIR_NUMBER = Q(account__linked_how=BY_NUMBER, lead_id=F("account__account_id"))
FOUND_BY: dict[str, Words] = {
    "code": say("统一社会信用代码相同"),
    "former_code": say("以前的统一社会信用代码相同"),
    "name": say("现在的全称相同"),
    "former": say("曾用名相同"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A verified unit that this old unit may be, and what speaks for it. `parted`: why it was taken back before, if it was."""

    unit: identity.Organisation
    evidence: Sequence[Words]
    parted: str = ""


def called_so(text: str) -> Q:
    """Old units by a part of their name, last or before, or by their old code or credit code, however it is written. A few are
    named one by one, so that the database sorts those alone; where they are many, a page of them is soon found in any order.
    One query."""
    code = compact(text)
    by_code = Q(code=code) | Q(uscc=code) if code else Q(pk=None)
    few = LegacyUnit.objects.filter(Q(name__has=text) | Q(former__has=text) | by_code).order_by()
    found = list(few.values_list("pk", flat=True)[: FEW + 1])
    if len(found) <= FEW:
        return Q(pk__in=found)
    return Q(name__icontains=text) | Q(former__icontains=text) | by_code


def unmatched() -> QuerySet[LegacyUnit]:
    """Old units that are nobody's yet, by name."""
    return LegacyUnit.objects.filter(organisation=None)


def decided() -> QuerySet[LegacyUnit]:
    """What somebody decided, the newest first."""
    return LegacyUnit.objects.filter(matched_by__isnull=False).select_related("organisation", "matched_by__person")


def by_rule() -> QuerySet[LegacyUnit]:
    """What a rule matched, the newest first."""
    rows = LegacyUnit.objects.filter(organisation__isnull=False, matched_by=None)
    return rows.select_related("organisation", "matched_by__person")


def names_of(old: LegacyUnit) -> set[str]:
    """The keys of what it was called, last and before."""
    return {old.name_key, *(name_key(str(n)) for n in old.other_names)} - {""}


def candidates(units: Sequence[LegacyUnit]) -> dict[int, list[Candidate]]:
    """For each old unit the verified units that it may be. Five queries, whatever their number."""
    names = {u.pk: names_of(u) for u in units}
    found: dict[str, list[identity.Organisation]] = {}
    for by, unit in identity.verified_like(
        codes={u.uscc for u in units if u.uscc}, names=set().union(*names.values()) if names else set()
    ):
        found.setdefault(by, []).append(unit)
    parted = Parted.objects.filter(old__in=[u.pk for u in units]).values_list("old_id", "organisation_id", "why")
    before = {(old, unit): why for old, unit, why in parted}
    return {
        u.pk: [replace(c, parted=before.get((u.pk, c.unit.pk), "")) for c in _may_be(u, names[u.pk], found)]
        for u in units
    }


def _may_be(old: LegacyUnit, names: set[str], found: dict[str, list[identity.Organisation]]) -> list[Candidate]:
    keys = [(kind, f"{kind}:{old.uscc}") for kind in ("code", "former_code")] if old.uscc else []
    keys += [(kind, f"{kind}:{name}") for name in sorted(names) for kind in ("name", "former")]
    speaking: dict[int, tuple[identity.Organisation, list[Words]]] = {}
    for kind, key in keys:
        for unit in found.get(key, ()):
            speaking.setdefault(unit.pk, (unit, []))[1].append(FOUND_BY[kind])
    return [Candidate(unit, why) for unit, why in speaking.values()]


def _of(old: LegacyUnit) -> QuerySet[LegacyProject]:
    """Its projects that are the unit's it was matched to."""
    return LegacyProject.objects.filter(unit=old, organisation=old.organisation)


def _may(actor: Actor) -> None:
    if not actor.has(*ROLES):
        raise Hidden


def called(text: str) -> tuple[identity.Organisation | None, Verdict]:
    """The one verified unit with this number, or this full name now or before; or why there is none. Four queries."""
    numbers, name = may_mean_anywhere(text), name_key(text)
    found = {u.pk: u for _, u in identity.verified_like(codes=numbers, names={name} - {""})}
    if len(found) == 1:
        return next(iter(found.values())), YES
    if found:
        return None, no(say("有几个单位是或曾经是这个名称，请改填登记号码"), field="unit", code="F9")
    reason = say("平台上没有这个号码或全称的已实名单位。请核对；对方还没有实名的，请对方先办实名认证")
    return None, no(reason, field="unit", code="F9")


def old_unit(actor: Actor, id: int) -> LegacyUnit:
    """Raises Hidden for whoever does not decide, and for what is not there."""
    _may(actor)
    old = LegacyUnit.objects.select_related("organisation", "matched_by__person").filter(pk=id).first()
    if old is None:
        raise Hidden
    return old


def pair(*, actor: Actor, old_id: int, unit_id: int, why: str = "") -> LegacyUnit:
    """This old unit is that verified unit: one of its candidates, or another one for a reason that is written down, `why`. Its
    administrators are told. Raises Hidden, Refused, Conflict."""
    _may(actor)
    why = why.strip()
    with transaction.atomic():
        old = LegacyUnit.objects.select_for_update(of=("self",)).filter(pk=old_id).first()
        if old is None:
            raise Hidden
        if old.organisation_id == unit_id:
            return old  # pressed twice
        if old.organisation_id is not None:
            raise Conflict(ALREADY)
        if unit_id in {mine.id for mine in actor.organisations}:
            raise Refused(no(say("您也代表这个单位，请另一位同事办理"), field="unit", code="F9"))
        chosen = next((c for c in candidates([old])[old.pk] if c.unit.pk == unit_id), None)
        verdict = rules.may_choose(
            spoken_for=chosen is not None, why=why, senior=actor.has(SENIOR), took_back=_took_back(actor, old, unit_id)
        )
        if not verdict.ok:
            raise Refused(verdict)
        unit = chosen.unit if chosen else identity.verified_unit(unit_id)
        if unit is None:  # it is closed, or no longer verified, since it was found
            raise Refused(no(say("这个单位现在没有实名，请重新查找"), field="unit", code="F9"))
        settle(
            [old.pk], unit, actor, marks.LISTING.msgid.join(w.msgid for w in chosen.evidence) if chosen else "", why=why
        )
        _tell(actor, old, unit.pk, "legacy.unit_given" if why else "legacy.unit_matched", why=why)
        old.refresh_from_db()
    return old


def decide(
    *,
    actor: Actor,
    old_id: int,
    unit_id: int,
    why: str = "",
    seen: Collection[int] = (),
    declined: Collection[int] = (),
    answer: str = "",
) -> LegacyUnit:
    """`pair`, for somebody who has the open claims to this old unit before them, so that nothing is decided twice: `seen`, all
    of them; `declined`, those of other units that end with this, for the reason in `answer`. A claim of the unit itself is
    decided where its papers are; one that waits for the unit to answer has come true. Raises Hidden, Refused, Conflict."""
    _may(actor)
    with transaction.atomic():
        old = LegacyUnit.objects.filter(pk=old_id).first()
        if old is None:
            raise Hidden
        if old.organisation_id is not None:
            return pair(actor=actor, old_id=old_id, unit_id=unit_id, why=why)
        # claims, then the old unit, as whoever decides a claim
        waiting = neighbours.claims().open_to([old], True).get(old.pk, ())
        theirs = [c for c in waiting if c.unit_id == unit_id]
        ended = [c.id for c in waiting if c.unit_id != unit_id and c.id in declined]
        own = next((c for c in theirs if not c.theirs), None)
        overrule = may_overrule(actor, waiting, unit_id)
        refusals = [] if overrule.ok else [overrule]
        refusals += rules.may_decide(
            old=old.pk,
            unseen=any(c.id not in seen for c in waiting),
            own=(own.id, own.number) if own else None,
            unanswered=bool(ended) and not answer.strip(),
        )
        if refusals:
            raise Refused(*refusals)
        made = pair(actor=actor, old_id=old_id, unit_id=unit_id, why=why)
        neighbours.claims().settle(actor, made, [c.id for c in theirs], ended, answer.strip())
    return made


def may_choose(actor: Actor, old: LegacyUnit, unit: identity.Organisation) -> Verdict:
    """May this actor say that it is this unit, with a reason? Eight queries."""
    spoken_for = any(c.unit.pk == unit.pk for c in candidates([old])[old.pk])
    return rules.may_choose(
        spoken_for=spoken_for, why="-", senior=actor.has(SENIOR), took_back=_took_back(actor, old, unit.pk)
    )


def _took_back(actor: Actor, old: LegacyUnit, unit_id: int) -> bool:
    """Has this very person, with this account or another, taken it back from another unit than this one?"""
    by = Parted.objects.filter(old=old, by__isnull=False).exclude(organisation_id=unit_id)
    return identity.is_any_of(actor.account_id, {pk for pk in by.values_list("by_id", flat=True) if pk is not None})


def may_overrule(actor: Actor, waiting: Sequence[neighbours.OpenClaim], unit_id: int) -> Verdict:
    """May this actor give it to this unit over what other units claim (`waiting`)?"""
    approving = any(c.approving for c in waiting if c.unit_id != unit_id)
    return rules.may_overrule(approving=approving, senior=actor.has(SENIOR))


def may_part(actor: Actor, old: LegacyUnit, given: int) -> Verdict:
    """May this actor take back which unit it is? `given`: how many of its projects the unit gave to somebody."""
    return rules.may_part(decided=bool(old.matched_why), given=given, senior=actor.has(SENIOR))


def _tell(actor: Actor, old: LegacyUnit, unit: int, template: str, **context: str | int) -> None:
    """The unit's administrators, and the unit's own account, which may be its only one."""
    shown = {"old": old.name, "by": actor.organisation_name, **context}
    publish(Tell(template, posts=((unit, "unit.admin"),), context=shown, link=link("legacy.projects", ())))


def given_away(old: LegacyUnit) -> int:
    """How many of its projects the unit gave to somebody: they lose them where the match is taken back."""
    return _of(old).filter(lead__isnull=False).exclude(BY_THEIR_NUMBER).count()


def vouched(old: LegacyUnit) -> QuerySet[LegacyAccount]:
    """Its old accounts that are somebody's because a unit or a department said so, and not by their number."""
    found = LegacyAccount.objects.filter(unit=old, account__isnull=False).exclude(linked_how=BY_NUMBER)
    return found.order_by("pk")


def stamp(links: Sequence[tuple[int, int]]) -> str:
    """What a page carries along of the links (old account, account) that it shows, so that no other one is cut with them."""
    return sha256(repr([tuple(link) for link in links]).encode()).hexdigest()[:16]


def part(*, actor: Actor, old_id: int, unit_id: int, why: str, cut: str | None = None) -> None:
    """It was another unit than `unit_id`, whether a rule or somebody had said so: the old unit and its projects are nobody's
    again, and do not go back to that unit by themselves. Whoever that unit gave a project to loses it and is told; who has one
    because the old account has the same number keeps the link, and gets it back with the right unit. Where the unit's word stands
    for whose an old account is, that link signs in: it is cut along, for the same reason, if it is one of those that were shown
    (`cut`: their `stamp`), else nothing is done. Pressing twice does no harm. Raises Hidden, Refused, Conflict."""
    _may(actor)
    why = why.strip()[:300]
    with transaction.atomic():
        old = LegacyUnit.objects.select_for_update(of=("self",)).filter(pk=old_id).first()
        if old is None:
            raise Hidden
        if old.organisation_id is None:
            return
        if old.organisation_id != unit_id:
            raise Conflict(ALREADY)
        if not why:
            raise Refused(no(say("请写明为什么不是这个单位，单位会看到"), field="why", code="F9"))
        # accounts, then projects, as whoever links them: nobody is given one while they are counted
        accounts = LegacyAccount.objects.filter(unit=old)
        list(accounts.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        projects = _of(old)
        list(projects.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        verdict = may_part(actor, old, given_away(old))
        if not verdict.ok:
            raise Refused(verdict)
        linked = list(vouched(old).values_list("pk", "account_id"))
        if linked and cut is None:
            reason = say_n("这个单位已经确认或移交了 {n} 个旧账号，请一并撤销，或者逐个撤销", len(linked))
            raise Refused(no(reason, field="cut", code="F9"))
        if cut is not None and cut != stamp(linked):
            raise Refused(
                no(say("您打开这一页以后，旧账号的关联有了变化，什么都没有动。请看最新的清单"), field="cut", code="F9")
            )
        neighbours.links().cut(actor, [account for account, _ in linked], why)
        leads = projects.filter(lead__isnull=False).order_by().values_list("lead_id", flat=True).distinct()
        told = tuple(sorted(lead for lead in leads if lead is not None))
        # what this unit decided about them counts no longer, so that the right one starts afresh
        count = projects.update(
            organisation=None, lead=None, moved=False, version=F("version") + 1, updated_at=clock.now()
        )
        _tell(actor, old, unit_id, "legacy.unit_parted", count=count, why=why)
        if told:
            context = {"old": old.name, "by": actor.organisation_name, "why": why}
            publish(Tell("legacy.project_left", accounts=told, context=context, link=link("legacy.projects", ())))
        Parted.objects.update_or_create(
            old=old,
            organisation_id=unit_id,
            defaults={"why": why, "by_id": actor.account_id, "at": clock.now()},
        )
        old.organisation_id, old.matched_at, old.matched_by_id, old.matched_why = None, None, None, ""
        old.save(update_fields=["organisation", "matched_at", "matched_by", "matched_why"])
        detail = {"old": old.pk, "projects": count, "leads": list(told)[:20], "why": why}
        publish(Happened(actor, "legacy.unit_parted", f"identity.organisation:{unit_id}", detail))
