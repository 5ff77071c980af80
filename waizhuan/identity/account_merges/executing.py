"""Carrying a merge of two accounts out, and back: one transaction over every key of the registry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from waizhuan.identity.account_merges import plan, rules
from waizhuan.identity.account_merges.models import AccountMerge, How, Moved
from waizhuan.identity.account_merges.process import by_holder
from waizhuan.identity.actors import active_mandates
from waizhuan.identity.models import Account, Kind, LoginAlias, Mandate, Person, RealName
from waizhuan.identity.openid import grants, subjects
from waizhuan.identity.openid.models import Grant, KnownAs
from waizhuan.identity.realname.models import FormerDocument
from waizhuan.identity.sign_in import not_me, sessions
from waizhuan.kernel import clock, roles
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import say
from waizhuan.shared.flow.models import Step
from waizhuan.shared.notify import api as notify

AT_ONCE = 1000  # rows named in one statement
BATCH = 2000
MANDATES = "identity.Mandate.account"


def facts(
    survivor: Account, closing: Account, *, elsewhere: bool = False, since: dt.datetime | None = None
) -> rules.Facts:
    """What is so at this moment; `since`: when the merge was asked for. Three queries."""
    both = (survivor.pk, closing.pk)
    held = set(active_mandates().filter(account_id__in=both).values_list("role", "organisation__kind"))
    codes = sorted({code for code, _ in held})
    person = Person.objects.filter(pk=survivor.pk).first()
    return rules.Facts(
        same=survivor.pk == closing.pk,
        natural=survivor.kind == closing.kind == Kind.NATURAL,
        closed=bool(survivor.closed_at or closing.closed_at),
        locked=any(a.locked_at is not None or not a.is_active for a in (survivor, closing) if a.closed_at is None),
        staff=any(kind == "operator" for _, kind in held),
        apart=any(roles.apart(a, b) for a in codes for b in codes if a != b),
        verified=bool(person and person.real_name == RealName.PASSED),
        elsewhere=elsewhere,
        disowned=any(since and a.trust_from and a.trust_from >= since for a in (survivor, closing)),
        busy=plan.being_decided(both),
    )


def warning(template: str, context: Mapping[str, Any], *accounts: Account) -> list[Tell]:
    """Each is told with the way to say "this was not me": a link of their own that locks the account."""
    tells = []
    for account in accounts:
        link = not_me.path(account)
        told = {**context, "undo": f"{settings.BASE_URL}{link}"}
        tells.append(Tell(template, accounts=(account.pk,), context=told, link=link, sms=True))
    return tells


def _locked(merge: AccountMerge) -> tuple[Account, Account]:
    """Both accounts, always in the same order: two merges cannot wait for each other."""
    found = {
        a.pk: a
        for a in Account.objects.select_for_update(no_key=True)
        .filter(pk__in=(merge.survivor_id, merge.closing_id))
        .order_by("pk")
    }
    return found[merge.survivor_id], found[merge.closing_id]


def execute(merge: AccountMerge, actor: Actor, data: Mapping[str, Any]) -> None:
    """Runs inside the transaction of the decision, on the locked merge. Raises Refused."""
    survivor, closing = _locked(merge)
    refused = rules.may_merge(facts(survivor, closing, since=merge.created_at))
    if refused:
        raise Refused(*refused)
    sessions.end_others(closing)
    # before their numbers move: the systems hear who left by the number that they were told
    grants.end(Grant.objects.filter(account_id=closing.pk), why="account")
    subjects.join(survivor.pk, closing.pk)
    trace: list[Moved] = []
    for key in plan.moving():
        trace += _move(merge, key)
    Moved.objects.bulk_create(trace, batch_size=BATCH)
    merge.former_document = _free_document(merge)
    LoginAlias.objects.get_or_create(
        key=closing.login_key, defaults={"shown": closing.login_name, "account_id": survivor.pk}
    )
    phone, language = closing.phone if closing.phone_verified_at else "", closing.language
    closing.closed_at, closing.is_active = clock.now(), False
    closing.save(update_fields=["closed_at", "is_active"])
    merge.merged_at = closing.closed_at
    merge.sides.update(open=False)
    context = {"closed": closing.login_name, "kept": survivor.login_name}
    detail = {"survivor": survivor.pk, "closing": closing.pk, "rows": len(trace)}
    publish(
        Happened(actor, "account_merges.merged", f"account_merges.merge:{merge.pk}", detail),
        *warning("account_merges.done", context, survivor),
    )
    if phone and phone != survivor.phone:
        context |= {"undo": not_me.address(survivor)}
        notify.send_to("account_merges.done", context, key=f"account-merge:{merge.pk}", phone=phone, language=language)


def _move(merge: AccountMerge, key: plan.Key) -> list[Moved]:
    """One table: what clashes stays where it is and is recorded (of two mandates for one post, the shorter ends first)."""
    closing, survivor = merge.closing_id, merge.survivor_id
    ends = key.model is Mandate
    trace = _end_the_survivors_shorter(merge) if ends else []
    clashing = list(key.clashes(closing, survivor).values_list("pk", flat=True)) if key.may_clash else []
    if clashing and ends:
        Mandate.objects.filter(pk__in=clashing).update(withdrawn_at=clock.now(), withdrawn_why="merged")
    elif clashing:
        trace += [Moved(merge=merge, key=key.name, row=pk, how=How.STAYS) for pk in clashing]
    rows = key.of(closing)
    if clashing and not ends:
        rows = rows.exclude(pk__in=clashing)
    found = plan.identified(key, rows)
    if not found:
        return trace
    changed = plan.mark(key)
    step = 1 if changed else 0
    rows.update(**{f"{key.field}_id": survivor}, **changed)
    return trace + [
        Moved(
            merge=merge,
            key=key.name,
            row=pk,
            how=How.ENDED if ends and pk in clashing else How.MOVED,
            version=None if version is None else version + step,
        )
        for pk, version in found
    ]


def _end_the_survivors_shorter(merge: AccountMerge) -> list[Moved]:
    """Where both hold one post, the mandate that lasts longer remains, so that no day is lost that was given. One of the
    survivor's that ran out and was never closed stands in nobody's way."""
    now = clock.now()
    held = Mandate.objects.filter(account_id=merge.survivor_id, withdrawn_at=None)
    held.filter(valid_until__lte=now).update(withdrawn_at=now, withdrawn_why="ran out")
    same = {"account_id": merge.closing_id, "organisation_id": OuterRef("organisation_id"), "role": OuterRef("role")}
    runs = Q(valid_until=None) | Q(valid_until__gt=OuterRef("valid_until"))
    longer = Mandate.objects.filter(runs, **same, withdrawn_at=None, valid_from__lte=now)
    shorter = list(held.filter(Exists(longer), valid_until__isnull=False).values_list("pk", flat=True))
    Mandate.objects.filter(pk__in=shorter).update(withdrawn_at=now, withdrawn_why="merged")
    return [Moved(merge=merge, key=MANDATES, row=pk, how=How.GAVE_WAY) for pk in shorter]


def _free_document(merge: AccountMerge) -> int | None:
    """The closed account's number becomes a former document of the survivor's: nobody can register with it again."""
    person = Person.objects.filter(pk=merge.closing_id).first()
    if person is None or not person.doc_number:
        return None
    former = FormerDocument.keep(person, account_id=merge.survivor_id)
    person.doc_number = person.doc_key = ""
    person.save()
    return former.pk


# ---------------------------------------------------------------- back


def may_undo(merge: AccountMerge) -> Verdict:
    """Has anything that moved changed since? Four queries, however many tables were touched."""
    former = FormerDocument.objects.filter(pk=merge.former_document or 0).values("doc_index")
    verified = Account.objects.filter(kind=Kind.NATURAL, closed_at=None, phone_verified_at__isnull=False)
    now = (
        Account.objects.annotate(
            survivor_closed=Exists(Account.objects.filter(pk=merge.survivor_id, closed_at__isnull=False)),
            document_taken=Exists(Person.objects.filter(doc_index__in=former)),
            phone_taken=Exists(verified.filter(phone_index=OuterRef("phone_index")).exclude(phone_index="")),
        )
        .only("phone_verified_at")
        .get(pk=merge.closing_id)
    )
    return rules.may_undo(
        changed=_changed(merge) + _given_instead(merge),
        survivor_closed=now.survivor_closed,
        document_taken=now.document_taken,
        phone_taken=bool(now.phone_verified_at and now.phone_taken),
    )


def _changed(merge: AccountMerge) -> int:
    """Rows that moved and are the survivor's no more, or have another version: one count over all tables, in one query."""
    traced = merge.rows.filter(how__in=How.went()).order_by()
    counts = []
    for key in plan.all_keys():
        if key.model is KnownAs:  # it goes back by itself where another person got the account (`subjects.renew`)
            continue
        same = key.of(merge.survivor_id).filter(pk=OuterRef("row"))
        if key.versioned:
            same = same.filter(version=OuterRef("version"))
        changed = traced.filter(~Exists(same), key=key.name)
        counts.append(changed.values("key").annotate(n=Count("pk")).values_list("n", flat=True))
    return sum(counts[0].union(*counts[1:], all=True))


