"""Linking what is certain, claiming what is not, handing over what the unit holds."""

from __future__ import annotations

import contextlib
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.projects.entry import api as entry
from waizhuan.projects.legacy.models import LegacyAccount
from waizhuan.projects.linking import queries, rules
from waizhuan.projects.linking.links import link
from waizhuan.projects.linking.models import Claim, Unlinked
from waizhuan.projects.linking.process import CLAIM
from waizhuan.shared.documents import api as documents
from waizhuan.shared.flow.api import start

PURPOSE = "old_account"
AT_ONCE = 200


def link_certain(account_id: int, seen: queries.Seen | None = None) -> int:
    """Link the old accounts whose evidence is sufficient for this person; how many."""
    seen = seen or queries.seen_by(account_id)
    count = 0
    for old in seen.rows:
        how = rules.sufficient(queries.evidence(old, account_id, seen, ""))
        if how:
            with contextlib.suppress(Refused):  # undone before, or the number was corrected a moment ago
                link(actor=the_system(""), old_id=old.pk, account_id=account_id, how=how)
                count += 1
    return count


def link_newcomers() -> int:
    """The same for everybody at once, by the number alone: whoever was verified, or brought over, since the last time. So the
    old login name signs in before its owner has looked for it (F8)."""
    verified = identity.Person.objects.filter(real_name=identity.RealName.PASSED, account__closed_at=None)
    undone = Unlinked.objects.filter(old=OuterRef("pk"), account__person__doc_index=OuterRef("doc_index"))
    open_rows = LegacyAccount.objects.filter(account=None).exclude(doc_index="").exclude(Exists(undone))
    found = list(
        open_rows.filter(doc_index__in=verified.exclude(doc_index="").values("doc_index"))
        .order_by("pk")
        .values_list("pk", "doc_index")[:AT_ONCE]
    )
    owner = dict(verified.filter(doc_index__in={d for _, d in found}).values_list("doc_index", "account_id"))
    for pk, index in found:
        with contextlib.suppress(Refused):
            link(actor=the_system(""), old_id=pk, account_id=owner[index], how=rules.NUMBER)
    return len(found)


def claim(*, actor: Actor, login: str, words: str, upload: UploadedFile[Any] | None = None) -> Claim:
    """Ask whoever knows: the old account's unit, else the department, else the ministry. Raises Refused; pressing twice
    makes one claim."""
    old = queries.by_login(login)
    if actor.kind != "natural" or actor.account_id is None:
        raise Hidden
    if old is None:
        raise Refused(no(say("没有这个旧登录名，请核对；带不带 WGZJXM_ 都可以"), field="login", code="F10"))
    found = queries.evidence(old, actor.account_id, queries.known_of(actor.account_id), "")
    verdict = rules.may_claim(found, claimed=queries.open_claim(actor.account_id, old.pk))
    if not verdict.ok:
        raise Refused(verdict)
    if not words.strip():
        raise Refused(no(say("请写明为什么是您的，例如在哪个单位、什么时候用过"), field="words"))
    decider, role = _who_decides(old, actor)
    document = documents.store(upload, actor=actor, purpose=PURPOSE) if upload else None
    try:
        with transaction.atomic():
            made = Claim(
                old=old,
                decider=decider,
                role=role,
                words=words.strip()[:2000],
                document=document,
                asker_account_id=actor.account_id,
            )
            start(CLAIM, made, actor)
            if document:
                documents.attach(document, subject=f"{CLAIM.name}:{made.pk}")
    except IntegrityError:
        return Claim.objects.get(asker_account_id=actor.account_id, old=old, state__in=("review", "asked"))
    return made


def _who_decides(old: LegacyAccount, actor: Actor) -> tuple[identity.Organisation, str]:
    """The old account's unit knows best. Where it is not on the platform: the department of the unit that the person acts
    for, if the old unit was of its province (digits 3–4 of the credit code, GB 32100-2015); else the ministry."""
    if old.unit and old.unit.organisation:
        return old.unit.organisation, "unit.admin"
    acting = actor.organisation_id if actor.organisation_kind == "unit" else None
    department = entry.department_of(acting) if acting is not None else None
    code = old.unit.uscc if old.unit else ""
    if department is not None and department.division[:2] and code[2:4] == department.division[:2]:
        return department, "department.clerk"
    ministry = identity.Organisation.objects.filter(kind=identity.OrganisationKind.MINISTRY).order_by("pk").first()
    if ministry is None:
        raise Hidden
    return ministry, "ministry.clerk"


def hand_over(*, actor: Actor, old_id: int, person: int | None) -> LegacyAccount:
    """The unit gives what its old account held to one of its project leads (F10). Raises Refused, Hidden."""
    if not actor.has("unit.admin") or actor.organisation_id is None:
        raise Hidden
    with transaction.atomic():
        old = LegacyAccount.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=old_id).first()
        if old is None or old.unit is None or old.unit.organisation_id != actor.organisation_id:
            raise Hidden
        leads = identity.people_with(actor.organisation_id, "projects.lead")
        known = person in leads and identity.known_of(person or 0).verified
        verdict = rules.may_hand_over(
            linked=old.account_id is not None and old.account_id != person,
            same_unit=True,
            known=known,
            own=identity.is_oneself(actor, person),
        )
        if not verdict.ok:
            raise Refused(verdict)
        return link(actor=actor, old_id=old.pk, account_id=person or 0, how=rules.HAND_OVER)
