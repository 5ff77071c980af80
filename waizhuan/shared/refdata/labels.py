"""Names of reference data in both languages: they come as data, not as sentences to translate."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

from waizhuan.kernel.words import Words, say


@dataclass(frozen=True, slots=True)
class Label:
    """A name that reads Chinese or English, as the reader does (like `kernel.words.Words`)."""

    zh: str
    en: str

    def __bool__(self) -> bool:
        return bool(self.zh)

    def __str__(self) -> str:
        return self.en if (get_language() or "zh").startswith("en") else self.zh

    def words(self) -> Words:
        """As a sentence, which can be kept (`kernel.words.as_json`) and be part of another. Its English is "{en}"."""
        return say("{zh}", zh=self.zh, en=self.en)
