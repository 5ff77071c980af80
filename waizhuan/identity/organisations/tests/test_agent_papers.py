"""A new main agent does not read what the former one uploaded and had not handed in."""

from __future__ import annotations

import pytest
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Organisation
from waizhuan.identity.organisations import agent
from waizhuan.identity.realname import uploads
from waizhuan.identity.realname.actions import add_document
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.process import CASE
from waizhuan.identity.realname.tests.conftest import picture
from waizhuan.kernel.actor import the_system
from waizhuan.shared.flow.api import perform, start

pytestmark = pytest.mark.django_db


def test_the_former_agent_s_papers_stay_with_their_case() -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    account = unit.account
    assert account is not None
    Organisation.objects.filter(pk=unit.pk).update(agent_real_name="not_started")
    unit.refresh_from_db()
    case = Case(kind="agent", asker_account=account, organisation=unit, operator=demo.organisation("operator", "平台"))
    case.name, case.doc_type, case.doc_number = unit.agent_name, unit.agent_doc_type, unit.agent_doc_number
    case = start(CASE, case, actor_of(account))
    case = perform(CASE, case, "auto_fail", the_system(""), data={"result": "mismatch", "code": "number"})
    paper = add_document(actor_of(account), case, case.slots[0].code, picture())
    assert uploads._may_view(actor_of(account), paper.document)
    new = {"agent_name": "沈听雨", "agent_doc_type": "resident_id", "agent_doc_country": "CHN"}
    agent.change(
        actor_of(account), account, new | {"agent_doc_number": demo.resident_id(88), "phone": "+8613900001117"}
    )
    case.refresh_from_db()
    account.refresh_from_db()
    assert case.state == "withdrawn"
    assert case.evidence.count() == 1
    assert not uploads._may_view(actor_of(account), paper.document)
    assert case.left_at is not None
    assert reverse("realname.case", args=[case.pk])
