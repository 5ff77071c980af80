"""No department leaves anything behind: every foreign key to an organisation is decided about."""

from __future__ import annotations

from tests.architecture.test_foreign_keys import foreign_keys
from waizhuan.identity.registry import FATES
from waizhuan.projects.departments.moving import DECISIONS, FOLLOWS, Follow


def test_every_key_to_an_organisation_is_decided_about() -> None:
    keys = {name for name, target in foreign_keys().items() if target == "identity.Organisation"}
    assert keys == {name for name in FATES if name in keys}
    assert keys - set(DECISIONS) == set(), "decide in projects/departments/moving.py what follows a department"
    assert set(DECISIONS) - keys == set(), "these are gone: take them out of projects/departments/moving.py"


def test_what_follows_is_what_the_registry_calls_work_or_a_case() -> None:
    """Whatever stays with the post when a post passes on follows when its department gives way."""
    assert all(isinstance(DECISIONS[key], Follow) for key in FOLLOWS)
    left = {
        name
        for name, fate in FATES.items()
        if name.endswith((".department", ".decider", ".to_department"))
        and fate.hand_over == "stays with the post"
        and name not in FOLLOWS
    }
    assert left == set()
