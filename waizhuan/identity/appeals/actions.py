"""What appellants, objectors and operators do with an appeal. Each is one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.sessions.models import Session
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import translation

from waizhuan.identity.appeals import effects, papers, rules
from waizhuan.identity.appeals.checks import warning_keys
from waizhuan.identity.appeals.models import Appeal
from waizhuan.identity.appeals.process import APPEAL
from waizhuan.identity.appeals.queries import MINE, approved_last, may_review, phone_taken, review_appeal
from waizhuan.identity.models import Account
from waizhuan.identity.realname import reasons
from waizhuan.identity.realname.queries import operator_organisation
from waizhuan.identity.realname.rules import may_reveal, warnings_accepted
from waizhuan.identity.sign_in.actions import browser, within_network
from waizhuan.kernel import clock, crypto, refusals
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.audit import api as audit
from waizhuan.shared.flow.api import perform, start
from waizhuan.shared.notify import api as notify

CODES = "appeal"  # purpose of the one-time codes
APPROVING = (*rules.APPROVING, "uphold")
DECISIONS = (*APPROVING, "ask", "decline")


def appellant(appeal: Appeal) -> Actor:
    """Whoever holds the case's secret; made only after that was checked."""
    return Actor(name=appeal.name, kind="appellant", language=appeal.language)


def begin(request: HttpRequest, kind: str, given: dict[str, Any], language: str) -> Verdict:
    """Keep what was claimed, and what was agreed to, as a draft of this browser, and send a code to the new number. Going back
    and changing something changes the same draft. Returns the refusal of the code, if it was refused."""
    with transaction.atomic():
        draft = _keep_draft(request, kind, given, language)
    if draft.phone_verified_at:
        return Verdict(True)
    verdict = send_code(request, draft)
    return verdict if verdict.ok else no(verdict.reason, field="phone")


def send_code(request: HttpRequest, appeal: Appeal) -> Verdict:
    """A code to the number that the appeal gives, for this browser; what strangers ask for elsewhere, in the name of
    this number, leaves some for it."""
    within = within_network(request, "appeal-codes", appeal.phone)
    return within and notify.codes.issue(CODES, appeal.phone, holder=browser(request)).verdict


def _keep_draft(request: HttpRequest, kind: str, given: dict[str, Any], language: str) -> Appeal:
    """One browser has one draft: a second tab finds, locked, what the first one has just made."""
    if not request.session.session_key:
        request.session.save()
    session = Session.objects.select_for_update().filter(pk=request.session.session_key).first()
    token = (session.get_decoded() if session else {}).get(MINE) or request.session.get(MINE)
    draft = Appeal.objects.select_for_update().filter(token=token).first() if token else None
    if draft is None or draft.state != "draft" or draft.kind != kind:
        draft = Appeal(kind=kind, operator=operator_organisation())
    if draft.phone != given["phone"]:
        draft.phone_verified_at = None
    for name in (
        "name", "doc_type", "doc_country", "doc_number", "doc_key", "login_name", "unit_name", "old_name", "uscc", "phone",
        "email", "words",
    ):  # fmt: skip
        setattr(draft, name, given.get(name) or "")
    draft.language = language
    agrees = draft.consent_version != rules.CONSENT
    if agrees:
        draft.consent_version, draft.consent_at = rules.CONSENT, clock.now()
    if draft.pk:
        draft.save()
    else:
        start(APPEAL, draft, appellant(draft))
    if agrees:
        agreed = {"identity": rules.CONSENT}
        publish(Happened(appellant(draft), "consents.given", f"{APPEAL.name}:{draft.pk}", agreed))
    request.session[MINE] = draft.token
    request.session.save()
    return draft


def verify_phone(appeal: Appeal, code: str, *, holder: str) -> Verdict:
    """Is it the code that was sent for this browser? Whether the number signs somebody else in is told only to who has proved that it is theirs."""
    verdict = notify.codes.check(CODES, appeal.phone, code, holder=holder)
    if verdict.ok and appeal.kind not in rules.UNITS:
        verdict = rules.phone_free(phone_taken(crypto.blind_index("phone", appeal.phone), but=None))
    if verdict.ok:
        # of this number only: another tab may have changed it meanwhile
        proved = Appeal.objects.filter(pk=appeal.pk, phone_index=appeal.phone_index, state__in=rules.COLLECTING)
        proved.update(phone_verified_at=clock.now())
    return verdict


