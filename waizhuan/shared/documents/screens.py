"""Looking at documents. Never without asking the purpose's rule; whoever looks at somebody else's leaves a trace."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from waizhuan.kernel import clock
from waizhuan.kernel.access import screen, signed_in
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.events import Happened, publish
from waizhuan.shared.documents import api, stores
from waizhuan.shared.documents.models import Document
from waizhuan.shared.documents.watermark import watermarked


def document_for(actor: Actor, id: int) -> Document:
    """The document, if this actor may see it; raises Hidden."""
    document = Document.objects.filter(pk=id).first()
    if document is None or not api.may_view(actor, document):
        raise Hidden
    return document


def _file(data: bytes, media_type: str, name: str = "", *, download: bool = False) -> HttpResponse:
    response = HttpResponse(data, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    disposition = content_disposition_header(download, name) if name else None
    if disposition:
        response["Content-Disposition"] = disposition
    return response


def _trace(actor: Actor, document: Document, what: str) -> None:
    if document.owner_id != actor.account_id:
        publish(Happened(actor, f"documents.{what}", f"documents.document:{document.pk}", {"case": document.subject}))


@screen("documents.view", access=signed_in, methods=("GET",))
def view(request: HttpRequest, id: int) -> HttpResponse:
    """One document on a page of its own, page by page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    document = document_for(actor, id)
    asked = request.GET.get("page", "1")
    page = int(asked) if asked.isdecimal() and len(asked) < 5 and 1 <= int(asked) <= document.pages else 1
    return render(
        request,
        "documents/view.html",
        {"document": document, "number": page, "before": page - 1, "after": page + 1 if page < document.pages else 0},
    )


@screen("documents.preview", access=signed_in, methods=("GET",))
def preview(request: HttpRequest, id: int, page: int) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    document = document_for(actor, id)
    picture = api.preview(document, page)
    if document.owner_id != actor.account_id:
        moment = clock.now().astimezone(clock.CHINA)
        picture = watermarked(picture, f"{actor.name} {moment:%Y-%m-%d %H:%M}")
        _trace(actor, document, "viewed")
    return _file(picture, "image/jpeg")


@screen("documents.thumbnail", access=signed_in, methods=("GET",))
def thumbnail(request: HttpRequest, id: int) -> HttpResponse:
    document = document_for(request.actor, id)  # type: ignore[attr-defined]
    return _file(stores.get(f"{document.key}-t") or api.preview(document, 1), "image/jpeg")


@screen("documents.original", access=signed_in, methods=("GET",))
def original(request: HttpRequest, id: int) -> HttpResponse:
    """The file as it was uploaded, always as a download."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    document = document_for(actor, id)
    _trace(actor, document, "downloaded")
    return _file(api.original(document), document.media_type, document.name, download=True)
