from functools import lru_cache

from django.apps import AppConfig
from django.utils.translation import get_language, gettext, ngettext

from waizhuan.kernel.words import translate_with, write_days_with


def _in_the_readers_language(msgid: str, n: int | None) -> str:
    """Chinese is the source: where the reader's language is Chinese there is no catalogue and the sentence stays."""
    return _translated(get_language() or "", msgid, n)


@lru_cache(maxsize=20_000)  # a list says a hundred sentences, most of them again in each line
def _translated(language: str, msgid: str, n: int | None) -> str:
    return gettext(msgid) if n is None else ngettext(msgid, msgid, n)


class Ui(AppConfig):
    name = "waizhuan.kernel.ui"
    label = "ui"

    def ready(self) -> None:
        translate_with(_in_the_readers_language)
        from waizhuan.kernel.ui.dates import full_day

        write_days_with(full_day)
        from waizhuan.kernel import search  # noqa: F401 - registers the lookup `has`
