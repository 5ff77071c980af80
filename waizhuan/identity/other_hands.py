"""An account passes into other hands (an appeal, a new main agent): nothing that its previous holder knows or holds opens
it any more, and the new holder gets a one-time link."""

from __future__ import annotations

from django.db import transaction

from waizhuan.identity import consents
from waizhuan.identity.contact_change.models import ContactChange
from waizhuan.identity.models import Account
from waizhuan.identity.second_factor import factors
from waizhuan.identity.sign_in import links, sessions
from waizhuan.identity.sign_in.models import PasswordLink
from waizhuan.kernel import clock
from waizhuan.shared.notify import api as notify


def pass_on(account: Account, *, phone: str, email: str = "", why: str, target: str = "") -> tuple[PasswordLink, str]:
    """Write the new, proved phone (and an e-mail address that is still to be proved); end the password, the sessions, the
    second factors, trusted browsers, codes, earlier links, the systems that were entered and what was agreed to. Returns the
    link and its address.

    `account` is locked by the caller, in whose transaction this happens. Raises IntegrityError where the phone is another
    person's.
    """
    now = clock.now()
    before = (account.phone, account.email)
    account.phone, account.phone_verified_at = phone, now
    account.email, account.email_verified_at = email, None
    account.set_unusable_password()
    account.password_changed_at = account.trust_from = now
    if account.is_active:  # else an operator locked it, and only operators unlock it
        account.locked_at = None
    with transaction.atomic():
        account.save()
    sessions.end_others(account)
    factors.remove_all(account)
    notify.codes.void(*before)
    consents.end_all(account.pk)
    ContactChange.objects.filter(account=account, settled_at=None).update(settled_at=now)
    return links.make(account, why=why, target=target)
