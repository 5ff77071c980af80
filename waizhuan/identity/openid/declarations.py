"""What the errand puts into the house when it starts: its menu entry, its services, and its ears."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models.signals import pre_delete
from django.utils.translation import get_language

from waizhuan.identity.openid import entering, grants, queries
from waizhuan.identity.openid.models import Client
from waizhuan.identity.services import catalogue
from waizhuan.identity.sign_in.models import Device
from waizhuan.kernel import events, menu
from waizhuan.kernel.access import any_of
from waizhuan.kernel.words import Words, say


def declare() -> None:
    operator = any_of("operator.system")
    menu.entry(menu.Entry(say("接入系统"), "openid.clients", operator, 45, section="openid.client"))
    menu.offer(
        menu.Offer(
            say("登记接入的系统"), say("让别的系统用平台账号登录，换密钥，停用。"), "openid.clients", operator, 45
        )
    )
    catalogue.also(services)
    pre_delete.connect(grants.end_with_session, sender=Device, dispatch_uid="openid.end_with_session")
    events.subscribe(events.Happened, grants.end_with_mandate)


def services() -> Sequence[catalogue.Service]:
    """Every registered system is a service of the catalogue. One query."""
    return [_service(client) for client in queries.offered()]


def _service(client: Client) -> catalogue.Service:
    english = (get_language() or "").startswith("en")
    return catalogue.Service(
        code=client.client_id,
        label=Words(client.name_en if english else client.name),
        text=Words(client.purpose_en if english else client.purpose),
        missing=lambda actor: entering.missing(actor, client.needs),
        address=client.entry_uri,
    )
