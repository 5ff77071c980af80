"""Filling an application in: nothing typed is lost, two people do not overwrite each other, pressing twice makes one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.projects.applications import contents, drafts, world
from waizhuan.projects.applications.drafts import Clash, Draft
from waizhuan.projects.applications.kinds import ATTACHMENTS, FILES_AT_MOST, SECTIONS
from waizhuan.projects.applications.models import Application, Attachment, Section
from waizhuan.projects.applications.process import PROCESS, by_filler
from waizhuan.projects.calls.api import Call
from waizhuan.shared.documents import api as documents
from waizhuan.shared.flow.api import perform, start

EDITABLE = ("draft", "more")


@dataclass(frozen=True, slots=True)
class Saved:
    """The section after a save: its version, and the fields that somebody else had changed meanwhile."""

    section: Section
    draft: Draft
    clashes: list[Clash]


def create(*, actor: Actor, call: Call, title: str, lead: int | None, token: str) -> Application:
    """Begin an application in a call; with a lead, it is theirs at once. The same token makes the same application."""
    if not actor.has("unit.admin") or actor.organisation_id is None:
        raise Hidden
    if call.published_at is None or call.closes_at < clock.now():
        raise Refused(no(say("这一批已经截止受理"), field="call"))
    try:
        with transaction.atomic():
            if lead is not None:
                identity.hold(lead)  # is not closed or merged before they have it
            leads = identity.people_with(actor.organisation_id, "projects.lead") if lead is not None else {}
            if lead is not None and lead not in leads:
                raise Refused(no(say("请选择一位本单位授权的项目负责人"), field="lead", code="F4"))
            fresh = Application(
                token=token,
                call=call,
                unit_id=actor.organisation_id,
                title=title,
                title_key=world.topic_key(title),
                asker_organisation_id=actor.organisation_id,
                asker_account_id=actor.account_id,
            )
            start(PROCESS, fresh, actor)
            first = Draft({"title": title}, {"title": 1})
            Section.objects.create(
                application=fresh, name="basic", version=1, content=contents.dump(first), saved_by_id=actor.account_id
            )
            if lead is not None:
                return perform(PROCESS, fresh, "assign", actor, note=leads[lead], data={"lead": lead})
            return fresh
    except IntegrityError:
        found = Application.objects.filter(token=token, unit_id=actor.organisation_id).first()
        if found is None:
            raise
        return found


def _section(actor: Actor, application: Application, name: str) -> tuple[Application, Section]:
    """The section, locked, of an application in which this actor may write now."""
    if name not in SECTIONS:
        raise Hidden
    row = Application.objects.select_for_update(of=("self",)).filter(pk=application.pk).first()
    if row is None or not by_filler(actor, row).ok:
        raise Hidden
    if row.state not in EDITABLE:
        raise Conflict(say("申报书已经提交，现在不能修改。刚才填写的没有保存。"))
    section = Section.objects.select_for_update().filter(application=row, name=name).first()
    # the locked application sees to it that nobody else makes the same section now
    return row, section or Section.objects.create(application=row, name=name)


def save(
    *,
    actor: Actor,
    application: Application,
    name: str,
    posted: Mapping[str, str],
    base: int,
    touched: Collection[str] | None = None,
) -> Saved:
    """Keep what was typed by somebody who saw version `base` of the section. Raises Hidden, Conflict (handed in)."""
    with transaction.atomic():
        row, section = _section(actor, application, name)
        draft = contents.load(section.content)
        visits = _visits(row) if name == "funding" else ()
        merged, clashes = drafts.merge(
            name, draft, posted, base=base, version=section.version + 1, touched=touched, visits=visits
        )
        if merged != draft:
            _keep(row, section, merged, actor)
            draft = merged
        return Saved(section, draft, clashes)


def _visits(application: Application) -> tuple[str, ...]:
    section = Section.objects.filter(application=application, name="experts").first()
    return contents.load(section.content).visits if section else ()


def _keep(row: Application, section: Section, draft: Draft, actor: Actor) -> None:
    section.content, section.version = contents.dump(draft), section.version + 1
    section.saved_at, section.saved_by_id = clock.now(), actor.account_id
    section.save()
    title = draft.get("title").strip()[:200] if section.name == "basic" else ""
    if title and title != row.title:
        row.title, row.title_key = title, world.topic_key(title)
    row.updated_at = clock.now()
    row.save(update_fields=["title", "title_key", "updated_at"])


def change_rows(*, actor: Actor, application: Application, change: Callable[[Draft], Draft | Verdict]) -> Saved:
    """Add or remove experts and visits. Raises Refused where there would be too many."""
    with transaction.atomic():
        row, section = _section(actor, application, "experts")
        draft = contents.load(section.content)
        changed = change(draft)
        if isinstance(changed, Verdict):
            raise Refused(changed)
        if changed != draft:
            _keep(row, section, changed, actor)
        return Saved(section, changed, [])


def new_key() -> str:
    return secrets.token_hex(4)


# ---------------------------------------------------------------- attachments


def attach(*, actor: Actor, application: Application, kind: str, upload: UploadedFile[Any] | None) -> None:
    """One file, at once; it does not wait for the form."""
    if kind not in ATTACHMENTS:
        raise Hidden
    if upload is None:
        raise Refused(no(say("请选择要上传的文件"), field=kind, code="E12"))
    with transaction.atomic():
        _section(actor, application, "attachments")
    # taking a file apart needs its time: outside the transaction; an orphan is thrown away in a week
    document = documents.store(upload, actor=actor, purpose="application")
    with transaction.atomic():
        row, section = _section(actor, application, "attachments")
        if Attachment.objects.filter(application=row).count() >= FILES_AT_MOST:
            raise Refused(no(say("至多上传 {n} 份附件", n=FILES_AT_MOST), field=kind))
        Attachment.objects.create(application=row, kind=kind, document=document, added_by_id=actor.account_id)
        documents.attach(document, subject=f"{PROCESS.name}:{row.pk}")
        _keep(row, section, contents.load(section.content), actor)


def detach(*, actor: Actor, application: Application, id: int) -> None:
    with transaction.atomic():
        row, section = _section(actor, application, "attachments")
        gone, _ = Attachment.objects.filter(application=row, pk=id).delete()
        if gone:
            _keep(row, section, contents.load(section.content), actor)
            publish(Happened(actor, "applications.detach", f"{PROCESS.name}:{row.pk}", {"attachment": id}))


# ---------------------------------------------------------------- handing in


def submit(*, actor: Actor, application: Application, version: int | None) -> Application:
    """Hand in, or hand back after having been asked. Raises Refused with everything that is missing."""
    transition = "supply" if application.state == "more" else "submit"
    return perform(PROCESS, application, transition, actor, version=version)
