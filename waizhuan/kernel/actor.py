"""Who acts: an account, the organisation that it acts for, and its roles there."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ActingFor:
    """One organisation for which the account may act, as the shell's menu lists it."""

    id: int
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The account that acts, the organisation it acts for, its roles there.

    A natural person who acts for nobody but themselves has no `organisation_id` and no roles. A legal entity's account
    acts for its own organisation, always, with every role that the organisation holds.
    Roles are codes of `kernel.roles`.
    """

    account_id: int | None = None
    name: str = ""
    kind: str = ""  # "natural" | "legal"
    verified: bool = False  # the account's own real-name verification (D1)
    organisation_id: int | None = None
    organisation_name: str = ""
    organisation_kind: str = ""  # "unit" | "department" | "ministry" | "operator"
    organisation_verified: bool = False
    roles: frozenset[str] = frozenset()
    #: roles held here that wait for a second factor in this session
    waiting_roles: frozenset[str] = frozenset()
    organisations: tuple[ActingFor, ...] = field(default=())
    second_factor: bool = False  # the session was confirmed with a second factor
    password_expired: bool = False  # signed in by a password that has expired: it is changed before anything else (E5)
    unagreed: bool = False  # has yet to agree to the processing of personal data, before anything else (PIPL)
    language: str = "zh-hans"

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None

    def has(self, *roles: str) -> bool:
        """Does the actor hold any of these roles in the organisation acted for?"""
        return not self.roles.isdisjoint(roles)

    def holds(self, organisation_id: int | None, role: str) -> bool:
        """Does the actor hold this post (organisation + role), here and now?"""
        return organisation_id is not None and self.organisation_id == organisation_id and role in self.roles


ANONYMOUS = Actor()


SYSTEM = "system"  # kept as it is; who reads it reads it in their language


def the_system(name: str = SYSTEM) -> Actor:
    """The product itself, when a clock and not a person acts (escalation, expiry)."""
    return Actor(name=name, kind="system")