def _traced(merge: AccountMerge) -> list[tuple[plan.Key, list[Moved]]]:
    by_key: dict[str, list[Moved]] = {}
    for row in merge.rows.filter(how__in=How.went()).order_by("id"):
        by_key.setdefault(row.key, []).append(row)
    return [(key, by_key[key.name]) for key in plan.all_keys() if key.name in by_key]


def _chunks(pks: list[int]) -> list[list[int]]:
    return [pks[at : at + AT_ONCE] for at in range(0, len(pks), AT_ONCE)]


def _ended_since(merge: AccountMerge) -> QuerySet[Mandate]:
    """Posts that moved and were withdrawn afterwards."""
    rows = merge.rows.filter(key=MANDATES, how=How.MOVED).values("row")
    return Mandate.objects.filter(pk__in=rows, withdrawn_at__gte=merge.merged_at)


def _given_instead(merge: AccountMerge) -> int:
    """Posts that the kept account holds in place of one that moved: given again, renewed, or given by the heir of a
    department at the moment when it ended here (`organisations.departments.move_staff`), however often. The trace knows
    nothing of them, so an undo would leave them with whom they were never meant for. Two queries."""
    ended = list(_ended_since(merge))
    later = list(Mandate.objects.filter(account_id=merge.survivor_id, granted_at__gte=merge.merged_at).order_by("pk"))
    found: list[Mandate] = []
    while ended:
        before = ended.pop()
        follow = [m for m in later if m not in found and m.pk != before.pk and _follows(m, before)]
        found += follow
        ended += [m for m in follow if m.withdrawn_at is not None]
    now = clock.now()
    return sum(m.withdrawn_at is None and (m.valid_until is None or m.valid_until > now) for m in found)


