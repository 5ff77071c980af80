"""Setting up and checking second factors. Each function is one transaction; every change is told to the account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import pyotp
import segno
from django.conf import settings
from django.db import connection, transaction

from waizhuan.identity import rate
from waizhuan.identity.actors import active_mandates, actor_of
from waizhuan.identity.models import Account
from waizhuan.identity.passwords import Argon2id
from waizhuan.identity.second_factor import rules
from waizhuan.identity.second_factor.models import Authenticator, Passkey, RecoveryCode
from waizhuan.identity.sign_in import not_me
from waizhuan.kernel import clock, crypto, roles
from waizhuan.kernel.actor import the_system
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say

STEP = 30  # seconds that a code of an authenticator app lasts
CODES = 10
TELL_AFTER, WINDOW = 3, 3600  # wrong second steps, in so many seconds
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, no 1/I


@dataclass(frozen=True, slots=True)
class Held:
    """What the account has set up."""

    authenticator: bool
    passkeys: int
    codes_left: int

    @property
    def any(self) -> bool:
        return self.authenticator or self.passkeys > 0


def held_by(account: Account) -> Held:
    """Three queries, on indexes."""
    return Held(
        Authenticator.objects.filter(account=account, confirmed_at__isnull=False).exists(),
        Passkey.objects.filter(account=account).count(),
        RecoveryCode.objects.filter(account=account, used_at=None).count(),
    )


_ANY = """
SELECT 1 FROM second_factor_authenticator WHERE account_id = %s AND confirmed_at IS NOT NULL
UNION ALL SELECT 1 FROM second_factor_passkey WHERE account_id = %s
"""


def has_any(account: Account) -> bool:
    """Is there anything to confirm with? Every sign-in asks: one statement, written by hand (docs/adr/0007)."""
    with connection.cursor() as cursor:
        cursor.execute(_ANY, [account.pk, account.pk])
        return cursor.fetchone() is not None


def needed_by_roles(account: Account) -> bool:
    """Does a role of this account only work after a second factor?"""
    if settings.ENV["SECOND_FACTOR"] != "required":
        return False
    held = active_mandates().filter(account=account).values_list("role", flat=True)
    return any(roles.role(code).second_factor for code in held)


# ---------------------------------------------------------------- the authenticator app


def begin_authenticator(account: Account) -> Authenticator:
    """The row whose `offered` secret waits to be confirmed; opening the page again shows the same one. The app that is in use
    goes on until the first code of its successor: a role that needs it is never without one."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        row, _ = Authenticator.objects.get_or_create(account=account, defaults={"secret": pyotp.random_base32()})
        if not row.offered:
            row.successor = pyotp.random_base32()
            row.save(update_fields=["successor"])
    return row


def address_of(row: Authenticator) -> str:
    """What the square code says (otpauth://)."""
    return pyotp.TOTP(row.offered).provisioning_uri(name=row.account.login_name, issuer_name="Waizhuan")


def picture_of(address: str) -> str:
    """The square code as an SVG element, without a style: our policy allows none."""
    return segno.make(address, error="m").svg_inline(scale=5, border=2, dark="#000", light="#fff", omitsize=False)


