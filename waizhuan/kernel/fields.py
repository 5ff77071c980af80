"""Model fields for personal data: `EncryptedText`, and `BlindIndex` by which it is found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from waizhuan.kernel import crypto


class EncryptedText(models.TextField):  # type: ignore[type-arg]
    """Text that the database holds only sealed (SM4-GCM). Empty stays empty; it cannot be searched: use a BlindIndex."""

    def belongs_to(self) -> str:
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return crypto.seal(value, self.belongs_to()) if value else value

    def from_db_value(self, value: Any, expression: object, connection: object) -> Any:
        return crypto.unseal(value, self.belongs_to()) if value else value


def as_it_is(value: str) -> str:
    return value


class BlindIndex(models.CharField):  # type: ignore[type-arg]
    """The fingerprint of the field `source`, kept in step with it on every save.

    `purpose` keeps equal values of different kinds apart (a phone is no passport). `normalise` gives the form that is
    compared. Look up with `field=crypto.blind_index(purpose, normalise(value))`.
    """

    def __init__(
        self,
        *args: Any,
        source: str = "",
        purpose: str = "",
        normalise: Callable[[str], str] = as_it_is,
        **kwargs: Any,
    ) -> None:
        self.source, self.purpose, self.normalise = source, purpose, normalise
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs |= {"source": self.source, "purpose": self.purpose}
        return name, path, args, kwargs

    def index_of(self, value: str) -> str:
        """The fingerprint that the database holds for this value of the source."""
        return crypto.blind_index(self.purpose, self.normalise(value) if value else "")

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if self.source:
            setattr(model_instance, self.attname, self.index_of(getattr(model_instance, self.source) or ""))
        return super().pre_save(model_instance, add)
