"""A verification that was a mistake: one of the desk proposes to take it back, another one does it (G8)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from waizhuan.kernel.verdict import Verdict
from waizhuan.shared.flow.models import Subject


class Withdrawal(Subject):
    """The verification `what` (`rules.VERIFICATIONS`) of an account. Nobody asks for it but the desk: there is no asker."""

    account = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    what = models.CharField(max_length=8)
    reason = models.CharField(max_length=200)
    operator = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    first_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)

    #: may the reader decide it (`queries.may_confirm`); None: not asked yet
    may: Verdict | None = None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "what"], condition=Q(state="proposed"), name="one_open_withdrawal_of_a_verification"
            ),
        ]
