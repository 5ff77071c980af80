"""Letters as PDF: a typst template of an errand's `letters/` folder, and data. Data is never markup: names with `#`, `*` or
`$` in them come out as they are."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn as fonts
import typst
from django.apps import apps

from waizhuan.kernel.errors import Unavailable
from waizhuan.kernel.words import say

ROOT = Path(__file__).resolve().parents[2]  # the package: templates import each other below it
FONTS = Path(str(fonts.sans_path())).parent
#: So many are set at a time in one process, and whoever comes then waits so long (seconds): pages go on being answered.
AT_ONCE, PATIENCE = 2, 1.0
_room = threading.BoundedSemaphore(AT_ONCE)


class NoSuchLetter(Exception):
    """A mistake of the programmer: names the template that was asked for."""


@cache
def template(name: str) -> Path:
    """The file of "<app label>/<name>"."""
    label, _, rest = name.partition("/")
    path = Path(apps.get_app_config(label).path) / "letters" / f"{rest}.typ"
    if not path.is_file():
        raise NoSuchLetter(f"{name}: there is no {path.name} in the folder letters of {label}")
    return path


def render(name: str, data: Mapping[str, Any], *, language: str = "zh-hans") -> bytes:
    """The PDF of this template with this data (plain JSON values). Takes 0.1 to 0.3 s: work for a job, or for a download
    that somebody asked for.

    PDF/A-2b, for keeping; where a rare character is in no font at hand (PDF/A forbids the gap), an ordinary PDF.
    Raises Unavailable, also while too many others wait for theirs.
    """
    given = json.dumps({**data, "language": language}, ensure_ascii=False)
    path = template(name)
    if not _room.acquire(timeout=PATIENCE):
        raise Unavailable(say("正在生成的文件太多了，请过一会儿再试"))
    try:
        return _set(path, given)
    finally:
        _room.release()


def _set(path: Path, given: str) -> bytes:
    try:
        return _compile(path, given, ["a-2b"])
    except typst.TypstError:
        try:
            return _compile(path, given, [])
        except typst.TypstError as error:
            raise Unavailable(say("文件暂时生成不了")) from error


def _compile(path: Path, given: str, standards: list[Any]) -> bytes:
    return bytes(
        typst.compile(
            str(path),
            root=str(ROOT),
            font_paths=[str(FONTS)],  # ours first; the system's for characters that ours lack
            format="pdf",
            sys_inputs={"data": given},
            pdf_standards=standards,
        )
    )
