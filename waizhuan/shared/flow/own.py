"""Nobody decides their own request: one rule over every process table, asked by the interpreter."""

from __future__ import annotations

import dataclasses

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.flow.models import Subject
from waizhuan.shared.flow.process import Process, Transition

OWN = no(say("申请人不能审核自己的申请"), code="G9")


def not_ones_own(process: Process, subject: Subject, t: Transition, actor: Actor) -> Verdict:
    """May this actor decide, or is it their own request: asked for by them, or by an organisation for which they act as
    well? What an asker may do in any post (take it back, answer) stays theirs; and what a unit does within itself is its
    own matter."""
    if actor.account_id is None or not _concerned(subject, actor):
        return YES
    if not t.others.ok and subject.asker_account_id == actor.account_id:
        return t.others
    state = process.state(subject.state)
    post = state.holder(subject) if state.holder else None
    if post is None or not post.role or state.asker_turn or state.tone == "turn":
        return YES
    if subject.asker_organisation_id in (post.organisation_id, actor.organisation_id) and subject.asker_organisation_id:
        return YES
    nobody = dataclasses.replace(actor, organisation_id=None, organisation_kind="", roles=frozenset())
    return YES if t.by(nobody, subject).ok else OWN


def _concerned(subject: Subject, actor: Actor) -> bool:
    if subject.asker_account_id is not None and subject.asker_account_id == actor.account_id:
        return True
    asker = subject.asker_organisation_id
    return asker is not None and any(o.id == asker for o in actor.organisations)
