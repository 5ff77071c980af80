"""Which verified unit of the platform an old unit is, and what follows: its projects become that unit's.

By the same credit code (present, or former and nobody's now); by the same name (present, former, or one the old system
noted) only where no other old unit claims that name. Rights follow from a match, so a unit that is not verified is never
matched, and what the ministry took back does not come back by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.events import Happened, publish
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject, LegacyUnit, Parted
from waizhuan.projects.legacy.rules import BY_NUMBER


def match_organisation(organisation_id: int) -> int:
    """Find this verified unit's old records, whenever it looks at them; how many old units were found to be it.

    Two queries where there is nothing new.
    """
    called = identity.called_by(organisation_id)
    if called is None:
        return 0
    names, codes = called
    open_units = LegacyUnit.objects.filter(organisation=None).filter(Q(uscc__in=codes) | Q(name_key__in=names, uscc=""))
    found = list(open_units.order_by("pk").only("uscc", "name_key")[:200])
    if found:
        parted = Parted.objects.filter(old__in=found, organisation_id=organisation_id)
        taken_back = set(parted.values_list("old_id", flat=True))
        found = [u for u in found if u.pk not in taken_back]
    unit = identity.verified_unit(organisation_id) if found else None
    if unit is None:
        return 0
    keys = {u.name_key for u in found if not u.uscc}
    claimed = _claimed_twice(keys)
    named = identity.verified_units(codes=(), names=keys)  # another unit may have the name now, or have had it
    mine = [u for u in found if u.uscc or (u.name_key not in claimed and named.get(u.name_key) == unit)]
    return settle([u.pk for u in mine], unit)


def match_units(units: Collection[int]) -> int:
    """The same for old units that were just imported; how many found their verified unit. Few queries for a whole batch."""
    rows = list(LegacyUnit.objects.filter(pk__in=units, organisation=None))
    by_code = identity.verified_units(
        codes={u.uscc for u in rows if u.uscc}, names={u.name_key for u in rows if not u.uscc}
    )
    claimed = _claimed_twice({u.name_key for u in rows if not u.uscc})
    chosen: dict[int, list[int]] = defaultdict(list)
    found: dict[int, identity.Organisation] = {}
    for row in rows:
        unit = by_code.get(row.uscc or row.name_key)
        if unit is not None and (row.uscc or row.name_key not in claimed):
            chosen[unit.pk].append(row.pk)
            found[unit.pk] = unit
    return sum(settle(ids, found[pk]) for pk, ids in chosen.items())


def _claimed_twice(keys: Collection[str]) -> set[str]:
    """Names that several old units without a credit code have: which of them it is, no name can tell."""
    seen: dict[str, int] = defaultdict(int)
    for key in LegacyUnit.objects.filter(name_key__in=keys, uscc="").values_list("name_key", flat=True):
        seen[key] += 1
    return {key for key, n in seen.items() if n > 1}


def settle(
    units: Collection[int],
    organisation: identity.Organisation,
    actor: Actor | None = None,
    evidence: str = "",
    why: str = "",
) -> int:
    """These old units are this unit: their projects are its own now, with whom their old accounts are linked to. `actor`: who
    decided it, where no rule did; `why`: in their own words."""
    with transaction.atomic():
        # held first: an import that is writing projects of them ends before, and what it wrote is seen below
        held = LegacyUnit.objects.select_for_update(of=("self",)).filter(pk__in=units, organisation=None)
        ours = list(held.order_by("pk").values_list("pk", flat=True))
        if actor is None:  # asked on the locked rows: the ministry may have taken it back a moment ago
            parted = Parted.objects.filter(old__in=ours, organisation=organisation).values_list("old_id", flat=True)
            ours = sorted(set(ours) - set(parted))
        count = LegacyUnit.objects.filter(pk__in=ours).update(
            organisation=organisation,
            matched_at=clock.now(),
            matched_by_id=actor.account_id if actor else None,
            matched_why=why,
        )
        # whoever is linking one of their accounts ends before, or sees below whose the projects are
        theirs = LegacyProject.objects.filter(unit_id__in=ours)
        accounts = LegacyAccount.objects.filter(pk__in=theirs.values("account_id"))
        list(accounts.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        own_projects(theirs.values_list("pk", flat=True))
        if count:
            publish(
                Happened(
                    actor or the_system(),
                    "legacy.unit_matched",
                    f"identity.organisation:{organisation.pk}",
                    {"units": count, "old": list(ours)[:20], "evidence": why or evidence},
                )
            )
    return count


def own_projects(projects: Collection[int]) -> int:
    """Projects that had no owner yet get the one that follows from their unit and their old account. One statement.

    The same number makes somebody the lead wherever the account led; what one unit said of its account, in that unit alone."""
    unit = LegacyUnit.objects.filter(pk=OuterRef("unit_id"), organisation__isnull=False)
    here = LegacyUnit.objects.filter(pk=OuterRef(OuterRef("unit_id"))).values("organisation_id")
    linked = LegacyAccount.objects.filter(pk=OuterRef("account_id"), account__isnull=False).filter(
        Q(linked_how=BY_NUMBER) | Q(unit__organisation_id__in=here)
    )
    return LegacyProject.objects.filter(Exists(unit), pk__in=projects, organisation=None).update(
        organisation_id=Subquery(unit.values("organisation_id")[:1]),
        lead_id=Subquery(linked.values("account_id")[:1]),
        version=F("version") + 1,
        updated_at=clock.now(),
    )
