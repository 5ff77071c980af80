"""The inbox, and the development mailbox."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from waizhuan.kernel.access import anyone, screen, signed_in
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.paging import page
from waizhuan.shared.notify import actions, api
from waizhuan.shared.notify.queries import INBOX_ORDER, inbox_of, mailbox

MANY = 2**63 - 1


@screen("notify.inbox", access=signed_in, methods=("GET",))
def inbox(request: HttpRequest) -> HttpResponse:
    """The messages of the account, the newest first."""
    actor = request.actor  # type: ignore[attr-defined]
    only = request.GET.get("show") == "unread"
    found = page(inbox_of(actor, unread_only=only), INBOX_ORDER, request.GET.get("page", ""))
    newest = max((m.pk for m in found.rows), default=0)
    count = api.unread(actor.account_id)
    context = {"page": found, "only": only, "newest": newest, "count": count, "many": count >= api.MANY}
    return render(request, "notify/inbox.html", context)


@screen("notify.read", access=signed_in)
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the message as read and go to where it leads. Opening it twice changes nothing."""
    if pk > MANY:
        raise Hidden(f"message {pk}")
    message = actions.read(actor=request.actor, message_id=pk)  # type: ignore[attr-defined]
    ours = message.link and url_has_allowed_host_and_scheme(message.link, allowed_hosts=None)
    return HttpResponseRedirect(message.link if ours else reverse("notify.inbox") + f"#message-{pk}")


@screen("notify.read_all", access=signed_in, methods=("POST",))
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything that is on the page, and what is older, has been read."""
    newest = request.POST.get("newest", "")
    if newest.isascii() and newest.isdigit():
        actions.read_all(actor=request.actor, newest=min(int(newest[:20]), MANY))  # type: ignore[attr-defined]
    return HttpResponseRedirect(reverse("notify.inbox"))


@screen("notify.mailbox", access=anyone, methods=("GET",))
def development_mailbox(request: HttpRequest) -> HttpResponse:
    """Text messages and e-mails of a try-out. `?to=` one phone or address. There is none in production."""
    if settings.PRODUCTION:
        raise Hidden("the development mailbox")
    to = request.GET.get("to", "").strip()[:200]
    found = page(mailbox(to), ("-id",), request.GET.get("page", ""))
    return render(request, "notify/mailbox.html", {"page": found, "to": to})
