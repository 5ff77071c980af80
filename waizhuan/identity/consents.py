"""To what an account's holder has agreed (Personal Information Protection Law, Art. 14, 15, 29): to the privacy terms, and
separately to the processing of identity documents, each in a version. A new version is asked for at the next sign-in."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from waizhuan.identity.models import Account, Organisation, Person, RealName
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.rules import OPEN, another_person
from waizhuan.identity.registration.models import Consent, HolderBefore
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.crypto import blind_index
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.words import say

PRIVACY, IDENTITY = "privacy", "identity"
#: Raised with the words of what is agreed to.
VERSIONS = {PRIVACY: "2026-11", IDENTITY: "2026-11"}
LABELS = {PRIVACY: say("个人信息保护说明"), IDENTITY: say("为实名认证处理证件信息")}


def missing(account_id: int, *texts: str) -> list[str]:
    """Which of these texts the account has not agreed to, in their version of now. One query."""
    given = Consent.objects.filter(account_id=account_id, withdrawn_at=None).values_list("text", "version")
    agreed = {text for text, version in given if VERSIONS.get(text) == version}
    return [text for text in texts if text not in agreed]


def due(account: Account) -> list[str]:
    """What is asked for at the door: the privacy terms; the documents as soon as somebody has begun to be verified. Four
    queries at most."""
    asked = missing(account.pk, PRIVACY, IDENTITY)
    if IDENTITY in asked and not _has_begun(account):
        asked.remove(IDENTITY)
    return asked


def _has_begun(account: Account) -> bool:
    if Case.objects.filter(asker_account=account, state__in=OPEN).exists():  # papers wait before any status is written
        return True
    if Person.objects.filter(account=account).exclude(real_name=RealName.NOT_STARTED).exists():
        return True
    never = Q(real_name=RealName.NOT_STARTED, agent_real_name=RealName.NOT_STARTED)
    return Organisation.objects.filter(account=account).exclude(never).exists()


def give(actor: Actor, account_id: int, texts: Collection[str]) -> None:
    """Agreed to, in the version of now. Agreeing again after a withdrawal counts from then; the audit log tells of both."""
    with transaction.atomic():
        for text in texts:
            Consent.objects.update_or_create(
                account_id=account_id,
                text=text,
                version=VERSIONS[text],
                defaults={"given_at": clock.now(), "withdrawn_at": None},
            )
        given = {text: VERSIONS[text] for text in texts}
        publish(Happened(actor, "consents.given", f"identity.account:{account_id}", given))


def withdraw(actor: Actor, account_id: int, text: str) -> None:
    """In every version. What was done until now stays lawful (Art. 15)."""
    with transaction.atomic():
        given = Consent.objects.filter(account_id=account_id, text=text, withdrawn_at=None)
        if given.update(withdrawn_at=clock.now()):
            publish(Happened(actor, "consents.withdrawn", f"identity.account:{account_id}", {"text": text}))


def end_all(account_id: int) -> None:
    """Another person holds the account from now on, and agrees for themselves: what the former one agreed to is not theirs,
    nor which other systems they let see what, nor a closing that they asked for. In the caller's transaction."""
    from waizhuan.identity.my_information import pending  # which stands on everything that a closing ends
    from waizhuan.identity.openid import grants

    pending.void(account_id)
    HolderBefore.objects.filter(account_id=account_id).delete()
    grants.end_all(account_id, why="account")
    if Consent.objects.filter(account_id=account_id, withdrawn_at=None).update(withdrawn_at=clock.now()):
        publish(Happened(the_system(), "consents.ended", f"identity.account:{account_id}", {}))


def corrected(account_id: int, before: tuple[str, str], after: tuple[str, str], *, written: bool = True) -> bool:
    """Name and number of the holder, before and after a correction. True where both have become other ones since the holder
    was last verified, at once or one after the other: another person, to whom nothing of the former one's passes. `written`:
    False for what is claimed and not decided. In the caller's transaction, with the account locked."""
    if before == after:
        return False
    was, is_ = _fingerprints(before), _fingerprints(after)
    row = HolderBefore.objects.filter(account_id=account_id).first()
    known = (row.name or was[0], row.number or was[1]) if row else was
    if another_person(known, is_):
        end_all(account_id)
        if Person.objects.filter(account_id=account_id).exists():  # a unit stays the unit, whoever acts for it
            from waizhuan.identity.openid import subjects

            subjects.renew(account_id)  # after the systems were told of the end, by the number that they know
        return True
    if written:
        name, number = known
        HolderBefore.objects.update_or_create(account_id=account_id, defaults={"name": name, "number": number})
    return False


def _fingerprints(known_by: tuple[str, str]) -> tuple[str, str]:
    name, number = known_by
    return blind_index("holder", name), blind_index("holder", number)


def verified(account_id: int) -> None:
    """It is known who the holder is: what was corrected until now were typing errors. In the caller's transaction."""
    HolderBefore.objects.filter(account_id=account_id).delete()


def page(back: str, text: str = "") -> str:
    """The address where what is due (and `text`) is asked for, and which then leads on to `back`."""
    return reverse("my_information.consent") + "?" + urlencode({"next": back, **({"for": text} if text else {})})
