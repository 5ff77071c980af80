"""Django's choices as sentences."""

from __future__ import annotations

from django.db.models import Choices
from django.utils import translation

from waizhuan.kernel.words import Words


def in_words(choice: Choices) -> Words:
    """The label of a choice, which can be kept (`kernel.words.as_json`) and be part of another sentence."""
    with translation.override("zh-hans"):  # the source, which is the key of its translation
        return Words(str(choice.label))
