"""The square code on a printed letter, by which its scan finds its case (G5)."""

from __future__ import annotations

import io

import segno
import zxingcpp
from PIL import Image


def svg(text: str) -> str:
    """The code as a picture for a letter. It survives a quarter of it being stamped over."""
    picture = io.BytesIO()
    segno.make(text, error="q").save(picture, kind="svg", scale=4, border=1)
    return picture.getvalue().decode()


def read(picture: bytes) -> list[str]:
    """What the codes on a scanned page say."""
    with Image.open(io.BytesIO(picture)) as page:
        return [code.text for code in zxingcpp.read_barcodes(page.convert("L"))]


def match(texts: list[str], prefix: str, wanted: str) -> str:
    """`match` where one of our codes names the wanted case, `other` where ours name another, empty where none is ours."""
    ours = [text.removeprefix(prefix) for text in texts if text.startswith(prefix)]
    return "match" if wanted in ours else "other" if ours else ""