def _follows(after: Mandate, before: Mandate) -> bool:
    if before.withdrawn_at is None or after.role != before.role or after.granted_at < before.withdrawn_at:
        return False
    return after.organisation_id == before.organisation_id or after.granted_at == before.withdrawn_at


def ended_for_good(merge: AccountMerge) -> QuerySet[Mandate]:
    """Posts that an undo does not bring back, because the right was taken away once: those that moved and were withdrawn
    since; and those that ended with the merge, because both accounts held the same, where what the kept account held from
    then on was withdrawn, renewed or ran out since."""
    rows = merge.rows.filter(key=MANDATES, how__in=How.over()).values("row")
    same = {"organisation_id": OuterRef("organisation_id"), "role": OuterRef("role"), "account_id": merge.survivor_id}
    held = active_mandates().filter(**same)
    taken = Mandate.objects.filter(**same, withdrawn_at__gte=merge.merged_at).exclude(pk__in=rows)
    over = Q(pk__in=rows) & (~Exists(held) | Exists(taken))
    return Mandate.objects.filter(over | Q(pk__in=_ended_since(merge).values("pk"))).order_by("pk")


def undo(merge: AccountMerge, actor: Actor, data: Mapping[str, Any]) -> None:
    """Every row that moved goes back, the account opens again. Raises Refused."""
    survivor, closing = _locked(merge)
    verdict = may_undo(merge)
    if not verdict.ok:
        raise Refused(verdict)
    # what other systems were told of both goes on for neither: whoever comes again is told by the own number
    grants.end(Grant.objects.filter(account_id=survivor.pk), why="account")
    count, for_good = 0, set(ended_for_good(merge).values_list("pk", flat=True))
    for key, rows in _traced(merge):
        changed = plan.mark(key)
        for chunk in _chunks([r.row for r in rows]):
            count += key.model._base_manager.filter(pk__in=chunk).update(**{f"{key.field}_id": closing.pk}, **changed)
    subjects.part(survivor.pk, closing.pk)
    ended = merge.rows.filter(key=MANDATES, how__in=How.over()).exclude(row__in=for_good)
    Mandate.objects.filter(pk__in=ended.values("row")).update(withdrawn_at=None, withdrawn_why="")
    former = FormerDocument.objects.filter(pk=merge.former_document or 0).first()
    if former is not None:
        person = Person.objects.get(pk=closing.pk)
        person.doc_number, person.doc_key = former.doc_number, former.doc_key
        person.save()
        former.delete()
        merge.former_document = None
    LoginAlias.objects.filter(Q(key=closing.login_key), account_id=survivor.pk).delete()
    closing.closed_at, closing.is_active = None, True
    closing.save(update_fields=["closed_at", "is_active"])
    detail = {"rows": count, "stay_ended": sorted(for_good)}
    publish(
        Happened(actor, "account_merges.undone", f"account_merges.merge:{merge.pk}", detail),
        *warning(
            "account_merges.undone", {"closed": closing.login_name, "kept": survivor.login_name}, survivor, closing
        ),
    )


def not_merged(merge: AccountMerge, actor: Actor, data: Mapping[str, Any]) -> None:
    """The case is over: both accounts are free for another one. Both heard that somebody asked, and hear that nothing came
    of it; an operator who began it hears who ended it: the desk, or an account's holder, whomever they act for."""
    merge.sides.update(open=False)
    context = {
        "closed": merge.closing.login_name,
        "kept": merge.survivor.login_name,
        "number": merge.number or "",
        "title": f"{merge.closing.login_name} → {merge.survivor.login_name}",
        "by": say("账号的主人") if by_holder(actor, merge).ok else actor.organisation_name or actor.name,
    }
    told = tuple({merge.survivor_id, merge.closing_id} - {merge.asker_account_id, actor.account_id})
    if told:
        publish(Tell("account_merges.not_merged", accounts=told, context=context, link=reverse("account_merges.ask")))
    first = Step.objects.filter(process=plan.OWN, subject_id=merge.pk, transition="start").first()
    began = first.account_id if first is not None and merge.asker_account_id is None else None
    if began and began != actor.account_id:
        link = reverse("account_merges.case", args=[merge.pk])
        publish(Tell("account_merges.ended", accounts=(began,), context=context, link=link))
