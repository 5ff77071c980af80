"""Reads of the errand."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest

from waizhuan.identity.openid.models import Client, Consent, Grant
from waizhuan.identity.sign_in.models import Device
from waizhuan.kernel import clock


def client(client_id: str) -> Client | None:
    """A registered system, switched off ones included."""
    if not client_id or len(client_id) > 40 or "\x00" in client_id:
        return None
    return Client.objects.filter(client_id=client_id).first()


def offered() -> Sequence[Client]:
    """The systems of the catalogue. One query."""
    return list(Client.objects.filter(disabled_at=None).order_by("created_at", "pk")[:100])


def consent(account_id: int, client: Client) -> Consent | None:
    return Consent.objects.filter(account_id=account_id, client=client, withdrawn_at=None).first()


def consents_of(account_id: int) -> QuerySet[Consent]:
    """What this person allows now, with when each system was last entered."""
    return (
        Consent.objects.filter(account_id=account_id, withdrawn_at=None)
        .select_related("client")
        .annotate(last_used=Max("client__grants__created_at", filter=Q(client__grants__account_id=account_id)))
    )


def open_grants() -> QuerySet[Grant]:
    return Grant.objects.filter(ended_at=None, expires_at__gt=clock.now())


def device(request: HttpRequest) -> Device | None:
    """The session of this browser, as its owner sees it in the list of devices."""
    return Device.objects.filter(session_key=request.session.session_key or "").first()
