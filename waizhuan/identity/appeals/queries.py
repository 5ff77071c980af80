"""Reads of appeals: the appellant's by the case's secret, the operators' by their post."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from waizhuan.identity import one_person
from waizhuan.identity.actors import active_mandates
from waizhuan.identity.appeals import rules
from waizhuan.identity.appeals.models import Appeal, Evidence
from waizhuan.identity.appeals.papers import ALL
from waizhuan.identity.models import Account, Kind, Organisation, OrganisationKind, Person
from waizhuan.identity.recovery.actions import account_of, people_of
from waizhuan.identity.sign_in.actions import meant_by
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.reading import the_one
from waizhuan.kernel.verdict import Verdict
from waizhuan.shared.audit import api as audit
from waizhuan.shared.flow.api import Step
from waizhuan.shared.refdata import unit_numbers

PROCESS = "appeals.appeal"
MINE = "appeal"  # session key: the secret of the case that this browser has open


def own_appeal(request: HttpRequest) -> Appeal | None:
    """The case that this browser may see."""
    token = request.session.get(MINE)
    return Appeal.objects.filter(token=token).first() if token else None


def reviewable(actor: Actor) -> QuerySet[Appeal]:
    """Appeals that have been submitted to the operator acted for."""
    if not actor.has("operator.reviewer", "operator.senior"):
        return Appeal.objects.none()
    sent = Evidence.objects.filter(appeal=OuterRef("pk"), submitted_at__isnull=False)
    return Appeal.objects.filter(Exists(sent), operator_id=actor.organisation_id)


#: what a review shows and its rules ask; the rest of five tables would cost more than the page
_REVIEWED = (
    "kind", "number", "state", "version", "operator", "account", "first_by", "asked_at", "asker_account",
    "asker_organisation", "words", "objection", "language", "name", "doc_type", "doc_number", "doc_index", "phone",
    "login_name", "unit_name", "old_name", "uscc", "account__phone_index", "account__email_index", "account__is_active",
    "account__closed_at", "account__last_login", "account__person__doc_index", "account__person__name_key",
    "account__organisation__name", "account__organisation__name_key", "account__organisation__uscc",
)  # fmt: skip
#: what the stage and the checks show of a paper
_PAPER = (
    *("appeal", "slot", "scan", "replaced_at"),
    *(f"document__{name}" for name in ("media_type", "size", "pages", "created_at")),
)


def review_appeal(actor: Actor, pk: int) -> Appeal:
    """Raises Hidden for who does not review. One query, which also tells whether the document is the reviewer's own
    and whether the account is contested; two more at most where others have decided on it before."""
    others = Appeal.objects.filter(account_id=OuterRef("account_id"), state__in=rules.OPEN).exclude(pk=OuterRef("pk"))
    own = Person.objects.filter(account_id=actor.account_id or 0, doc_index=OuterRef("doc_index")).exclude(doc_index="")
    appeal = the_one(
        reviewable(actor)
        .annotate(concerned=Exists(own), contested=Exists(others))  # type: ignore[no-redef]
        .select_related("account__person", "account__organisation")
        .only(*_REVIEWED)
        .filter(pk=pk)
    )
    if appeal is None:
        raise Hidden(f"appeals.appeal {pk}")
    appeal.decided = decided_before(appeal, actor.account_id)
    return appeal


def may_review(actor: Actor, appeal: Appeal) -> Verdict:
    """The two-person rule and one's own account or document. No query for what `review_appeal` has read."""
    return rules.may_review(
        actor.account_id,
        appeal.account_id,
        decided=decided_before(appeal, actor.account_id),
        objected=appeal.state == "objected",
        concerned=appeal.concerned,
    )


