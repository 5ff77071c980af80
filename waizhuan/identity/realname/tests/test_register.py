"""The embedded authority: a local register loaded from CSV."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from waizhuan.identity import demo
from waizhuan.identity.realname.authority import register
from waizhuan.identity.realname.authority.answers import Answer, Result
from waizhuan.identity.realname.models import RegisterPerson, RegisterUnit

pytestmark = pytest.mark.django_db

NUMBER = demo.resident_id(1)
USCC = demo.credit_code(1)
HEAD = "kind,name,doc_type,number,country,uscc,rep_name,rep_number\n"
ASK = register.RegisterAuthority()


def load(rows: str) -> tuple[int, list[register.Wrong]]:
    return register.load(StringIO(HEAD + rows))


def test_people() -> None:
    assert load(f"person,陈知微,resident_id,{NUMBER},,,,\n") == (1, [])
    assert ASK.check_person("陈知微", "resident_id", NUMBER, "CHN") == Answer(Result.MATCH)
    assert ASK.check_person(" 陈 知微", "resident_id", NUMBER.lower(), "CHN") == Answer(Result.MATCH)
    assert ASK.check_person("陈知薇", "resident_id", NUMBER, "CHN") == Answer(Result.MISMATCH, "name")
    assert ASK.check_person("陈知微", "resident_id", demo.resident_id(2), "CHN") == Answer(Result.UNKNOWN, "not_found")
    assert ASK.check_person("陈知微", "passport", NUMBER, "CHN") == Answer(Result.UNKNOWN, "not_found")


@pytest.mark.parametrize(
    "name", ["", "O'Brien", "买买提·吐尔逊", "𠮷野", "x" * 5000, "\x00", "'; DROP TABLE", "<script>"]
)
@pytest.mark.parametrize("number", ["", "𠮷", "\x00", "9" * 5000, "' OR 1=1"])
def test_nothing_that_can_be_asked_breaks_it(name: str, number: str) -> None:
    assert ASK.check_person(name, "resident_id", number, "CHN").result is Result.UNKNOWN
    assert ASK.check_unit(name, number, name, number).result is Result.UNKNOWN


def test_units() -> None:
    assert load(f"unit,云溪理工大学,,,,{USCC},沈维,{NUMBER}\n") == (1, [])
    assert ASK.check_unit("云溪理工大学", USCC, "沈维", NUMBER) == Answer(Result.MATCH)
    assert ASK.check_unit("云溪大学", USCC, "沈维", NUMBER) == Answer(Result.MISMATCH, "unit_name")
    assert ASK.check_unit("云溪理工大学", USCC, "沈纬", NUMBER) == Answer(Result.MISMATCH, "rep")
    assert ASK.check_unit("云溪理工大学", USCC, "沈维", demo.resident_id(2)) == Answer(Result.MISMATCH, "rep")


def test_wrong_rows_are_named_and_the_others_taken() -> None:
    count, wrong = load(
        f"person,陈知微,resident_id,{NUMBER},,,,\n"
        "person,李沐阳,resident_id,123,,,,\n"
        f"person,,resident_id,{NUMBER},,,,\n"
        "person,李沐阳,library_card,123,,,,\n"
        "unit,某单位,,,,123,,\n"
        "cat,咪咪,,,,,,\n"
        "person\n"
    )
    assert count == 1
    assert [w.line for w in wrong] == [3, 4, 5, 6, 7, 8]
    assert RegisterPerson.objects.count() == 1


def test_loading_again_changes_nothing_and_corrects_names() -> None:
    load(f"person,陈知微,resident_id,{NUMBER},,,,\nunit,云溪理工大学,,,,{USCC},沈维,{NUMBER}\n")
    load(f"person,陈知薇,resident_id,{NUMBER},,,,\nunit,云溪大学,,,,{USCC},沈维,{NUMBER}\n")
    assert (RegisterPerson.objects.count(), RegisterUnit.objects.count()) == (1, 1)
    assert ASK.check_person("陈知薇", "resident_id", NUMBER, "CHN").result is Result.MATCH


def test_the_same_person_twice_in_one_file() -> None:
    row = f"person,陈知微,resident_id,{NUMBER},,,,\n"
    assert load(row * 3)[0] == 3
    assert RegisterPerson.objects.count() == 1


def test_it_holds_no_names_and_no_numbers() -> None:
    load(f"person,陈知微,resident_id,{NUMBER},,,,\n")
    stored = "".join(str(v) for v in RegisterPerson.objects.values_list().get())
    assert "陈" not in stored
    assert NUMBER not in stored


def test_the_command(tmp_path: Path) -> None:
    out = StringIO()
    call_command("load-register", stdout=out)
    assert out.getvalue().strip().endswith("0 not taken")
    assert RegisterPerson.objects.count() >= 5
    broken = tmp_path / "x.csv"
    broken.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError):
        call_command("load-register", str(broken))
    with pytest.raises(CommandError):
        call_command("load-register", str(tmp_path / "missing.csv"))
