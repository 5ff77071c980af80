"""What comes out of the printer: the page's substance in black on white, nothing that one can only press."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.scenarios.harness import PICTURES, Somebody, scenario
from waizhuan.identity import demo


@scenario("G2")
def test_a_case_is_printed_without_what_one_can_only_press(somebody: Callable[..., Somebody]) -> None:
    reader = somebody("reader").signs_in("chenzhiwei", demo.PASSWORD)
    reader.opens("/applications/").presses("近海风电基础冲刷监测与防护", within="tbody")
    page = reader.page
    page.emulate_media(media="print")
    shown = page.evaluate(
        "() => ['header', 'nav', 'footer', 'main button', '.btn', '.wz-skip'].filter(css =>"
        " [...document.querySelectorAll(css)].some(e => e.getClientRects().length))"
    )
    assert shown == [], f"printed, though nobody can press it: {shown}"
    expect(page.get_by_role("heading", name="近海风电基础冲刷监测与防护")).to_be_visible()
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    page.set_viewport_size({"width": 794, "height": 1123})  # A4 at 96 dots an inch
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert sideways <= 0, "wider than the paper"
    page.screenshot(path=PICTURES / "print-case.png", full_page=True)
