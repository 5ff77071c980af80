"""Every foreign key to an account or an organisation, and what becomes of it.

`merge`: two accounts of one person (or two units) become one · `hand_over`: a post passes to somebody else · `delete`: an
account is closed. A key that is not listed fails `tests/architecture/test_foreign_keys.py`: no merge can miss a table.
"""

from __future__ import annotations

from dataclasses import dataclass

MOVE, KEEP, STAYS, GOES = (
    "moves to the one that remains",
    "keeps telling who it was",
    "stays with the post",
    "goes with the account",
)
END = "ends"


@dataclass(frozen=True, slots=True)
class Fate:
    merge: str
    hand_over: str
    delete: str


HISTORY = Fate(KEEP, KEEP, KEEP)  # what happened, happened: never rewritten
WORK = Fate(MOVE, STAYS, STAYS)  # open work belongs to a post
CASE = Fate(MOVE, STAYS, KEEP)  # a case and whose it is
OWN = Fate(GOES, KEEP, GOES)  # belongs to the account alone and is of no use to another
STRUCTURE = Fate(MOVE, KEEP, KEEP)  # the shape of organisations

FATES: dict[str, Fate] = {
    "audit.AuditEntry.account": HISTORY,
    "audit.AuditEntry.organisation": HISTORY,
    "flow.Step.account": HISTORY,
    "flow.Step.organisation": HISTORY,
    "flow.WorkItem.organisation": WORK,
    "flow.WorkItem.account": WORK,
    "flow.WorkItem.assignee": Fate(MOVE, END, END),
    "flow.WorkItem.asker_account": CASE,
    "flow.WorkItem.asker_organisation": CASE,
    "flow.WorkItem.closed_by": HISTORY,
    "flow.SavedView.account": OWN,
    "flow.SavedView.organisation": STRUCTURE,
    "documents.Document.owner": CASE,
    "documents.Document.organisation": CASE,
    "notify.Message.account": Fate(MOVE, KEEP, GOES),
    "identity.LoginAlias.account": Fate(MOVE, KEEP, GOES),
    "identity.Person.account": OWN,
    "identity.Organisation.account": STRUCTURE,
    "identity.Organisation.parent": STRUCTURE,
    "identity.FormerName.organisation": STRUCTURE,
    "identity.Mandate.account": Fate(MOVE, END, END),
    "identity.Mandate.organisation": STRUCTURE,
    "identity.Mandate.granted_by": HISTORY,
    "identity.Mandate.withdrawn_by": HISTORY,
    "registration.Draft.account": OWN,
    "registration.Consent.account": OWN,
    "sign_in.PasswordLink.account": OWN,
    "second_factor.Authenticator.account": OWN,
    "second_factor.Passkey.account": OWN,
    "second_factor.RecoveryCode.account": OWN,
    # whom it was filed about: another account that took this one over is not what the appellant has proved
    "appeals.Appeal.account": Fate(KEEP, STAYS, KEEP),
    "appeals.Appeal.operator": STRUCTURE,
    "appeals.Appeal.first_by": HISTORY,
    "appeals.Appeal.asker_account": CASE,
    "appeals.Appeal.asker_organisation": CASE,
    "contact_change.ContactChange.account": OWN,
    "my_information.DataRequest.operator": STRUCTURE,
    "my_information.DataRequest.asker_account": CASE,
    "my_information.DataRequest.asker_organisation": CASE,
    "account_merges.AccountMerge.survivor": HISTORY,
    "account_merges.AccountMerge.closing": HISTORY,
    "account_merges.AccountMerge.operator": STRUCTURE,
    "account_merges.AccountMerge.first_by": HISTORY,
    "account_merges.AccountMerge.asker_account": CASE,
    "account_merges.AccountMerge.asker_organisation": CASE,
    "account_merges.Side.account": HISTORY,
    "openid.Consent.account": OWN,
    "openid.Grant.account": OWN,
    "openid.Grant.organisation": Fate(KEEP, END, END),
    "sign_in.Device.account": Fate(GOES, KEEP, GOES),
    "realname.Case.asker_account": CASE,
    "realname.Case.asker_organisation": CASE,
    "realname.Case.organisation": CASE,
    "realname.Case.operator": STRUCTURE,
    "realname.Case.conflict_with": HISTORY,
    "realname.Case.first_by": HISTORY,
    "realname.FormerDocument.account": Fate(MOVE, KEEP, KEEP),
    "delegation.Invitation.organisation": CASE,
    "delegation.Invitation.invited_by": HISTORY,
    "delegation.Request.asker_account": CASE,
    "delegation.Request.asker_organisation": CASE,
    "delegation.Request.organisation": CASE,
    "departments.Reorganisation.made_by": HISTORY,
    "departments.StaffChoice.account": Fate(MOVE, KEEP, KEEP),
    "departments.Successor.department": HISTORY,
    "departments.DepartmentChange.department": HISTORY,
    "departments.DepartmentChange.made_by": HISTORY,
    "departments.UnitMove.unit": HISTORY,
    "departments.UnitMove.before": HISTORY,
    "departments.UnitMove.after": HISTORY,
    "departments.TreeImport.made_by": HISTORY,
    "entry.UnitProfile.asker_account": CASE,
    "entry.UnitProfile.asker_organisation": CASE,
    "entry.UnitProfile.unit": STRUCTURE,
    "entry.UnitProfile.department": Fate(MOVE, STAYS, KEEP),
    "unit_changes.UnitChange.asker_account": CASE,
    "unit_changes.UnitChange.asker_organisation": CASE,
    "unit_changes.UnitChange.unit": CASE,
    "unit_changes.UnitChange.department": Fate(MOVE, STAYS, KEEP),
    "unit_changes.UnitChange.to_department": Fate(MOVE, STAYS, KEEP),
    "unit_changes.UnitChange.ministry": STRUCTURE,
    "unit_changes.FieldChange.unit": CASE,
    "handover.HandOver.asker_account": CASE,
    "handover.HandOver.asker_organisation": CASE,
    "handover.HandOver.organisation": CASE,
    "handover.HandOver.ministry": STRUCTURE,
    "handover.HandOver.leaver": HISTORY,
    "handover.HandOver.successor": HISTORY,
    "calls.Call.organisation": STRUCTURE,
    "assignment.Wish.unit": Fate(MOVE, STAYS, GOES),
    "assignment.Wish.account": Fate(GOES, END, GOES),
    "lookup.SavedFilter.account": OWN,
    "lookup.SavedFilter.organisation": STRUCTURE,
    "lookup.Export.account": OWN,
    "lookup.Export.organisation": STRUCTURE,
    "applications.Application.asker_account": CASE,
    "applications.Application.asker_organisation": CASE,
    "applications.Application.unit": CASE,
    "applications.Application.lead": CASE,
    "applications.Application.department": Fate(MOVE, STAYS, KEEP),
    "applications.Section.saved_by": HISTORY,
    "applications.Attachment.added_by": HISTORY,
    "people.Engagement.unit": CASE,
    "legacy.LegacyUnit.organisation": STRUCTURE,
    "legacy.LegacyUnit.matched_by": HISTORY,
    "legacy.LegacyAccount.account": CASE,
    "legacy.LegacyProject.organisation": CASE,
    "legacy.LegacyProject.lead": CASE,
    "linking.Claim.asker_account": CASE,
    "linking.Claim.asker_organisation": CASE,
    "linking.Claim.decider": Fate(MOVE, STAYS, KEEP),
    "linking.Unlinked.account": HISTORY,
    "linking.Unlinked.by": HISTORY,
    "merges.Merge.asker_account": CASE,
    "merges.Merge.asker_organisation": CASE,
    "merges.Merge.unit": CASE,
    "merges.Merge.person": HISTORY,
    "merges.Merge.target": HISTORY,
    "merges.Merge.department": Fate(MOVE, STAYS, KEEP),
    "merges.Merge.confirmed_by": HISTORY,
    "merges.Line.before_lead": HISTORY,
    "legacy.Import.organisation": STRUCTURE,
    "legacy.Import.started_by": HISTORY,
}
