"""From a session to an `Actor`: two queries (two more for who lost what they chose), whatever the size of the data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from waizhuan.identity.backend import AccountBackend
from waizhuan.identity.models import Account, Kind, Mandate, Organisation, OrganisationKind, RealName
from waizhuan.kernel import clock, roles
from waizhuan.kernel.actor import ANONYMOUS, ActingFor, Actor

ACTING_FOR = "acting_for"  # session key: id of the organisation; 0 = for oneself
EXPIRED = "password_expired"  # session: begun by a password that has expired, and not yet changed (E5)
UNAGREED = "unagreed"  # session: begun without having agreed to the terms (`consents`)
ANOTHER = "another"  # its value where somebody else than who agreed holds the account from now on
SECOND_FACTOR = "second_factor_at"  # session key: when a second factor confirmed this session
BEGAN = "began_at"  # session key: when this session began (ISO, UTC)
LONGEST = dt.timedelta(hours=12)  # however busy, a session ends after a working day (NIST SP 800-63B-4, AAL2)

#: An account with who it is and the posts that it holds now (`active_mandates`), a row each; of a unit's account, its unit.
#: By hand, because every request pays for it: docs/adr/0007-who-acts-in-one-statement.md.
_WHO = """
SELECT a.password, a.login_name, a.kind, a.language, p.name, p.real_name, m.role,
       o.id, o.name, o.kind, o.real_name, o.agent_name, o.agent_real_name,
       a.is_active AND a.locked_at IS NULL AND a.closed_at IS NULL AND a.sessions_from <= %(began)s
FROM identity_account a
LEFT JOIN identity_person p ON p.account_id = a.id
LEFT JOIN identity_organisation u ON u.account_id = a.id
LEFT JOIN identity_mandate m ON m.account_id = a.id AND a.kind = 'natural' AND m.withdrawn_at IS NULL
     AND m.valid_from <= %(now)s AND (m.valid_until IS NULL OR m.valid_until > %(now)s)
LEFT JOIN identity_organisation o ON o.id = COALESCE(m.organisation_id, u.id)
WHERE a.id = %(account)s ORDER BY m.id
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of `_WHO`."""

    password: str
    login_name: str
    kind: str
    language: str
    name: str | None  # None: no natural person
    real_name: str | None
    role: str | None
    organisation: int | None  # of the post, or the unit whose account this is
    organisation_name: str
    organisation_kind: str
    organisation_real_name: str
    agent_name: str
    agent_real_name: str
    goes_on: bool  # an open account, and a session that nobody ended


def _rows(account_id: int, began: dt.datetime) -> list[_Row]:
    now = clock.now()
    moment = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(_WHO, {"account": account_id, "now": moment(now), "began": moment(began)})
        return [_Row(*row) for row in cursor.fetchall()]


def actor_for(request: HttpRequest) -> Actor:
    """Who acts in this request. A session of a closed or locked account, or one that was ended, is nobody's."""
    session = request.session
    if SESSION_KEY not in session:
        return ANONYMOUS
    began = _began(session.get(BEGAN))
    account_id = int(session[SESSION_KEY])
    rows = _rows(account_id, began or clock.now())
    # a password, or a key of the server, that was changed: Django knows which, and ends the session or renews its mark
    if (not rows or not _is_of(session.get(HASH_SESSION_KEY), rows[0])) and not isinstance(get_user(request), Account):
        return ANONYMOUS
    if not rows or not began or began < clock.now() - LONGEST or not rows[0].goes_on:
        session.flush()
        return ANONYMOUS
    # by its id: the mark was checked above, and may have changed since
    request.user = SimpleLazyObject(lambda: AccountBackend().get_user(account_id))  # type: ignore[assignment]
    confirmed = bool(session.get(SECOND_FACTOR))
    chosen = session.get(ACTING_FOR)
    actor = _actor(account_id, rows, chosen if isinstance(chosen, int) else None, confirmed)
    expired, unagreed = bool(session.get(EXPIRED)), bool(session.get(UNAGREED))
    return replace(actor, password_expired=expired, unagreed=unagreed) if expired or unagreed else actor


def _began(value: object) -> dt.datetime | None:
    """When the session began. Every way in notes it: a session that does not say is nobody's."""
    return dt.datetime.fromisoformat(str(value)) if value else None


