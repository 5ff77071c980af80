"""What the old system's login names are called here (F8): `A` of there came over as `WGZJXM_A`."""

from __future__ import annotations

PREFIX = "WGZJXM_"
#: As login names are compared.
KEY_PREFIX = PREFIX.lower()


def without_prefix(name: str) -> str:
    """The name as the old system had it, in any case."""
    return name[len(PREFIX) :] if name.lower().startswith(KEY_PREFIX) else name
