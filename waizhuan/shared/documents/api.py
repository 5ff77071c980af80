"""What errands use of documents: declare a purpose, keep an upload, attach it to a case, show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse

from waizhuan.kernel import crypto, traces
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.words import Words, say
from waizhuan.shared.documents import content, scanner, stores
from waizhuan.shared.documents.models import Document, new_key

__all__ = [
    "Document",
    "Purpose",
    "attach",
    "declared",
    "original",
    "preview_url",
    "purpose",
    "reseal",
    "scan",
    "store",
    "thumbnail_url",
    "view_url",
]


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a kind of document is for, what it may be, and who may look at it besides its owner. `owners=False`: its owner's
    account looks at it only where `may_view` says so; another person may hold it by now."""

    name: str
    label: Words
    accept: tuple[str, ...]
    max_mb: int
    may_view: Callable[[Actor, Document], bool]
    strangers: bool = False
    owners: bool = True


_PURPOSES: dict[str, Purpose] = {}


def purpose(
    name: str,
    *,
    label: Words,
    may_view: Callable[[Actor, Document], bool],
    accept: tuple[str, ...] = ("image", "pdf"),
    max_mb: int = 20,
    strangers: bool = False,
    owners: bool = True,
) -> None:
    """Declare a purpose, once, when the app starts. `strangers`: also whoever cannot sign in hands these in."""
    traces.name(values={"purpose": {name: label}})
    _PURPOSES[name] = Purpose(name, label, accept, max_mb, may_view, strangers, owners)


def declared(name: str) -> Purpose:
    return _PURPOSES[name]


def store(upload: UploadedFile[Any], *, actor: Actor, purpose: str) -> Document:
    """Check the content, keep the original sealed with a first preview, note the document. Raises Refused, Unavailable.

    The file is in the store before the row is committed: a crash leaves an unreferenced file, never a row without one.
    """
    rules = declared(purpose)
    if actor.account_id is None and not rules.strangers:
        raise Hidden
    wrong = content.size_verdict(upload.size or 0, rules.max_mb)
    if wrong is not None:
        raise Refused(wrong)
    data = upload.read()
    scan(data, actor=actor, purpose=purpose)
    found = content.read(data, rules.accept)
    preview = content.picture(data, found.media_type)
    key = new_key()
    stores.put(key, data)
    stores.put(f"{key}-1", preview)
    stores.put(f"{key}-t", content.picture(preview, "image/jpeg", edge=content.THUMBNAIL))
    with transaction.atomic():
        document = Document.objects.create(
            key=key,
            owner_id=actor.account_id,
            organisation_id=actor.organisation_id,
            purpose=purpose,
            name=content.clean_name(upload.name or ""),
            media_type=found.media_type,
            size=len(data),
            digest=crypto.sm3(data).hex(),
            pages=found.pages,
        )
        publish(
            Happened(
                actor,
                "documents.uploaded",
                f"documents.document:{document.pk}",
                {"purpose": purpose, "type": found.media_type, "size": len(data)},
            )
        )
    return document


def scan(data: bytes, *, actor: Actor, purpose: str) -> None:
    """Nothing opens an uploaded file, whoever keeps it, before the scanner has let it through. Raises Refused, Unavailable; a
    finding is audited."""
    malware = scanner.finding(data)
    if not malware:
        return
    facts = {"purpose": purpose, "malware": malware, "size": len(data), "digest": crypto.sm3(data).hex()}
    subject = f"identity.account:{actor.account_id}" if actor.account_id else "documents.stranger"
    publish(Happened(actor, "documents.infected", subject, facts))
    raise content.refuse(say("这个文件里查出了恶意程序，没有收下。请用杀毒软件检查您的设备，再拍照或重新导出后上传"))


def attach(document: Document, *, subject: str) -> None:
    """The document belongs to this case from now on; orphans are thrown away after a week, attached ones never."""
    Document.objects.filter(pk=document.pk).update(subject=subject)
    document.subject = subject


def may_view(actor: Actor, document: Document) -> bool:
    if actor.account_id is None:
        return False
    purpose = declared(document.purpose)
    return (purpose.owners and document.owner_id == actor.account_id) or purpose.may_view(actor, document)


def original(document: Document) -> bytes:
    """The file as it was uploaded. Raises Hidden where the store has lost it."""
    data = stores.get(document.key)
    if data is None:
        raise Hidden(f"document {document.pk} is not in the store")
    return data


def reseal() -> int:
    """Seal every document and its pictures again under the current key; how many documents had to be."""
    count = 0
    for key, pages in Document.objects.order_by("pk").values_list("key", "pages").iterator(chunk_size=500):
        endings = ("", "-t", *(f"-{n}" for n in range(1, pages + 1)))
        resealed = [stores.reseal(key + ending) for ending in endings]
        count += any(resealed)
    return count


def preview(document: Document, page: int) -> bytes:
    """A JPEG of the page; made on the first request for it."""
    if not 1 <= page <= document.pages:
        raise Hidden
    key = f"{document.key}-{page}"
    picture = stores.get(key)
    if picture is None:
        picture = content.picture(original(document), document.media_type, page)
        stores.put(key, picture)
    return picture


def view_url(document: Document) -> str:
    """The page that shows the document."""
    return reverse("documents.view", args=[document.pk])


def preview_url(document: Document, page: int = 1) -> str:
    return reverse("documents.preview", args=[document.pk, page])


def thumbnail_url(document: Document) -> str:
    return reverse("documents.thumbnail", args=[document.pk])
