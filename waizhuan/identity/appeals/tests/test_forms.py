"""What an appeal takes as a unit's number."""

from __future__ import annotations

import pytest

from waizhuan.identity import demo
from waizhuan.identity.appeals.forms import UnitForm
from waizhuan.identity.models import Organisation
from waizhuan.shared.refdata import unit_numbers

pytestmark = pytest.mark.django_db
LONG = ["12.345.678/0001-95", "123456789012345", "HRB-123456-B-MUENCHEN"]


def form(number: str) -> UnitForm:
    given = {
        "unit_name": "Universidade de Exemplo",
        "uscc": number,
        "name": "韩叙",
        "doc_type": "resident_id",
        "doc_number": demo.resident_id(3),
        "phone": "13911112222",
    }
    return UnitForm(given)


@pytest.mark.parametrize("number", LONG)
def test_a_long_number_of_a_unit_abroad_is_no_wrong_credit_code(number: str) -> None:
    unit = demo.unit("exemplo", "Universidade de Exemplo", 1000)
    Organisation.objects.filter(pk=unit.pk).update(uscc=unit_numbers.check("BRA", number).number)
    assert "uscc" not in form(number).errors


@pytest.mark.parametrize("number", [*LONG[1:2], demo.credit_code(1000)[:-1]])
def test_what_is_nobody_s_number_and_looks_like_a_credit_code_is_checked_as_one(number: str) -> None:
    assert "uscc" in form(number).errors
