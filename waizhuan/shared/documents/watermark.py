"""Who looked, when: written across a preview that somebody else than its owner sees."""

from __future__ import annotations

import io
from functools import cache

import pylopdf_fonts_zh_cn as fonts
from PIL import Image, ImageDraw, ImageFont


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(fonts.sans_path()), size)


def watermarked(jpeg: bytes, text: str) -> bytes:
    """The picture with `text` across it, light enough to read what is below."""
    image = Image.open(io.BytesIO(jpeg)).convert("RGB")
    size = max(14, image.width // 40)
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    step_x, step_y = max(200, int(draw.textlength(text, _font(size))) + size * 4), size * 8
    for row, y in enumerate(range(size * 2, image.height, step_y)):
        for x in range(-(row % 2) * step_x // 2, image.width, step_x):
            draw.text((x, y), text, font=_font(size), fill=(24, 34, 45, 46))
    out = io.BytesIO()
    Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()
