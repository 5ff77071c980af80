"""Finding the account that somebody means, and checking that it is theirs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from waizhuan.identity import password_check, rate
from waizhuan.identity.actors import active_mandates, actor_of
from waizhuan.identity.models import Account, LoginAlias, Organisation, compare_key
from waizhuan.identity.sign_in import not_me, sessions
from waizhuan.kernel import clock, crypto
from waizhuan.kernel.actor import the_system
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.reading import the_one
from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import Words, say, say_n
from waizhuan.shared.notify import api as notify
from waizhuan.shared.refdata import old_logins
from waizhuan.shared.refdata.phones import read_phone

WINDOW = 15 * 60
TRIES = 10  # per account and network in a window
CAPTCHA_AFTER = 3
FROM_ONE_NETWORK = 100
FROM_EVERYWHERE = 20  # failures for one account: strangers get the captcha, nobody is locked out
ASKED = "sign_in_asked"  # session: see `browser`

#: A hash of nothing that anybody knows: checking it takes as long as checking a real one.
_NOBODY = ""


def _nobody() -> str:
    global _NOBODY
    if not _NOBODY:
        _NOBODY = make_password("nobody")
    return _NOBODY


@dataclass(frozen=True, slots=True)
class Meant:
    """The account that a typed name means; `became`: the name under which an old login name lives now (F8)."""

    account: Account | None
    became: str = ""


def meant_by(typed: str) -> Meant:
    """By login name (`named`), or by a verified mobile number. At most four queries."""
    meant = named(typed)
    phone = read_phone(typed, mobile=True) if meant.account is None else None
    return Meant(by_phone(phone.e164)) if phone is not None and phone.verdict.ok else meant


def named(typed: str) -> Meant:
    """By login name in any case, or by an old login name with its prefix or without (F8). At most three queries."""
    key = compare_key(typed)[:60]
    if not key:
        return Meant(None)
    account = the_one(Account.objects.filter(login_key=key, closed_at=None))
    if account:
        return Meant(account)
    keys = [key, old_logins.without_prefix(key)]
    aliases = LoginAlias.objects.select_related("account").filter(key__in=keys, account__closed_at=None)
    alias = min(aliases, key=lambda a: keys.index(a.key), default=None)
    if alias:
        return Meant(alias.account, alias.account.login_name)
    prefixed = the_one(Account.objects.filter(login_key=old_logins.KEY_PREFIX + key, closed_at=None))
    if prefixed:
        return Meant(prefixed, prefixed.login_name)
    return Meant(None)


def by_phone(e164: str) -> Account | None:
    """The natural person whose verified mobile this is."""
    return Account.objects.of_mobile(crypto.blind_index("phone", e164)).first()


def _counted_as(typed: str) -> str:
    """Under what name tries are counted: a mobile number has one budget, however it is written."""
    phone = read_phone(typed, mobile=True)
    return phone.e164 if phone.verdict.ok else compare_key(typed)


def needs_captcha(request: HttpRequest, typed: str) -> bool:
    """Only where risk calls for it (G1): after failures here, many from this network, or many for this account from
    wherever (a guess in each of a thousand networks). A browser that the account knows answers for its own failures."""
    if not settings.CAPTCHA_ON:
        return False
    key, network = _counted_as(typed), rate.network_of(request)
    counters = (f"sign-in:{key}:known", f"sign-in:{key}:{network}", f"sign-in-net:{network}", f"sign-in-all:{key}")
    known, strangers, neighbours, all_over = rate.spent_each(*counters, seconds=WINDOW)
    own = known >= CAPTCHA_AFTER
    risky = strangers >= CAPTCHA_AFTER or neighbours >= FROM_ONE_NETWORK // 5 or all_over >= FROM_EVERYWHERE
    if not own and not risky:
        return False
    account = meant_by(typed).account
    return own if account is not None and sessions.is_known(request, account) else risky


def authenticate(request: HttpRequest, typed: str, password: str) -> tuple[Meant, Verdict]:
    """Whose account it is if the password is right; one answer, and one time, for every way in which it is not (E2).

    A browser that the account knows has a budget of its own, which no stranger's failures use up.
    """
    meant = meant_by(typed)
    known = meant.account is not None and sessions.is_known(request, meant.account)
    name = _counted_as(typed)
    key = f"sign-in:{name}:" + ("known" if known else rate.network_of(request))
    network = f"sign-in-net:{rate.network_of(request)}"
    within = rate.allowed(key, times=TRIES, seconds=WINDOW)
    if within and not known:
        within = rate.allowed(network, times=FROM_ONE_NETWORK, seconds=WINDOW)
    if not within:
        return Meant(None), _no(within.reason)
    right = check_password(password, meant.account.password if meant.account else _nobody())
    if meant.account and right and not meant.account.locked_at and meant.account.is_active:
        rate.forget(key, seconds=WINDOW)
        return meant, YES
    left = TRIES - rate.count(key, seconds=WINDOW)
    rate.count(network, seconds=WINDOW)
    rate.count(f"sign-in-all:{name}", seconds=WINDOW)
    _failed(request, meant.account)
    if meant.account and right:
        return Meant(None), locked(meant.account)
    if settings.RATE_LIMITS_ON and left <= 5:
        return Meant(None), _no(say_n("登录名或密码不对，还可以试 {n} 次", max(0, left)))
    return Meant(None), _no(say("登录名或密码不对"))


def _failed(request: HttpRequest, account: Account | None) -> None:
    """For the audit log: a try that failed, on which account, from where. Never what was typed; and a name that nobody
    has costs the same entry, so that the time tells nothing either."""
    subject = f"identity.account:{account.pk if account else 0}"
    publish(Happened(the_system("door"), "sign_in.failed", subject, {"network": rate.network_of(request)}))


def locked(account: Account, *, field: str = "") -> Verdict:
    """For whoever has proved that it is theirs: why it lets nobody in, and the way that leads out. Recovery lifts "this was not
    me"; what an operator locked, an appeal."""
    if account.is_active or account.closed_at:
        return no(
            say("这个账号已经锁定。请找回账号后再登录"),
            code="E2",
            field=field,
            remedy=Remedy("recovery.start", say("登录不了，怎么办")),
        )
    return no(
        say("平台锁定了这个账号。要恢复，请办理申诉"),
        code="E10",
        field=field,
        remedy=Remedy("appeals.start", say("去申诉")),
    )


