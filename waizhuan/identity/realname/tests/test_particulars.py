"""Kind, place and address of a verified unit change by its certificate of registration (E11)."""

from __future__ import annotations

import json

import pytest

from waizhuan.identity.models import Account, Organisation
from waizhuan.identity.realname import rules
from waizhuan.identity.realname.authority.answers import Answer, Result
from waizhuan.identity.realname.forms import ChangeForm
from waizhuan.identity.realname.tests.conftest import FakeAuthority, approve, signed_in
from waizhuan.identity.realname.tests.test_changes import admin, handed_in, typed, unit
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.flow.models import WorkItem
from waizhuan.shared.notify.models import Message

__all__ = ["admin", "unit"]  # fixtures


def test_kind_place_and_address_are_read_from_the_certificate_by_a_person(
    unit: Organisation, admin: Account, reviewer: Account, authority: FakeAuthority
) -> None:
    """No interface answers for them; where nothing else changes, the certificate alone will do."""
    authority.answer = Answer(Result.MATCH)
    case = handed_in(unit, unit_kind="enterprise", division="420100", address="珞喻路 1 号")
    assert (case.auto_code, authority.asked) == ("particulars", 0)
    assert [s.code for s in case.slots if s.required] == ["certificate"]
    assert WorkItem.objects.get(process="realname.case", closed_at=None).line == (
        "事业单位 → 企业；浙江省杭州市 → 湖北省武汉市；— → 珞喻路 1 号"
    )
    unit.refresh_from_db()
    assert (unit.unit_kind, unit.division) == ("institution", "330100"), "until it is approved"
    page = signed_in(reviewer).get(f"/real-name/{case.pk}/review/").content.decode()
    assert all(f">{text}<" in page for text in ("单位类型", "湖北省武汉市", "珞喻路 1 号"))
    Account.objects.filter(pk=admin.pk).update(language="en")
    approve(reviewer, case)
    unit.refresh_from_db()
    assert (unit.unit_kind, unit.division, unit.address) == ("enterprise", "420100", "珞喻路 1 号")
    entry = AuditEntry.objects.get(verb="realname.unit_changed")
    assert entry.detail["division"] == ["330100", "420100"]
    assert "rep" not in entry.detail
    assert "Public institution → Company" in Message.objects.get(account=admin).body, "in its reader's language"


def test_a_change_asked_for_before_leaves_what_it_does_not_name_alone(
    unit: Organisation, reviewer: Account, authority: FakeAuthority
) -> None:
    """Cases that are under way when this begins to be asked for know name, number and representative only."""
    case = handed_in(unit, name="云溪科技大学")
    was = {c: v for c, v in case.was.items() if c not in rules.PARTICULARS}
    case.before, case.unit_kind, case.division = json.dumps(was), "", ""
    case.save()
    approve(reviewer, case)
    unit.refresh_from_db()
    assert (unit.name, unit.unit_kind, unit.division) == ("云溪科技大学", "institution", "330100")


@pytest.mark.parametrize("place", ["330106", ""])
def test_a_place_that_is_not_in_the_list_stays_as_it_is(unit: Organisation, place: str) -> None:
    unit.division = place
    form = ChangeForm(unit, typed(unit, division=place))
    assert form.is_valid(), form.errors
    assert form.registered().division == place