def _step_of(secret: str, code: str) -> int:
    """The time step whose code this is, one before and one after allowed; 0 where it is none."""
    digits = "".join(str(int(c)) for c in code[:12] if c.isdecimal())
    now = int(clock.now().timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    for step in (now, now - 1, now + 1):
        if len(digits) == 6 and secrets.compare_digest(totp.at(step * STEP), digits):
            return step
    return 0


def confirm_authenticator(account: Account, code: str) -> Verdict:
    """The first code shows that the app has the secret that was offered."""
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(account=account).first()
        if row is None:
            return _wrong()
        if row.confirmed_at and not row.successor and row.last_step and row.last_step == _step_of(row.secret, code):
            return YES  # pressed twice; while a successor waits, the old phone's number is a wrong one
        step = _step_of(row.offered, code) if row.offered else 0
        if not step:
            return _wrong()
        what = say("换了验证器") if row.confirmed_at else say("加上了验证器")
        row.secret, row.successor, row.confirmed_at, row.last_step = row.offered, "", clock.now(), step
        row.save(update_fields=["secret", "successor", "confirmed_at", "last_step"])
        _told(account, what)
    return YES


def check_authenticator(account: Account, code: str) -> Verdict:
    """Is it the app's code of now? Each works once."""
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(account=account, confirmed_at__isnull=False).first()
        step = _step_of(row.secret, code) if row else 0
        if row is None or not step:
            return _wrong()
        if step <= row.last_step:
            return no(say("这个验证码已经用过了，请等验证器显示下一个"), field="code", code="G6")
        row.last_step = step
        row.save(update_fields=["last_step"])
    return YES


def _wrong() -> Verdict:
    return no(say("验证码不对。请看验证器上现在的 6 位数字；手机的时间要准"), field="code", code="G6")


# ---------------------------------------------------------------- recovery codes


def _fingerprint(account_id: int, code: str) -> str:
    plain = "".join(c for c in code.upper() if c in ALPHABET)
    return crypto.blind_index(f"recovery-code:{account_id}", plain)


def _hashed(fingerprint: str, like: str) -> str:
    """Hashed slowly with the salt, and at the cost, of another one of its set."""
    hasher = Argon2id()
    made = hasher.decode(like)
    hasher.time_cost, hasher.memory_cost, hasher.parallelism = (
        made[cost] for cost in ("time_cost", "memory_cost", "parallelism")
    )
    return str(hasher.encode(fingerprint, made["salt"]))


def new_codes(account: Account) -> list[str]:
    """Ten fresh codes; the old ones are void. They are shown once."""
    codes = ["-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(CODES)]
    hasher = Argon2id()
    salt = hasher.salt()
    rows = [RecoveryCode(account=account, fingerprint=hasher.encode(_fingerprint(account.pk, c), salt)) for c in codes]
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        RecoveryCode.objects.filter(account=account).delete()
        RecoveryCode.objects.bulk_create(rows)
        _told(account, say("换了一组恢复码"))
    return codes


def use_code(account: Account, code: str) -> Verdict:
    """Spend one recovery code. One slow hash, however many are left, and whether it is right or wrong."""
    given = _fingerprint(account.pk, code[:40])
    left = RecoveryCode.objects.filter(account=account, used_at=None)
    sets = {kept.rpartition("$")[0]: kept for kept in left.values_list("fingerprint", flat=True) if "$" in kept}
    meant = [given, *(_hashed(given, like) for like in sets.values())]
    with transaction.atomic():
        spent = left.filter(fingerprint__in=meant).update(used_at=clock.now())
        if spent:
            _told(account, say("用了一个恢复码"))
    return YES if spent else no(say("这个恢复码不对，或者已经用过了"), field="code", code="G6")


# ---------------------------------------------------------------- taking away


def remove_authenticator(account: Account) -> None:
    """Raises Refused where a role needs a second factor and no other is there."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        _refuse(rules.may_remove(left=account.passkeys.count(), roles_need_it=needed_by_roles(account)))
        if Authenticator.objects.filter(account=account).delete()[0]:
            _gone(account, say("去掉了验证器"))


def remove_passkey(account: Account, pk: int) -> None:
    """Another account's passkey is not there. Raises Refused."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        held = held_by(account)
        left = held.passkeys - 1 + held.authenticator
        _refuse(rules.may_remove(left=left, roles_need_it=needed_by_roles(account)))
        if Passkey.objects.filter(account=account, pk=pk).delete()[0]:
            _gone(account, say("去掉了一把通行密钥"))


def remove_all(account: Account) -> None:
    """After an appeal: the new holder sets up their own. In the caller's transaction."""
    for model in (Authenticator, Passkey, RecoveryCode):
        model.objects.filter(account=account).delete()


def _gone(account: Account, what: Words) -> None:
    if not has_any(account):
        RecoveryCode.objects.filter(account=account).delete()
    _told(account, what)


def _refuse(verdict: Verdict) -> None:
    if not verdict.ok:
        raise Refused(verdict)


def within(account: Account, network: str) -> Verdict:
    """One more try, wherever a second step is asked for. A stranger who knows the password uses up the tries of the own
    network only."""
    for key, times in ((f"second-factor:{account.pk}:{network}", 10), (f"factor:{account.pk}", 30)):
        verdict = rate.limit(key, times=times, seconds=900)
        if not verdict:
            return verdict
    return YES


#: By the first step that was right (`entering`), what is in other hands; else somebody has just reset the password.
TOLD = {
    "password": "second_factor.failing",
    "code": "second_factor.failing_code",
    "session": "second_factor.failing_inside",
}


def failed(account: Account, way: str, *, after: str) -> None:
    """A second step that was wrong, for the audit log: who gets so far and no further deserves a look. After a few the owner
    is told, once in a while, what is in other hands. `after`: the first step; "session": of somebody who is signed in."""
    subject = f"identity.account:{account.pk}"
    publish(Happened(the_system("door"), "second_factor.failed", subject, {"way": way, "after": after}))
    told = TOLD.get(after, "second_factor.failing_reset")
    if rate.count(f"{told}:{account.pk}", seconds=WINDOW) == TELL_AFTER:
        publish(
            Tell(
                told,
                accounts=(account.pk,),
                context={"n": TELL_AFTER, "undo": not_me.address(account)},
                link=not_me.path(account),
                sms=True,
            )
        )


def _told(account: Account, what: Words) -> None:
    publish(
        Happened(actor_of(account), "second_factor.changed", f"identity.account:{account.pk}", {"what": what.msgid}),
        Tell(
            "second_factor.changed",
            accounts=(account.pk,),
            context={"what": str(what), "undo": not_me.address(account)},
            link=not_me.path(account),
            sms=True,
        ),
    )
