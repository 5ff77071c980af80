"""Reading uploads: what a file is by its content, and pictures of it for people to look at.

Everything that is too big, broken, encrypted or of another kind is refused with a sentence that says what to do.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from dataclasses import dataclass

import filetype
import pillow_heif
import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import Words, say

pillow_heif.register_heif_opener()

IMAGES = ("image/jpeg", "image/png", "image/heic", "image/heif", "image/webp", "image/bmp", "image/tiff", "image/gif")
PDF = "application/pdf"
PIXELS_AT_MOST = 60_000_000  # more than any phone's camera makes; less than a bomb unpacks to
PAGES_AT_MOST = 200
PREVIEW = 1800  # the longer edge of a preview in pixels
THUMBNAIL = 240


@dataclass(frozen=True, slots=True)
class Read:
    """A file that may be kept: its media type and how many pages it has."""

    media_type: str
    pages: int


def refuse(reason: Words) -> Refused:
    return Refused(no(reason, field="file", code="E12"))


def size_verdict(size: int, max_mb: int) -> Verdict | None:
    """Empty and oversized files, told from the size alone."""
    if size == 0:
        return no(say("这个文件是空的，请重新选择"), field="file", code="E12")
    if size > max_mb * 1024 * 1024:
        return no(
            say(
                "文件有 {size} MB，至多 {most} MB。请压缩或降低分辨率后再传", size=f"{size / 1048576:.0f}", most=max_mb
            ),
            field="file",
            code="E12",
        )
    return None


def read(data: bytes, accept: tuple[str, ...]) -> Read:
    """What the content is. Raises Refused."""
    guessed = filetype.guess(data)
    media_type = guessed.mime if guessed else ""
    if data[:1024].lstrip().startswith(b"%PDF-") or media_type == PDF:
        if "pdf" not in accept:
            raise refuse(say("这里只收图片，请上传照片或扫描图"))
        return Read(PDF, _pdf_pages(data))
    if media_type in IMAGES and "image" in accept:
        _open_image(data)
        return Read(media_type, 1)
    kinds = say("图片（JPEG、PNG、HEIC、WebP、BMP、TIFF、GIF）或 PDF") if "pdf" in accept else say("图片")
    raise refuse(say("这不是可以接受的文件。请上传{kinds}", kinds=kinds))


def _pdf_pages(data: bytes) -> int:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise refuse(say("这个 PDF 加了密码。请去掉密码后再传，或拍照上传")) from error
        raise refuse(say("这个 PDF 打不开，可能已经损坏。请重新导出，或拍照上传")) from error
    try:
        pages = len(document)
        if pages == 0:
            raise refuse(say("这个 PDF 没有内容"))
        if pages > PAGES_AT_MOST:
            raise refuse(say("这个 PDF 有 {n} 页，至多 {most} 页。请只留需要的页", n=pages, most=PAGES_AT_MOST))
        return pages
    finally:
        document.close()


def _open_image(data: bytes) -> Image.Image:
    """The first frame, decoded, turned upright. The size is checked before anything is unpacked."""
    broken = say("这张图片打不开，可能没有传完整。请重新拍照或另存后再传")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data))
            if image.width * image.height > PIXELS_AT_MOST:
                raise refuse(say("这张图片太大（{w} × {h}）。请降低分辨率后再传", w=image.width, h=image.height))
            image.load()
            return ImageOps.exif_transpose(image)
    except Refused:
        raise
    except (
        OSError,
        ValueError,
        SyntaxError,
        ArithmeticError,
        EOFError,
        IndexError,
        TypeError,
        KeyError,
        MemoryError,
        Image.DecompressionBombError,
        UnidentifiedImageError,
        RuntimeError,
    ) as error:
        raise refuse(broken) from error


def picture(data: bytes, media_type: str, page: int = 1, edge: int = PREVIEW) -> bytes:
    """A JPEG of the file, or of one of its pages, without any metadata; the longer edge at most `edge` pixels."""
    image = _pdf_page(data, page, edge) if media_type == PDF else _open_image(data)
    image.thumbnail((edge, edge))
    flat = Image.new("RGB", image.size, "white")
    if image.mode in ("RGBA", "LA", "PA", "P"):
        image = image.convert("RGBA")
        flat.paste(image, mask=image.getchannel("A"))
    else:
        flat.paste(image.convert("RGB"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=85)
    return out.getvalue()


def _pdf_page(data: bytes, page: int, edge: int) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    try:
        sheet = document[page - 1]
        longest = max(sheet.get_width(), sheet.get_height(), 1)
        rendered = sheet.render(scale=min(4.0, edge / longest))
        image: Image.Image = rendered.to_pil().convert("RGB")
        return image
    finally:
        document.close()


def clean_name(name: str) -> str:
    """The name as it may be shown: no folders, nothing invisible, at most 200 characters, the ending kept."""
    name = unicodedata.normalize("NFC", re.split(r"[\\/]", name)[-1])
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip(" .") or "file"
    if len(name) <= 200:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: 190 - len(ending)]}….{ending}" if dot and len(ending) <= 10 else name[:200]
