"""Changing a phone or an e-mail address: proved by a code to the new one, told to the old one, undone from there."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse

from waizhuan.identity.actors import actor_of
from waizhuan.identity.contact_change import rules
from waizhuan.identity.contact_change.models import ContactChange
from waizhuan.identity.models import Account, Kind
from waizhuan.identity.sign_in import not_me, sessions
from waizhuan.kernel import clock, crypto, refusals
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.notify import api as notify
from waizhuan.shared.refdata.masks import mask_phone

PURPOSE = "contact_change"
SALT = "contact-undo"
DAYS = 7
#: Whoever takes an account over changes one contact after the other: what came shortly before is put back too.
SHORTLY_BEFORE = dt.timedelta(hours=24)


def send_code(account: Account, channel: str, to: str) -> Verdict:
    """A code that opens nothing but this account's change to this contact."""
    return notify.codes.issue(PURPOSE, to, channel, holder=str(account.pk)).verdict


def check_code(account: Account, to: str, code: str) -> Verdict:
    return notify.codes.check(PURPOSE, to, code, holder=str(account.pk))


def holder_of(phone: str, *, but: Account) -> Account | None:
    """The other natural person whose verified mobile this is."""
    if but.kind != Kind.NATURAL:
        return None
    return Account.objects.of_mobile(crypto.blind_index("phone", phone), but=but.pk).first()


def change(account: Account, channel: str, to: str, *, take: bool = False) -> None:
    """Write the proved new contact. `take`: the number is in this person's hands now, the other account loses it.
    Raises Refused where another account holds it."""
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        before = row.email if channel == "email" else row.phone
        if before == to:
            return
        if channel == "email":
            row.email, row.email_verified_at = to, clock.now()
        else:
            other = holder_of(to, but=row)
            if other is not None:
                _release(other, to, take)
            row.phone, row.phone_verified_at = to, clock.now()
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise Refused(_taken()) from error
        kept = ContactChange.objects.create(account=row, channel=channel, before=before, after=to)
        _told(row, kept, before)


def _taken() -> Verdict:
    return no(say("这个手机号已绑定另一个账号"), field="phone", code="E6")


def _release(other: Account, phone: str, take: bool) -> None:
    if not take:
        raise Refused(_taken())
    Account.objects.filter(pk=other.pk).update(phone_verified_at=None)
    publish(
        Happened(actor_of(other), "contact_change.taken", f"identity.account:{other.pk}", {}),
        Tell(
            "contact_change.taken",
            accounts=(other.pk,),
            context={"phone": mask_phone(phone)},
            link=reverse("contact_change.phone"),
        ),
    )


def _told(row: Account, kept: ContactChange, before: str) -> None:
    """The old contact is told with a link to undo; and so is the inbox."""
    link = reverse("contact_change.undo", args=[signing.dumps(kept.pk, salt=SALT)])
    context = {"undo": settings.BASE_URL + link}
    where = {"email": before} if kept.channel == "email" else {"phone": before}
    if before:
        notify.send_to(
            "contact_change.changed", context, key=f"contact-change:{kept.pk}", language=row.language, **where
        )
    publish(
        Happened(actor_of(row), "contact_change.changed", f"identity.account:{row.pk}", {"channel": kept.channel}),
        # an address that is added is nobody's loss of a contact: the phone hears of it
        Tell("contact_change.changed", accounts=(row.pk,), context=context, link=link, sms=kept.channel == "email"),
    )


def speaks_for_holder(account: Account, channel: str) -> bool:
    """Has the account had its present contact long enough to confirm what only its holder may do? One query. What came with
    the account into other hands was confirmed by others, and counts."""
    changes = ContactChange.objects.filter(account=account, channel=channel, settled_at=None, undone_at=None)
    last = changes.order_by("-pk").values_list("at", flat=True).first()
    return rules.speaks_for_holder(last, clock.now())


def undoable(token: str) -> ContactChange | None:
    """The change of an undo link, for seven days, until it was undone."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=DAYS * 86400)
    except signing.BadSignature:
        refusals.notice(refusals.LINK)
        return None
    since = clock.now() - dt.timedelta(days=DAYS)
    rows = ContactChange.objects.select_related("account").filter(
        pk=pk, at__gt=since, settled_at=None, account__closed_at=None
    )
    return rows.first()


def undo(kept: ContactChange) -> None:
    """Put the previous contacts back and lock the account, until its holder recovers it. Twice is once.

    Later changes, of either contact, go with it: their links went to contacts of whoever made this one, and a contact of
    theirs that stayed would recover the account.
    """
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=kept.account_id)
        since = kept.at - SHORTLY_BEFORE
        gone = list(
            ContactChange.objects.filter(account=row, at__gte=since, undone_at=None, settled_at=None).order_by("-pk")
        )
        if kept.pk not in {change.pk for change in gone}:
            return
        ContactChange.objects.filter(pk__in=[change.pk for change in gone]).update(undone_at=clock.now())
        for change in gone:  # the newest first: what was before the oldest remains
            if change.channel == "email":
                row.email, row.email_verified_at = change.before, None
            else:
                row.phone, row.phone_verified_at = change.before, None
        row.save()
        sessions.end_others(row)
        publish(Happened(actor_of(row), "contact_change.undone", f"identity.account:{row.pk}", {}))
        not_me.lock(row)
