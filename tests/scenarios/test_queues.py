"""The post box: own tabs, work for a colleague, the keyboard, and the same without scripts."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.scenarios.harness import PHONE, Somebody, scenario
from waizhuan.identity import demo

Come = Callable[..., Somebody]


@scenario("F1")
def test_the_queue_by_keyboard_with_a_tab_of_ones_own(somebody: Come) -> None:
    clerk = somebody("clerk").signs_in("operator1", demo.PASSWORD)
    clerk.opens("/work/?assignee=nobody").presses("存为我的标签").fills(name="没人办的").presses("保存")
    clerk.sees("没人办的").picture("queue-own-tab")
    keys = clerk.page.keyboard
    rows = clerk.page.locator("table tbody tr")
    keys.press("j")
    expect(rows.nth(0).locator("th a")).to_be_focused()
    if rows.count() > 1:
        keys.press("j")
        keys.press("k")
        expect(rows.nth(0).locator("th a")).to_be_focused()
    keys.press("x")
    expect(rows.nth(0).locator("input[type=checkbox]")).to_be_checked()
    keys.press("x")
    expect(rows.nth(0).locator("input[type=checkbox]")).not_to_be_checked()
    keys.press("?")
    clerk.sees("下一行、上一行").picture("queue-keys")
    clerk.page.locator("[data-keys-switch]").uncheck()
    clerk.page.locator("h1").click()
    keys.press("/")
    expect(clerk.page.locator("[name=q]")).not_to_be_focused()  # switched off
    clerk.page.locator("[data-keys-switch]").check()
    keys.press("/")
    expect(clerk.page.locator("[name=q]")).to_be_focused()
    keys.type("jx")
    expect(clerk.page.locator("[name=q]")).to_have_value("jx")  # a field is for typing
    clerk.opens("/work/views/").presses("去掉").sees("还没有标签")
    clerk.opens("/work/")
    keys.press("j")
    keys.press("Enter")
    clerk.page.wait_for_url(lambda url: not url.rstrip("/").endswith("/work"))


@scenario("F1")
def test_work_for_a_colleague_in_english_on_a_phone_without_scripts(somebody: Come) -> None:
    clerk = somebody("clerk", language="en", size=PHONE, scripts=False).signs_in("xizhou_clerk1", demo.PASSWORD)
    clerk.opens("/work/").picture("queue-phone")
    line = clerk.page.locator("table tbody tr").first
    title = line.locator("th a").inner_text()
    take, table = clerk.page.get_by_role("button", name="I take it"), clerk.page.locator("table")
    expect(take).to_be_hidden()
    where = table.evaluate("table => table.offsetTop")
    line.locator("input[type=checkbox]").check()
    expect(take).to_be_visible()
    assert table.evaluate("table => table.offsetTop") == where, "no row moves"
    colleague = clerk.page.locator("[name=to] option", has_text="孙清和")
    name = colleague.inner_text()
    clerk.fills(to=colleague.get_attribute("value") or "").presses("Assign").picture("queue-assigned")
    clerk.opens("/work/?assignee=colleague").sees(title, name)
    told = somebody("colleague").signs_in("xizhou_clerk2", demo.PASSWORD)
    told.opens("/messages/").sees("把一件待办分给了您").opens("/work/?assignee=mine").sees(title)
    told.page.locator("table tbody tr", has_text=title).locator("input[type=checkbox]").check()
    told.presses("放回公共待办").opens("/work/?assignee=mine").sees_not(title)
