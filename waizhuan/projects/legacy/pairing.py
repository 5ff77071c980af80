"""Old units that no rule could match: the ministry says which verified unit each of them is, and can take it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say, say_n
from waizhuan.projects.legacy.matching import settle
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject, LegacyUnit
from waizhuan.projects.legacy.rules import BY_NUMBER
from waizhuan.shared.flow.api import link
from waizhuan.shared.refdata.names import name_key
from waizhuan.shared.refdata.unit_numbers import may_mean_anywhere

ALREADY = say("这个旧单位刚刚已经对上了，请看最新的内容")
ROLES = ("ministry.head", "ministry.clerk")
FOUND_BY: dict[str, Words] = {
    "code": say("统一社会信用代码相同"),
    "name": say("现在的全称相同"),
    "former": say("曾用名相同"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A verified unit that this old unit may be, and what speaks for it."""

    unit: identity.Organisation
    evidence: Sequence[Words]


def unmatched(text: str = "") -> QuerySet[LegacyUnit]:
    """Old units that are nobody's yet, by name."""
    rows = LegacyUnit.objects.filter(organisation=None)
    return rows.filter(Q(name__has=text) | Q(code=text) | Q(uscc=text.upper())) if text else rows


def decided() -> QuerySet[LegacyUnit]:
    """What somebody decided, the newest first."""
    return LegacyUnit.objects.filter(matched_by__isnull=False).select_related("organisation", "matched_by__person")


def candidates(units: Sequence[LegacyUnit]) -> dict[int, list[Candidate]]:
    """For each old unit the verified units that it may be. Three queries, whatever their number."""
    names = {u.pk: {u.name_key, *(name_key(str(n)) for n in u.other_names)} - {""} for u in units}
    found: dict[str, list[identity.Organisation]] = {}
    for by, unit in identity.verified_like(
        codes={u.uscc for u in units if u.uscc}, names=set().union(*names.values()) if names else set()
    ):
        found.setdefault(by, []).append(unit)
    return {u.pk: _of(u, names[u.pk], found) for u in units}


def _of(old: LegacyUnit, names: set[str], found: dict[str, list[identity.Organisation]]) -> list[Candidate]:
    keys = [("code", f"code:{old.uscc}")] if old.uscc else []
    keys += [(kind, f"{kind}:{name}") for name in sorted(names) for kind in ("name", "former")]
    speaking: dict[int, tuple[identity.Organisation, list[Words]]] = {}
    for kind, key in keys:
        for unit in found.get(key, ()):
            speaking.setdefault(unit.pk, (unit, []))[1].append(FOUND_BY[kind])
    return [Candidate(unit, why) for unit, why in speaking.values()]


def _may(actor: Actor) -> None:
    if not actor.has(*ROLES):
        raise Hidden


def called(text: str) -> tuple[identity.Organisation | None, Verdict]:
    """The one verified unit with this number, or this full name now or before; or why there is none. Three queries."""
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
    old = LegacyUnit.objects.filter(pk=id).first()
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
        if chosen is None and not why:
            raise Refused(no(say("没有依据说明是这个单位，请从列出的单位里选"), code="F9"))
        unit = chosen.unit if chosen else identity.verified_unit(unit_id)
        if unit is None:  # it is closed, or no longer verified, since it was found
            raise Refused(no(say("这个单位现在没有实名，请重新查找"), field="unit", code="F9"))
        settle([old.pk], unit, actor, "、".join(w.msgid for w in chosen.evidence) if chosen else "", why=why)
        _tell(actor, old, unit.pk, "legacy.unit_given" if why else "legacy.unit_matched", why=why)
        old.refresh_from_db()
    return old


def _tell(actor: Actor, old: LegacyUnit, unit: int, template: str, **context: str | int) -> None:
    told = tuple(sorted(identity.people_with(unit, "unit.admin")))
    shown = {"old": old.name, "by": actor.organisation_name, **context}
    if told:
        publish(Tell(template, accounts=told, context=shown, link=link("legacy.projects", ())))


def part(*, actor: Actor, old_id: int, unit_id: int) -> None:
    """It was another unit than `unit_id`: the old unit and its projects are nobody's again, as long as no project was given to
    somebody for it. (Who has one because the old account has the same number keeps the link, and gets it back with its unit.)
    Pressing twice does no harm. Raises Hidden, Refused, Conflict."""
    _may(actor)
    with transaction.atomic():
        old = LegacyUnit.objects.select_for_update(of=("self",)).filter(pk=old_id).first()
        if old is None:
            raise Hidden
        if old.organisation_id is None:
            return
        if old.organisation_id != unit_id:
            raise Conflict(ALREADY)
        if old.matched_by_id is None:
            raise Refused(no(say("这是按规则自动对上的，要先更正单位的代码或名称"), code="F9"))
        # accounts, then projects, as whoever links them: nobody is given one while they are counted
        accounts = LegacyAccount.objects.filter(unit=old)
        list(accounts.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        projects = LegacyProject.objects.filter(unit=old, organisation_id=old.organisation_id)
        list(projects.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        by_number = Q(account__linked_how=BY_NUMBER, lead_id=F("account__account_id"))
        used = projects.filter(lead__isnull=False).exclude(by_number).count()
        used += accounts.filter(account__isnull=False).exclude(linked_how=BY_NUMBER).count()
        if used:
            reason = say_n("已有 {n} 个项目或旧账号按这个结果给了人，请先撤销那些关联或移回项目", used)
            raise Refused(no(reason, code="F9"))
        count = projects.update(organisation=None, lead=None, version=F("version") + 1, updated_at=clock.now())
        _tell(actor, old, unit_id, "legacy.unit_parted", count=count)
        before, old.organisation_id, old.matched_at, old.matched_by_id = old.organisation_id, None, None, None
        old.matched_why = ""
        old.save(update_fields=["organisation", "matched_at", "matched_by", "matched_why"])
        publish(
            Happened(actor, "legacy.unit_parted", f"identity.organisation:{before}", {"old": old.pk, "projects": count})
        )
