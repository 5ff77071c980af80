"""F11: one person has two platform accounts; the person proves both, two operators decide, one account remains."""

from __future__ import annotations

from collections.abc import Callable

from tests.scenarios.harness import PHONE, Somebody, scenario
from waizhuan.identity import demo

Come = Callable[..., Somebody]


@scenario("F11")
def test_a_person_proves_the_other_account_and_two_operators_merge_them(somebody: Come) -> None:
    person = somebody("person").signs_in("person66", demo.PASSWORD)
    person.opens("/me/").presses("合并账号").fills(login_name="person67", password="wrong").presses("申请合并")
    person.sees("登录名或密码不对").fills(password=demo.PASSWORD).picture("F11-accounts-ask").presses("申请合并")
    person.sees("核对中", "平台运营中心").picture("F11-accounts-waiting")
    where = person.page.url
    first = somebody("first").signs_in("operator1", demo.PASSWORD)
    first.opens(where).sees("合并会动什么", "保留的账号").picture("F11-accounts-review").presses("是同一个人，转复核")
    first.sees("复核中")
    second = somebody("second").signs_in("operator2", demo.PASSWORD)
    second.opens(where).presses("复核通过，合并").sees("已合并", "合并动了什么").picture("F11-accounts-done")
    old = somebody("old").signs_in("person67", demo.PASSWORD)
    old.sees("person66")  # the old name signs in to the account that was kept
    second.opens(where).fills(note="本人要求分开").presses("撤销合并").sees("已撤销合并")


@scenario("F11")
def test_the_way_by_code_in_english_on_a_phone_without_scripts(somebody: Come) -> None:
    person = somebody("person", language="en", size=PHONE, scripts=False).signs_in("person68", demo.PASSWORD)
    person.opens("/me/accounts/?way=code").fills(login_name="person69").picture("F11-accounts-code")
    person.presses("Send a code").sees("If there is such an account")
    person.fills(code="000000").presses("Ask for a merge").sees("code").picture("F11-accounts-wrong-code")
