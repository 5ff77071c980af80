"""Makes the spreadsheets that were asked for, and throws them away when their day is over."""

from __future__ import annotations

import datetime as dt
import logging
import secrets

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from waizhuan.identity.api import Account, actor_of
from waizhuan.kernel import clock
from waizhuan.kernel.events import Tell, publish
from waizhuan.kernel.jobs import every
from waizhuan.projects.lookup import queries, rules, spreadsheet
from waizhuan.projects.lookup.models import Export
from waizhuan.shared.documents import stores
from waizhuan.shared.flow.api import link

log = logging.getLogger("waizhuan.lookup")
#: a worker that has not been heard of for so long is dead; its export begins anew
SILENT = dt.timedelta(minutes=2)
AT_ONCE = 50
#: an export on which so many workers died is given up
TRIES = 3


@every(seconds=1)
def make_exports() -> int:
    """The oldest export that waits; how many were made. A killed worker's is taken up again."""
    made = _take()
    if made is None:
        return 0
    try:
        _make(made)
    except Exception:
        log.exception("an export failed", extra={"export": made.pk})
        _give_up(made)
    return 1


def _give_up(export: Export) -> None:
    """It is over, and whoever asked is told."""
    with transaction.atomic():
        if Export.objects.filter(pk=export.pk, state="working").update(state="failed"):
            publish(Tell("lookup.failed", accounts=(export.account_id,), link=link("lookup.exports", ())))


def _take() -> Export | None:
    with transaction.atomic():
        dead = Q(state="working", beat_at__lt=clock.now() - SILENT)
        found = (
            Export.objects.select_for_update(skip_locked=True).filter(Q(state="waiting") | dead).order_by("id").first()
        )
        if found is not None and found.tries >= TRIES:
            log.error("an export was given up", extra={"export": found.pk, "tries": found.tries})
            _give_up(found)
            return None
        if found is not None:
            found.tries += 1
            found.state, found.beat_at, found.rows_done = "working", clock.now(), 0
            found.save(update_fields=["state", "beat_at", "rows_done", "tries"])
    return found


def _make(export: Export) -> None:
    account = Account.objects.get(pk=export.account_id)
    # what may be seen is asked again now: who lost the post meanwhile gets an empty sheet
    actor = actor_of(account, acting_for=export.organisation_id, second_factor=export.second_factor)
    rows = queries.rows(export.kind, actor, export.conditions)
    if not rules.may_look(actor).ok or actor.organisation_id != export.organisation_id:
        rows = rows.none()
    mine = Export.objects.filter(pk=export.pk, state="working")
    mine.update(rows_total=rows.count())
    with translation.override("en" if account.language.startswith("en") else "zh-hans"):
        content = spreadsheet.write(
            rows,
            export.kind,
            personal=export.personal,
            title=str(rules.KINDS[export.kind]),
            told=lambda n: mine.update(rows_done=n, beat_at=clock.now()),
        )
    key = secrets.token_hex(20)
    stores.put(key, content)
    with transaction.atomic():
        done = mine.update(state="done", key=key, expires_at=clock.now() + rules.KEPT)
        export.refresh_from_db(fields=["rows_done"])
        if done:
            publish(
                Tell(
                    "lookup.ready",
                    accounts=(account.pk,),
                    context={"rows": export.rows_done},
                    link=link("lookup.exports", ()),
                )
            )
    if not done:  # taken for dead, another worker has made it meanwhile: nothing would ever throw this file away
        stores.store().delete(key)


@every(seconds=600)
def throw_away() -> int:
    """Files whose day is over; how many."""
    over = Export.objects.filter(state="done", expires_at__lt=clock.now()).order_by("expires_at")[:AT_ONCE]
    count = 0
    for export in over:
        stores.store().delete(export.key)
        count += Export.objects.filter(pk=export.pk, state="done").update(state="gone", key="")
    return count
