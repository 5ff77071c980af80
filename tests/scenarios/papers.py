"""Files that people upload."""

from __future__ import annotations

from pathlib import Path

import pillow_heif
from PIL import Image


def heic(folder: Path, name: str = "IMG_0042.HEIC") -> Path:
    """A photo as a phone makes it."""
    path = folder / name
    pillow_heif.from_pillow(Image.new("RGB", (1200, 800), "#c9d4e4")).save(path)
    return path


def png(folder: Path, name: str) -> Path:
    path = folder / name
    Image.new("RGB", (800, 600), "#e9edf2").save(path, "PNG")
    return path