def submit(appeal: Appeal, version: int | None) -> Appeal:
    """Hand it in, or the papers that were asked for. Raises Refused with everything that is missing."""
    if appeal.phone_verified_at is None:
        raise Refused(no(say("请先验证手机号"), field="phone"))
    agreed = rules.agreed(appeal.state, appeal.consent_version, appeal.kind)
    if not agreed:
        raise Refused(agreed)
    missing = papers.missing(appeal)
    if missing:
        raise Refused(*missing)
    name = "answer" if appeal.state == "asked" else "submit"
    try:
        return perform(APPEAL, appeal, name, appellant(appeal), version=version)
    except IntegrityError as error:
        raise Refused(
            no(say("这个账号您已经用同一个手机号申诉过，正在办理。用申诉编号和手机号就能查到"), code="E10")
        ) from error


def withdraw(appeal: Appeal) -> Appeal:
    return perform(APPEAL, appeal, "withdraw", appellant(appeal))


def seek(number: str, phone: str) -> Appeal | None:
    """The case of this number, where the phone is the one that was given in it."""
    index = crypto.blind_index("phone", phone)
    return Appeal.objects.filter(number=number.strip().upper()[:40], phone_index=index).exclude(phone_index="").first()


# ---------------------------------------------------------------- the previous contacts


def objected_appeal(token: str) -> Appeal | None:
    """The appeal of an objection link; None where the link was altered."""
    try:
        return Appeal.objects.filter(pk=signing.loads(token, salt=effects.SALT)).first()
    except signing.BadSignature:
        refusals.notice(refusals.LINK)
        return None


def object_to(appeal: Appeal, why: str) -> Appeal:
    """Raises Refused without a reason, Conflict where the case has gone on."""
    actor = Actor(name=str(say("原来的联系人")), kind="objector")
    verb = "object" if appeal.state == "cooling" else "join"
    return perform(APPEAL, appeal, verb, actor, note=why, data={"reason": why})


# ---------------------------------------------------------------- operators


def decide(
    actor: Actor,
    appeal: Appeal,
    decision: str,
    *,
    version: int | None,
    accepted: Collection[str] = (),
    templates: Sequence[str] = (),
    note: str = "",
) -> Appeal:
    """One decision of one operator. Raises Refused with everything against it, Conflict, Hidden."""
    verdicts = [may_review(actor, appeal)]
    if decision in APPROVING:
        verdicts.append(warnings_accepted(warning_keys(appeal), accepted))
    refused = [v for v in verdicts if not v.ok]
    if refused:
        raise Refused(*refused)
    with translation.override(appeal.language):
        said = reasons.sentence(templates, note)
    done = perform(
        APPEAL,
        appeal,
        decision,
        actor,
        note=said,
        data={"accepted": sorted(accepted), "reasons": list(templates), "reason": said},
        version=version,
    )
    return finish(done) if done.state == "cooling" else done


def finish(appeal: Appeal) -> Appeal:
    """Carry it through once the cooling-off time is over; before that, nothing happens. It lapses where the account was
    closed or merged meanwhile; where an operator locked it after the approval, somebody else looks again."""
    if not appeal.cooling_until or appeal.cooling_until > clock.now():
        return appeal
    account = Account.objects.get(pk=appeal.account_id or 0)
    if account.closed_at:
        return perform(APPEAL, appeal, "lapse", the_system())
    approved = approved_last(appeal) if not account.is_active else None
    if approved is not None and account.locked_at and account.locked_at > approved.at:
        return perform(APPEAL, appeal, "lock", the_system())
    accepted = list(approved.data.get("accepted", ())) if approved is not None else []
    return perform(APPEAL, appeal, "finish", the_system(), data={"accepted": accepted})


def reveal(actor: Actor, pk: int, purpose: str) -> Appeal:
    """The case with its numbers readable; who looked and why is in the audit log."""
    verdict = may_reveal(purpose if purpose in dict(reasons.PURPOSES) else "")
    if not verdict.ok:
        raise Refused(verdict)
    with transaction.atomic():
        appeal = review_appeal(actor, pk)
        audit.viewed(actor, f"{APPEAL.name}:{appeal.pk}", purpose)
    return appeal


def expire_drafts() -> int:
    """What was never handed in is withdrawn after a month, and the appellant is told."""
    before = clock.now() - dt.timedelta(days=rules.DRAFT_DAYS)
    old = Appeal.objects.filter(state__in=rules.COLLECTING, updated_at__lt=before).order_by("pk")[:100]
    for appeal in old:
        perform(APPEAL, appeal, "expire", the_system())
    return len(old)
