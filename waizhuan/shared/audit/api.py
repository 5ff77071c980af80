"""What the rest of the product uses of the audit log."""

from __future__ import annotations

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.events import Happened, publish
from waizhuan.shared.audit.chain import Found, seal, verify
from waizhuan.shared.audit.models import AuditEntry

__all__ = ["AuditEntry", "Found", "record", "seal", "verify", "viewed"]


def record(event: Happened) -> None:
    """Write the event down, in the caller's transaction. One INSERT."""
    AuditEntry.objects.create(
        account_id=event.actor.account_id,
        account_name=event.actor.name[:120],
        organisation_id=event.actor.organisation_id,
        verb=event.verb[:80],
        subject=event.subject[:120],
        detail=dict(event.detail),
    )


def viewed(actor: Actor, what: str, purpose: str) -> None:
    """Somebody looked at personal data in full: what, and what for."""
    publish(Happened(actor, "personal_data.viewed", what, {"purpose": purpose[:300]}))
