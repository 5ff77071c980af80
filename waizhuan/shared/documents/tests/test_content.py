"""What is accepted, what is refused, and that every refusal has its sentence."""

from __future__ import annotations

import io

import pillow_heif
import pypdfium2
import pytest
from PIL import Image

from waizhuan.kernel.errors import Refused
from waizhuan.shared.documents import content

BOTH = ("image", "pdf")


def image(kind: str, size: tuple[int, int] = (60, 40), **how: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **how)
    return out.getvalue()


def heic() -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "teal")).save(out)
    return out.getvalue()


def pdf(pages: int = 2) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(200, 300)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF"])
def test_common_images_are_accepted_and_shown_as_jpeg(kind: str) -> None:
    data = image(kind)
    assert content.read(data, BOTH).pages == 1
    assert Image.open(io.BytesIO(content.picture(data, "image/x"))).format == "JPEG"


def test_a_heic_photo_of_a_phone_will_do() -> None:
    data = heic()
    assert content.read(data, BOTH).media_type in ("image/heic", "image/heif")
    assert Image.open(io.BytesIO(content.picture(data, "image/heic"))).size == (64, 48)


def test_a_picture_is_turned_upright_and_loses_its_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "secret place"
    data = image("JPEG", exif=exif)
    shown = Image.open(io.BytesIO(content.picture(data, "image/jpeg")))
    assert shown.size == (40, 60)
    assert not shown.getexif()


def test_a_pdf_is_counted_and_drawn() -> None:
    data = pdf(3)
    assert content.read(data, BOTH) == content.Read(content.PDF, 3)
    assert Image.open(io.BytesIO(content.picture(data, content.PDF, 3))).format == "JPEG"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"not a picture at all", "不是可以接受的文件"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "不是可以接受的文件"),
        (b"<html><script>alert(1)</script>", "不是可以接受的文件"),
        (b"PK\x03\x04" + b"\x00" * 100, "不是可以接受的文件"),
        (image("JPEG")[:200], "打不开"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "打不开"),
        (b"%PDF-1.7\nbroken", "打不开"),
    ],
)
def test_anything_else_is_refused_with_a_remedy(data: bytes, says: str) -> None:
    with pytest.raises(Refused) as refusal:
        content.read(data, BOTH)
    assert says in str(refusal.value.verdicts[0].reason)
    assert refusal.value.verdicts[0].field == "file"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = image("PNG", (12_000, 12_000))
    assert len(data) < 1_000_000
    with pytest.raises(Refused) as refusal:
        content.read(data, BOTH)
    assert "12000" in str(refusal.value.verdicts[0].reason)


def test_an_encrypted_pdf_is_refused() -> None:
    encrypted = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"trailer<</Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/O("
        + b"x" * 32
        + b")/U("
        + b"y" * 32
        + b")/P -4>>/ID[<00><00>]>>\n%%EOF"
    )
    with pytest.raises(Refused):
        content.read(encrypted, BOTH)


def test_sizes() -> None:
    assert content.size_verdict(0, 20) is not None
    assert content.size_verdict(41 * 1024 * 1024, 20) is not None
    assert content.size_verdict(1024, 20) is None


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\身份证.jpg", "身份证.jpg"),
        ("", "file"),
        ("\x00\n\r.jpg", "jpg"),
        ("‮gpj.exe", "gpj.exe"),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    assert content.clean_name(name) == clean


def test_a_name_of_300_characters_keeps_its_ending() -> None:
    name = content.clean_name("长" * 300 + ".jpeg")
    assert len(name) <= 200
    assert name.endswith(".jpeg")
