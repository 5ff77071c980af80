"""Roles are data of each service: it declares them here when it starts; an organisation gives them to people."""

from __future__ import annotations

from dataclasses import dataclass

from waizhuan.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Role:
    """A role of one service. `held_by` names the kinds of organisation that hold it and may give it on."""

    code: str  # "projects.lead"
    service: str  # "projects"
    label: Words
    explanation: Words
    held_by: frozenset[str]
    second_factor: bool = False  # may only be used in a session with a second factor (等保 level 3)
    gives: bool = False  # may itself authorise others, never beyond its own roles (C2)
    apart_from: frozenset[str] = frozenset()  # whoever holds one of these cannot hold this one (等保: separated duties)


_ROLES: dict[str, Role] = {}


def declare(*roles: Role) -> None:
    """Make roles known. Declaring another role under the same code is a mistake of the programmer."""
    for role in roles:
        if _ROLES.get(role.code, role) != role:
            raise ValueError(f"role {role.code} is declared twice")
        _ROLES[role.code] = role


def role(code: str) -> Role:
    """The role of this code; KeyError where nobody declared it."""
    return _ROLES[code]


def all_roles() -> tuple[Role, ...]:
    return tuple(_ROLES.values())


def apart(one: str, other: str) -> bool:
    """Must these two roles be held by two different people?"""
    return other in role(one).apart_from or one in role(other).apart_from


def held_by(kind: str) -> tuple[Role, ...]:
    """The roles that an organisation of this kind holds."""
    return tuple(r for r in _ROLES.values() if kind in r.held_by)
