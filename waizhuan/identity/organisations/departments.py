"""Writing competent departments: the experts system decides, the platform keeps them and the posts of their people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from waizhuan.identity.delegation.invitations import end_lapsed, waiting
from waizhuan.identity.delegation.models import Invitation
from waizhuan.identity.models import FormerName, Mandate, Organisation, OrganisationKind, RealName
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.shared.refdata.names import name_key

#: What may be written about a department.
WRITTEN = ("name", "tier", "division", "parent_id", "public_phone", "public_hours", "address")


def all_departments() -> QuerySet[Organisation]:
    """Every department there is or was."""
    return Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT)


def lock_departments(ids: Iterable[int]) -> dict[int, Organisation]:
    """These departments, held against everybody else until the transaction ends. Always in the same order."""
    # "no key": whoever writes a row that only names one of them need not wait, so that nobody waits in a circle
    rows = all_departments().select_for_update(of=("self",), no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {row.pk: row for row in rows}


def values_of_department(row: Organisation) -> dict[str, object]:
    return {name: getattr(row, name) for name in WRITTEN}


def add_department(values: Mapping[str, object], *, since: dt.date) -> Organisation:
    """A new department, verified from the start. Raises IntegrityError where an open one has the same name."""
    given = {name: values[name] for name in WRITTEN if name in values}
    with transaction.atomic():
        return Organisation.objects.create(
            kind=OrganisationKind.DEPARTMENT,
            name_key=name_key(str(given["name"])),
            real_name=RealName.PASSED,
            verified_at=clock.now(),
            active_from=since,
            **given,
        )


def change_department(row: Organisation, values: Mapping[str, object]) -> None:
    """Write new values; a former name stays searchable. Raises IntegrityError where an open one has the same name."""
    with transaction.atomic():
        if "name" in values and values["name"] != row.name:
            FormerName.objects.create(organisation=row, name=row.name, name_key=row.name_key)
            row.name_key = name_key(str(values["name"]))
        for name in WRITTEN:
            if name in values:
                setattr(row, name, values[name])
        row.save(update_fields=[*WRITTEN, "name_key"])


def close_department(row: Organisation, day: dt.date) -> None:
    """From this day on it takes nothing more; its row stays for history."""
    row.active_until = day
    row.save(update_fields=["active_until"])


def staff_of(ids: Iterable[int]) -> QuerySet[Mandate]:
    """The mandates of these organisations that count now or later."""
    alive = Q(valid_until=None) | Q(valid_until__gt=clock.now())
    return Mandate.objects.filter(alive, organisation_id__in=list(ids), withdrawn_at=None)


def move_staff(*, actor: Actor, before: int, after: int, accounts: Collection[int], why: str) -> int:
    """These people hold at `after` what they held at `before`, for as long (`joined`); how many mandates. Open sessions
    follow on their next request."""
    now, count = clock.now(), 0
    for held in staff_of([before]).select_for_update(of=("self",)).filter(account_id__in=accounts):
        alike = Mandate.objects.filter(account_id=held.account_id, role=held.role, withdrawn_at=None)
        there = alike.filter(organisation_id=after).first()
        held.withdrawn_at, held.withdrawn_by_id, held.withdrawn_why = now, actor.account_id, why[:200]
        held.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
        count += 1
        begins, ends = held.valid_from, held.valid_until
        if there is not None:
            begins, ends = joined((begins, ends), (there.valid_from, there.valid_until), now)
            if (begins, ends) == (there.valid_from, there.valid_until):
                continue
            there.withdrawn_at, there.withdrawn_by_id, there.withdrawn_why = now, actor.account_id, why[:200]
            there.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
        Mandate.objects.create(
            account_id=held.account_id,
            organisation_id=after,
            role=held.role,
            valid_from=begins,
            valid_until=ends,
            note=held.note,
            granted_by_id=actor.account_id,
            granted_at=now,
        )
    return count


#: From when to when (None: without end) somebody holds a post.
Period = tuple[dt.datetime, dt.datetime | None]


def joined(held: Period, there: Period, now: dt.datetime) -> Period:
    """One mandate in place of two for the same post: nobody gains a day that neither gave, or loses one that either gave.

    ==================================  =====================================================================
    before (whichever is where)         after
    ==================================  =====================================================================
    both run                            from the earlier begin; the longer of the two lasts
    one has run out                     the other, as it was
    one runs, one begins while it runs  from the first one's begin to the later end
    one ends before the other begins    the first one alone: the time between was never given, and a post has
                                        one mandate a person
    ==================================  =====================================================================
    """
    (begins, ends), (other_begins, other_ends) = sorted((held, there), key=lambda period: period[0])
    if ends is not None and ends <= now:
        return other_begins, other_ends
    if other_ends is not None and other_ends <= now:
        return begins, ends
    if ends is not None and other_begins > ends:
        return begins, ends
    return begins, None if ends is None or other_ends is None else max(ends, other_ends)


def invitations_of(ids: Iterable[int]) -> QuerySet[Invitation]:
    """Invitations to posts of these organisations that still wait for somebody."""
    return waiting().filter(organisation_id__in=list(ids))


def move_invitations(ids: Collection[int], after: int) -> int:
    """These invitations are to posts of `after`; whoever is invited there too stays invited once (`united`). How many."""
    now, ids, count = clock.now(), set(ids), 0
    people = Invitation.objects.filter(pk__in=ids).values("doc_index")
    concerned = Q(pk__in=ids) | Q(organisation_id=after, doc_index__in=people)
    rows = list(waiting().select_for_update(of=("self",)).filter(concerned).order_by("pk"))
    there = {row.doc_index: row for row in rows if row.pk not in ids}
    for row in (r for r in rows if r.pk in ids):
        row.organisation_id = after
        end_lapsed(row)
        remains, other = row, there.get(row.doc_index)
        if other is not None:  # the newer one tells the name and the number that were given last
            gives_way, remains = sorted((other, row), key=lambda i: (i.invited_at, i.pk))
            remains.roles, remains.valid_until = united(
                (other.roles, other.valid_until), (row.roles, row.valid_until), now
            )
            Invitation.objects.filter(pk=gives_way.pk).update(ended_at=now)
        try:
            with transaction.atomic():
                remains.save(update_fields=["organisation", "roles", "valid_until"])
        except IntegrityError:  # invited there at this very moment
            Invitation.objects.filter(pk=remains.pk).update(ended_at=now)
        there[remains.doc_index] = remains
        count += 1
    return count


#: Which posts, and until when (None: without end).
Promise = tuple[list[str], dt.datetime | None]


def united(one: Promise, other: Promise, now: dt.datetime) -> Promise:
    """One invitation in place of two for the same person. The longer period lasts, and one that has run out counts for
    nothing. Where the shorter one promised a post that the longer one did not, all of it lasts as long as the shorter: an
    invitation has one period, and nobody is to hold a post for a day that was never given."""
    ever = dt.datetime.max.replace(tzinfo=dt.UTC)
    alive = [(roles, until) for roles, until in (one, other) if until is None or until > now] or [one]
    alive.sort(key=lambda promise: promise[1] or ever)
    (short, soon), (long, late) = alive[0], alive[-1]
    return list(dict.fromkeys([*long, *short])), late if set(short) <= set(long) else soon
