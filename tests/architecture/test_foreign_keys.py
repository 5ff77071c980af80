"""No merge can miss a table: every foreign key to an account or an organisation is listed with its fate."""

from __future__ import annotations

from django.apps import apps

from waizhuan.identity.registry import FATES

TARGETS = ("identity.Account", "identity.Organisation")


def foreign_keys() -> dict[str, str]:
    """ "app.Model.field" → the model that it points to, for our own models."""
    found = {}
    for model in apps.get_models():
        if model.__module__.startswith("waizhuan"):
            for field in model._meta.concrete_fields:
                if field.is_relation and field.related_model is not None:
                    found[f"{model._meta.label}.{field.name}"] = field.related_model._meta.label  # type: ignore[union-attr]
    return found


def test_every_key_has_its_fate() -> None:
    keys = {name for name, target in foreign_keys().items() if target in TARGETS}
    assert keys - set(FATES) == set(), "list them in identity/registry.py"
    assert set(FATES) - keys == set(), "these are gone: take them out of identity/registry.py"


def test_contexts_point_to_each_other_only_there() -> None:
    where = {
        m._meta.label: m.__module__.split(".")[1] for m in apps.get_models() if m.__module__.startswith("waizhuan")
    }
    crossing = {
        name: target
        for name, target in foreign_keys().items()
        if target not in TARGETS
        and target in where
        and where[target] != where[name.rpartition(".")[0]]
        and where[target] != "shared"
    }
    assert crossing == {}