def decided_before(appeal: Appeal, reviewer: int | None) -> bool:
    """Has this operator decided on it: looked first, where it waits for the second look; approved it in any way, where
    somebody objects; be it with another account of theirs. Two queries at most, none where `review_appeal` has asked."""
    if appeal.decided is None and appeal.state not in ("second", "objected"):
        return False
    if appeal.decided is not None or appeal.state == "second":
        return one_person.looked_first(appeal, reviewer)
    steps = Step.objects.filter(process=PROCESS, subject_id=appeal.pk, transition__in=rules.APPROVING)
    before = steps.exclude(account=None).values_list("account_id", flat=True)
    return one_person.is_any_of(reviewer, {id for id in before if id is not None})


def papers_of(appeal: Appeal) -> Sequence[Evidence]:
    """What was submitted: what counts in the order of the places, then what a later one replaced. One query."""
    order = [slot.code for slot in ALL]
    rows = Evidence.objects.filter(appeal=appeal, submitted_at__isnull=False)
    found = list(rows.select_related("document").only(*_PAPER))
    return sorted(found, key=lambda e: (e.replaced_at is not None, order.index(e.slot), e.pk))


def account_meant(appeal: Appeal) -> Account | None:
    """The account that the appeal is about; None where what was given fits none, or contradicts itself."""
    if appeal.kind in rules.UNITS:
        units = Organisation.objects.select_related("account").filter(
            kind=OrganisationKind.UNIT, account__isnull=False, account__closed_at=None
        )
        for name in filter(None, (appeal.unit_name, appeal.old_name)):
            named = account_of("unit", name, appeal.uscc)
            if named is not None:
                return named
        # renamed: its number alone, unless units of several places have it
        numbered = units.filter(uscc__in=unit_numbers.may_mean_anywhere(appeal.uscc))[:2]
        return numbered[0].account if len(numbered) == 1 else None
    people = people_of(appeal.name, appeal.doc_number)
    # the document as it was given, with its country; one of another kind, which the reviewer is warned of, if it is the only
    people = [person for person in people if person.doc_index == appeal.doc_index] or people
    if people or not appeal.login_name:
        return people[0].account if len(people) == 1 else None
    # an old account that has no identity on file is known by its login name alone (F7)
    named = meant_by(appeal.login_name).account
    if named is None or named.kind != Kind.NATURAL:
        return None
    person = Person.objects.filter(account=named).first()
    return named if person is None or not person.doc_index else None


def is_contested(appeal: Appeal) -> bool:
    """Is another appeal for the same account under way? One query, unless `review_appeal` has asked."""
    if appeal.contested is not None:
        return appeal.contested
    if appeal.account_id is None:
        return False
    return Appeal.objects.filter(account_id=appeal.account_id, state__in=rules.OPEN).exclude(pk=appeal.pk).exists()


def is_locked(appeal: Appeal) -> bool:
    """Did an operator lock the account? "This was not me" locks too; that its holder lifts alone."""
    return appeal.account is not None and appeal.account.closed_at is None and not appeal.account.is_active


def why_locked(account: Account) -> str:
    """The reason of the last lock by an operator. One query."""
    locks = audit.AuditEntry.objects.filter(verb="operators.locked", subject=f"identity.account:{account.pk}")
    last = locks.order_by("-pk").first()
    return str(last.detail.get("reason", "")) if last else ""


def approved_last(appeal: Appeal) -> Step | None:
    """The decision after which it cools off. One query."""
    steps = Step.objects.filter(process=PROCESS, subject_id=appeal.pk, transition__in=rules.APPROVING)
    return steps.order_by("-seq").first()


def signed_in_lately(account: Account) -> bool:
    """No query. Sessions do not tell: what is over leaves no row."""
    since = clock.now() - dt.timedelta(days=rules.LATELY)
    return account.last_login is not None and account.last_login > since


def administrators(account: Account) -> tuple[int, ...]:
    """Who administers the unit of this account now: they are told of an appeal, and can object. One query."""
    held = active_mandates().filter(organisation__account=account, role="unit.admin", account__closed_at=None)
    return tuple(held.order_by("account_id").values_list("account_id", flat=True))


def phone_taken(phone_index: str, *, but: int | None) -> bool:
    """Is the number another natural person's verified mobile?"""
    return Account.objects.of_mobile(phone_index, but=but).exists()