def _is_of(mark: str | None, row: _Row) -> bool:
    """Does the session's mark fit the password that the account has now?"""
    return constant_time_compare(mark or "", Account(password=row.password).get_session_auth_hash())


def actor_of(user: Account, *, acting_for: int | None = None, second_factor: bool = False) -> Actor:
    """The actor of an account. `acting_for`: None = the only organisation if there is just one; 0 = for oneself. Whoever lost
    the one that they chose acts for nobody until they choose again: a form that lies open must not go to another unit."""
    return _actor(user.pk, _rows(user.pk, clock.now()), acting_for, second_factor)


def _actor(account_id: int, rows: Sequence[_Row], acting_for: int | None, second_factor: bool) -> Actor:
    who = rows[0]
    if who.kind == Kind.LEGAL:
        return _unit_actor(account_id, who, second_factor)
    held: dict[int, tuple[ActingFor, bool, set[str]]] = {}
    for r in rows:
        if r.organisation is not None and r.role is not None:
            acting = ActingFor(r.organisation, r.organisation_name, r.organisation_kind)
            passed = r.organisation_real_name == RealName.PASSED
            held.setdefault(r.organisation, (acting, passed, set()))[2].add(r.role)
    if acting_for and acting_for not in held:
        departments = [id for id, (o, _, _) in held.items() if o.kind == OrganisationKind.DEPARTMENT]
        acting_for = _goes_on_at(account_id, acting_for, departments) or acting_for
    if acting_for is None and len(held) == 1:
        acting_for = next(iter(held))
    organisation, verified, codes = held.get(acting_for or 0, (None, False, set()))
    waiting: set[str] = set()
    if settings.ENV["SECOND_FACTOR"] == "required" and not second_factor:
        waiting = {c for c in codes if roles.role(c).second_factor}
    return Actor(
        account_id=account_id,
        name=who.login_name if who.name is None else who.name,
        kind=who.kind,
        verified=who.real_name == RealName.PASSED,
        organisation_id=organisation.id if organisation else None,
        organisation_name=organisation.name if organisation else "",
        organisation_kind=organisation.kind if organisation else "",
        organisation_verified=verified,
        roles=frozenset(codes - waiting),
        waiting_roles=frozenset(waiting),
        organisations=tuple(o for o, _, _ in held.values()),
        second_factor=second_factor,
        language=who.language,
    )


def _unit_actor(account_id: int, who: _Row, second_factor: bool) -> Actor:
    if who.organisation is None:  # its unit is not there yet
        return Actor(account_id, who.login_name, who.kind, second_factor=second_factor, language=who.language)
    return Actor(
        account_id=account_id,
        name=who.agent_name,
        kind=who.kind,
        verified=who.agent_real_name == RealName.PASSED,
        organisation_id=who.organisation,
        organisation_name=who.organisation_name,
        organisation_kind=who.organisation_kind,
        organisation_verified=who.organisation_real_name == RealName.PASSED,
        roles=frozenset(r.code for r in roles.held_by(who.organisation_kind)),
        organisations=(ActingFor(who.organisation, who.organisation_name, who.organisation_kind),),
        second_factor=second_factor,
        language=who.language,
    )


def _goes_on_at(account_id: int, gone: int, departments: Sequence[int]) -> int | None:
    """Of the departments where a person holds posts, the one that took over the department which they acted for: its people
    go on there. Never a unit, and none where no post moved (also where the same was held there already) or several did: an
    open form would go to a stranger. No query but where somebody lost what they chose, and holds posts of departments."""
    ended = Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT, active_until__isnull=False)
    if not departments or not ended.filter(pk=gone).exists():
        return None
    # a post that moved was given there at the moment when it ended here (`organisations.departments.move_staff`)
    moments = Mandate.objects.filter(account_id=account_id, organisation_id=gone).values("withdrawn_at")
    moved = active_mandates().filter(account_id=account_id, organisation_id__in=departments, granted_at__in=moments)
    heirs = set(moved.values_list("organisation_id", flat=True))
    return heirs.pop() if len(heirs) == 1 else None


def active_mandates() -> QuerySet[Mandate]:
    """Mandates that count now."""
    now = clock.now()
    return Mandate.objects.filter(withdrawn_at=None, valid_from__lte=now).filter(
        Q(valid_until=None) | Q(valid_until__gt=now)
    )
