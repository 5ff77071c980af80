"""Look-ups of the support desk: exact, indexed, at most a handful of rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import Q

from waizhuan.identity.actors import active_mandates
from waizhuan.identity.appeals.models import Appeal
from waizhuan.identity.document_numbers import indexes_of
from waizhuan.identity.models import (
    Account,
    FormerCode,
    FormerName,
    LoginAlias,
    Organisation,
    Person,
    RealName,
    compare_key,
)
from waizhuan.identity.one_person import is_any_of
from waizhuan.identity.operators import rules
from waizhuan.identity.operators.models import Withdrawal
from waizhuan.identity.realname.models import Case, FormerDocument
from waizhuan.identity.realname.reviews import APPROVING
from waizhuan.kernel import crypto
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.verdict import Verdict
from waizhuan.shared.flow.api import Step
from waizhuan.shared.refdata import old_logins
from waizhuan.shared.refdata.names import name_key
from waizhuan.shared.refdata.phones import read_phone
from waizhuan.shared.refdata.unit_numbers import may_mean_anywhere

#: An exact look-up finds one account, or a few that share a phone. More are not shown.
AT_MOST = 10


def find(by: str, value: str) -> Sequence[Account]:
    """The accounts that this exact value belongs to. Four queries at most."""
    ids = {"document": _by_document, "phone": _by_phone, "login": _by_login, "unit": _by_unit}[by](value.strip())
    found = Account.objects.filter(pk__in=ids).select_related("person", "organisation").order_by("pk")
    return list(found[:AT_MOST])


def _by_document(value: str) -> set[int]:
    indexes = indexes_of(value)
    present = Person.objects.filter(doc_index__in=indexes).values_list("account_id", flat=True)
    former = FormerDocument.objects.filter(doc_index__in=indexes).values_list("account_id", flat=True)
    return {*present[:AT_MOST], *former[:AT_MOST]}


def _by_phone(value: str) -> set[int]:
    phone = read_phone(value)
    if not phone.verdict.ok:
        return set()
    index = crypto.blind_index("phone", phone.e164)
    return set(Account.objects.filter(phone_index=index).values_list("pk", flat=True)[:AT_MOST])


def _by_login(value: str) -> set[int]:
    """With the old system's prefix or without, as at the door (F8)."""
    key = compare_key(value)
    keys = [key, old_logins.KEY_PREFIX + key, old_logins.without_prefix(key)]
    return {
        *Account.objects.filter(login_key__in=keys).values_list("pk", flat=True),
        *LoginAlias.objects.filter(key__in=keys).values_list("account_id", flat=True),
    }


def _by_unit(value: str) -> set[int]:
    key = name_key(value)
    numbers = may_mean_anywhere(value)
    present = Q(kind="unit", name_key=key) | Q(uscc__in=numbers)
    found = set(Organisation.objects.filter(present, account__isnull=False).values_list("account_id", flat=True))
    named = FormerName.objects.filter(name_key=key, organisation__account__isnull=False)
    numbered = FormerCode.objects.filter(uscc__in=numbers, organisation__account__isnull=False)
    before = (rows.values_list("organisation__account_id", flat=True)[:AT_MOST] for rows in (named, numbered))
    return found.union(*before)


def account(pk: int) -> Account:
    found = Account.objects.filter(pk=pk).select_related("person", "organisation").first()
    if found is None:
        raise Hidden(f"account {pk}")
    return found


def concerned(account: Account) -> Collection[int]:
    """Whose affair a unit's verification is: its account's, and of who administers it now. A person's: their own. One query."""
    held = active_mandates().filter(organisation__account=account, role="unit.admin", account__closed_at=None)
    return {account.pk, *held.values_list("account_id", flat=True)}


def has_passed(account: Account, what: str) -> bool:
    """Is this verification (`rules.VERIFICATIONS`) there to be taken back? One query."""
    if what == "person":
        return Person.objects.filter(account=account, real_name=RealName.PASSED).exists()
    field = "agent_real_name" if what == "agent" else "real_name"
    return Organisation.objects.filter(account=account, **{field: RealName.PASSED}).exists()


def verified_since(account_id: int, what: str, moment: dt.datetime) -> bool:
    """Has somebody, or the register, said yes to it again (cases are of the kinds of the same names)? One query."""
    return Case.objects.filter(asker_account_id=account_id, kind=what, state="passed", updated_at__gt=moment).exists()


def open_withdrawal(account_id: int, what: str) -> Withdrawal | None:
    return Withdrawal.objects.filter(account_id=account_id, what=what, state="proposed").first()


def withdrawal(actor: Actor, pk: int) -> Withdrawal:
    """For the operator's desk, but for whom it concerns. Raises Hidden. Six queries at most."""
    rows = Withdrawal.objects.select_related("account__person", "account__organisation", "first_by__person")
    found = rows.filter(pk=pk).first()
    if found is None or not any(actor.holds(found.operator_id, r) for r in ("operator.reviewer", "operator.senior")):
        raise Hidden(f"withdrawal {pk}")
    if is_any_of(actor.account_id, concerned(found.account)):
        raise Hidden(f"withdrawal {pk}")
    found.may = _may_confirm(found, actor, concerned=False)
    return found


def may_confirm(row: Withdrawal, actor: Actor) -> Verdict:
    """Of a senior operator. No query for a row that `withdrawal` gave for them, five at most otherwise."""
    if row.may is not None:
        return row.may
    return _may_confirm(row, actor, concerned=is_any_of(actor.account_id, concerned(row.account)))


def _may_confirm(row: Withdrawal, actor: Actor, *, concerned: bool) -> Verdict:
    return rules.may_confirm_withdrawal(
        concerned=concerned,
        proposed=row.first_by_id is not None and is_any_of(actor.account_id, {row.first_by_id}),
        approved=is_any_of(actor.account_id, approved_by(row.account_id, row.what)),
    )


def approved_by(account_id: int, what: str) -> Collection[int]:
    """Which operators have said yes to this verification (cases are of the kinds of the same names) of the account, and to its
    main agent in an appeal. One query."""
    cases = Case.objects.filter(asker_account_id=account_id, kind=what, state="passed").values("pk")
    found = Q(process="realname.case", transition__in=APPROVING, subject_id__in=cases)
    if what == "agent":
        appeals = Appeal.objects.filter(account_id=account_id, state="approved").values("pk")
        found |= Q(process="appeals.appeal", transition__in=(*APPROVING, "uphold"), subject_id__in=appeals)
    return set(Step.objects.filter(found, account__isnull=False).values_list("account_id", flat=True))


def is_locked(account: Account) -> bool:
    """Locked by an operator, or by its holder ("this was not me")."""
    return account.locked_at is not None or not account.is_active


def sessions_of(account: Account) -> int:
    """How many sessions are open, as far as it matters."""
    return account.devices.order_by()[:100].count()


def cases_of(account_id: int) -> Sequence[Case]:
    return list(Case.objects.filter(asker_account_id=account_id).order_by("-id")[:AT_MOST])


def former_documents_of(account_id: int) -> Sequence[FormerDocument]:
    return list(FormerDocument.objects.filter(account_id=account_id).order_by("-id")[:AT_MOST])
