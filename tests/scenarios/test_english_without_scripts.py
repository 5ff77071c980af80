"""The main path again, in English and with scripts switched off: nothing of it needs JavaScript."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

from tests.scenarios.harness import Somebody, scenario
from tests.scenarios.papers import png
from waizhuan.identity import demo

Come = Callable[..., Somebody]


def reader(come: Come, login_name: str) -> Somebody:
    who = come(login_name, language="en", scripts=False)
    return who.signs_in(login_name, demo.PASSWORD)


def press(who: Somebody, name: str) -> Somebody:
    return who.presses(name, within="main, .wz-decide")


@scenario("A2", "B4", "B5", "G2")
def test_a_foreigner_registers(somebody: Come) -> None:
    who = somebody("foreigner", language="en", scripts=False)
    who.opens("/register/person/")
    who.fills(name="Siobhán O'Brien", doc_type="passport", doc_country="IRL", doc_number="PB7654321")
    press(who, "Next").sees("Choose a login name")
    who.fills(login_name="siobhan", password="siobhan", password2="other")
    press(who, "Next").sees("things to correct", "too close", "Not the same")
    who.fills(password="Galway-Bay-26", password2="Galway-Bay-26")
    press(who, "Next")
    who.fills(phone="+353 85 123 4567")
    press(who, "Send the code")
    who.fills(code=who.code_sent_to("+353851234567"), consent="on")
    press(who, "Complete registration").sees("You are registered").picture("registered")
    press(who, "Verify now").picture("consent-to-documents").agrees().sees(
        "Real-name verification", "Start verification"
    )


@scenario("F1", "F4", "F5", "G2")
def test_from_application_to_approval(somebody: Come, tmp_path: Path) -> None:
    admin, lead = reader(somebody, "chenzhiwei"), reader(somebody, "limuyang")
    admin.opens("/applications/new/").fills(title="Ocean sensors <script>alert(1)</script> 𠮷")
    admin.page.select_option("#id_call", index=1)
    admin.page.select_option("#id_lead", label="李沐阳")
    press(admin, "Begin the application").sees("Ocean sensors")
    found = re.search(r"/applications/(\d+)/", admin.page.url)
    assert found
    id = found.group(1)
    fill(lead, id, tmp_path)
    lead.opens(f"/applications/{id}/submit/").sees("you can hand it in")
    press(lead, "Hand in").sees("Handed in").picture("submitted")
    admin.opens(f"/review/{id}/").sees("Jürgen Müller")
    press(admin, "Confirm and send").sees("Done")
    head = reader(somebody, "xizhou_head").opens(f"/review/{id}/")
    head.fills(rank="88", note="Sound; please support.")
    press(head, "Recommend").sees("Done")
    press(reader(somebody, "ministry_clerk").opens(f"/review/{id}/"), "Pass").sees("Done")
    press(reader(somebody, "ministry_head").opens(f"/review/{id}/"), "Approve").sees("Approved").picture("approved")
    lead.opens(f"/applications/{id}/").sees("Project approved", "Recommended by the department").picture("case")


def fill(lead: Somebody, id: str, folder: Path) -> None:
    start = dt.date.today() + dt.timedelta(days=90)  # noqa: DTZ011
    lead.opens(f"/applications/{id}/basic/")
    lead.fills(
        area="industry",
        starts_on="not a date",
        ends_on=(start + dt.timedelta(days=200)).isoformat(),
        contact_name="Li",
        contact_phone="0571-88881204",
        summary="Joint research.",
        need="Long experience.",
    )
    press(lead, "Save").sees("There is no such day")
    assert lead.page.input_value('[name="starts_on"]') == "not a date"  # nothing typed is lost
    lead.fills(starts_on=start.isoformat())
    press(lead, "Next")
    press(lead, "Add an expert")
    key = lead.page.locator("fieldset.wz-expert").first.get_attribute("id") or ""
    lead.fills_in(
        {
            f"{key}-name_latin": "Jürgen Müller",
            f"{key}-nationality": "DEU",
            f"{key}-passport": "C01X00T47",
            f"{key}-birth": "1970-05-06",
            f"{key}-degree": "11",
            f"{key}-title": "011",
            f"{key}-employer": "TU, Professor",
            f"{key}-speciality": "Sensors",
        }
    )
    stay = lead.page.locator(f'#{key} input[name$="-first"], #{key} input[name$="-last"]')
    stay.nth(0).fill((start + dt.timedelta(days=5)).isoformat())
    stay.nth(1).fill((start + dt.timedelta(days=19)).isoformat())
    press(lead, "Next").sees("Funding").picture("funding")
    cells = lead.page.locator(".wz-budget td input.form-control")
    for n, amount in enumerate(["14000", "4000", "8000", "2000"]):
        cells.nth(n).fill(amount)
    lead.fills(match="0")
    press(lead, "Next")
    lead.fills(
        papers="1", patents="0", trained="2", lectures="1", results="A prototype.", benefits="Used by two firms."
    )
    press(lead, "Next")
    for kind in ("agreement", "passport"):
        lead.page.set_input_files(f"#file-{kind}", str(png(folder, f"{kind}.png")))
        lead.page.locator(f'button[value="upload:{kind}"]').click()
        lead.sees(f"{kind}.png")