def _no(reason: Words) -> Verdict:
    """Not in, and the way back in."""
    return no(reason, code="E2", remedy=Remedy("recovery.start", say("登录不了，怎么办")))


def may_send_code(request: HttpRequest, e164: str) -> Verdict:
    """A browser that the account knows has the budget of its codes; all others share that of their network, so that no single
    one uses up what this number may get."""
    account = by_phone(e164)
    known = account is not None and sessions.is_known(request, account)
    return YES if known else within_network(request, "code", e164)


def within_network(request: HttpRequest, errand: str, to: str) -> Verdict:
    """One code more of this errand for this network, and from there to this destination (or account, as it was typed)."""
    network = rate.network_of(request)
    within = rate.limit(f"{errand}-net:{network}", times=20, seconds=3600)
    return within and rate.limit(f"{errand}-to:{to}:{network}", times=notify.codes.AN_HOUR, seconds=3600)


def browser(request: HttpRequest) -> str:
    """Whom codes are for that this browser asks for: nobody else voids them by asking for another one, or by wrong answers."""
    return str(request.session.setdefault(ASKED, secrets.token_urlsafe(16)))


def send_code(request: HttpRequest, e164: str) -> None:
    """A code to whom this number signs in. The answer, and the time it takes, are the same where it is nobody's."""
    holder = browser(request)
    account = by_phone(e164)
    if account is not None:
        notify.codes.issue(_codes_for(request, account), e164, at_once=False, holder=holder)


def _codes_for(request: HttpRequest, account: Account) -> str:
    return "sign_in.known" if sessions.is_known(request, account) else "sign_in"


def check_code(request: HttpRequest, e164: str, code: str) -> tuple[Account | None, Verdict]:
    """Whose account it is if this is the code that was sent to this browser's reader; every no is the same."""
    account, holder = by_phone(e164), str(request.session.get(ASKED, ""))
    right = (
        account is not None
        and bool(holder)
        and notify.codes.check(_codes_for(request, account), e164, code, holder=holder).ok
    )
    if account is not None and right and account.is_active and not account.locked_at:
        return account, YES
    return None, no(say("验证码不对或已过期，请核对最新收到的那一条，或重新获取"), field="code")


def password_expired(account: Account, *, has_second: bool) -> bool:
    """E5: only where expiry is switched on; beside a second factor it has a switch of its own, which is off by default."""
    days = settings.ENV["PASSWORD_DAYS_SECOND_FACTOR" if has_second else "PASSWORD_DAYS"]
    return bool(days) and (clock.now() - account.password_changed_at).days >= days


def password_objections(account: Account, password: str) -> list[Verdict]:
    """Everything that speaks against this password for this account, at once."""
    person = getattr(account, "person", None)
    words = [account.login_name, person.name if person else "", *_units_of(account)]
    found = password_check.objections(password, words)
    if account.has_usable_password() and check_password(password, account.password):
        found.append(no(say("新密码不能和现在的一样"), field="password", code="B4"))
    return found


def _units_of(account: Account) -> list[str]:
    """The full names of the unit whose account it is, or for which the person may act. One query."""
    acted_for = active_mandates().filter(account=account).values("organisation_id")
    found = Organisation.objects.filter(Q(account=account) | Q(pk__in=acted_for))
    return list(found.values_list("name", flat=True)[:50])


def set_password(account: Account, password: str, *, verb: str, keep_session: str = "") -> None:
    """Set the password and end every other session, in one transaction (E4, E7). It lifts "this was not me", and is refused
    where the platform locked the account: what an operator did only operators undo. Raises Refused with every objection."""
    objections = password_objections(account, password)
    if objections:
        raise Refused(*objections)
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        if not row.is_active:
            raise Refused(locked(row))
        row.set_password(password)
        row.password_changed_at = clock.now()
        row.locked_at = None
        row.save(update_fields=["password", "password_changed_at", "locked_at"])
        sessions.end_others(row, but=keep_session)
        publish(
            Happened(actor_of(row), verb, f"identity.account:{row.pk}", {}),
            Tell(
                "sign_in.password_changed",
                accounts=(row.pk,),
                context={"undo": not_me.address(row)},
                link=not_me.path(row),
                sms=True,
            ),
        )
    account.password, account.sessions_from = row.password, row.sessions_from
