"""Asking for two accounts to become one, with proof that both are one's own; and beginning it at the desk."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from waizhuan.identity.account_merges import executing, rules
from waizhuan.identity.account_merges.models import AccountMerge, Proof, Side
from waizhuan.identity.account_merges.process import MERGE, REVIEWER, SENIOR
from waizhuan.identity.models import Account
from waizhuan.identity.realname.queries import operator_organisation
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import publish
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.flow.api import start


def ask(*, actor: Actor, survivor: Account, closing: Account, proof: str, reason: str = "") -> AccountMerge:
    """A person asks, signed in to one account and having proved the other. Raises Hidden, Refused."""
    if actor.account_id != survivor.pk or proof not in (Proof.PASSWORD, Proof.CODE):
        raise Hidden
    return _begin(actor, survivor, closing, proof, reason, asker=survivor)


def begin(*, actor: Actor, survivor: Account, closing: Account, reason: str) -> AccountMerge:
    """The operator's desk begins: it found two accounts of one person. Raises Hidden, Refused."""
    if not actor.has(REVIEWER, SENIOR):
        raise Hidden
    verdict = rules.may_decide(actor.account_id, (survivor.pk, closing.pk))
    if not verdict.ok:
        raise Refused(verdict)
    if not reason.strip():
        raise Refused(no(say("请写明怎样知道是同一个人"), field="reason"))
    return _begin(actor, survivor, closing, Proof.DESK, reason, asker=None)


def _begin(
    actor: Actor, survivor: Account, closing: Account, proof: str, reason: str, *, asker: Account | None
) -> AccountMerge:
    both = (survivor.pk, closing.pk)
    open_sides = Side.objects.filter(account_id__in=both, open=True).select_related("merge")
    pressed = next((s.merge for s in open_sides if _same(s.merge, survivor, closing, asker)), None)
    if pressed is not None:
        return pressed  # pressed twice
    refused = rules.may_merge(executing.facts(survivor, closing, elsewhere=open_sides.exists()))
    if refused:
        raise Refused(*refused)
    made = AccountMerge(
        survivor=survivor,
        closing=closing,
        operator=operator_organisation(),
        proof=proof,
        reason=reason.strip()[:2000],
        asker_account=asker,
    )
    try:
        with transaction.atomic():
            start(MERGE, made, actor)
            Side.objects.bulk_create(Side(merge=made, account_id=id) for id in both)
            names = {"closed": closing.login_name, "kept": survivor.login_name, "number": made.number or ""}
            publish(*executing.warning("account_merges.asked", names, survivor, closing))
    except IntegrityError as error:
        raise Refused(*rules.may_merge(rules.Facts(elsewhere=True))) from error
    return made


def _same(other: AccountMerge, survivor: Account, closing: Account, asker: Account | None) -> bool:
    return (other.survivor_id, other.closing_id, other.asker_account_id) == (
        survivor.pk,
        closing.pk,
        asker.pk if asker else None,
    )
