"""Filling in: what is kept, what clashes, what is refused."""

from __future__ import annotations

import secrets

import pytest

from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.applications import actions, contents, drafts
from waizhuan.projects.applications.kinds import SECTIONS
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.pdf import application_pdf
from waizhuan.projects.applications.queries import visible_to
from waizhuan.projects.conftest import World, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(world: World) -> World:
    world.profile()
    return world


def kept(application: Application, name: str = "basic") -> drafts.Draft:
    return contents.load(application.sections.get(name=name).content)


def test_pressing_twice_begins_one(ready: World) -> None:
    given = {
        "actor": ready.actor("admin"),
        "call": ready.call,
        "title": "O'Brien 𠮷",
        "lead": None,
        "token": secrets.token_hex(16),
    }
    assert actions.create(**given).pk == actions.create(**given).pk  # type: ignore[arg-type]
    assert Application.objects.count() == 1


@pytest.mark.parametrize("who", ["lead", "clerk", "minister"])
def test_only_the_unit_begins_one(ready: World, who: str) -> None:
    with pytest.raises(Hidden):
        actions.create(actor=ready.actor(who), call=ready.call, title="x", lead=None, token="t")


def test_only_an_authorised_lead_is_given_one(ready: World) -> None:
    for lead in (ready.people["other_lead"].pk, ready.people["nobody"].pk, 10**15):
        with pytest.raises(Refused):
            actions.create(
                actor=ready.actor("admin"), call=ready.call, title="x", lead=lead, token=secrets.token_hex(16)
            )


def test_two_people_do_not_overwrite_each_other(ready: World) -> None:
    """Different fields are both kept; the same field is a clash that shows what the other one wrote."""
    made = ready.application("empty")
    lead, admin = ready.actor("lead"), ready.actor("admin")
    actions.save(actor=lead, application=made, name="basic", posted={"contact_name": "甲"}, base=1)
    saved = actions.save(
        actor=admin,
        application=made,
        name="basic",
        posted={"summary": "乙", "contact_name": ""},
        base=1,
        touched=["summary"],
    )
    assert (kept(made).get("contact_name"), kept(made).get("summary"), saved.clashes) == ("甲", "乙", [])
    saved = actions.save(actor=admin, application=made, name="basic", posted={"contact_name": "丙"}, base=1)
    assert [(c.name, c.mine, c.theirs) for c in saved.clashes] == [("contact_name", "丙", "甲")]
    assert kept(made).get("contact_name") == "甲"


def test_what_others_changed_is_handed_back(ready: World) -> None:
    made = ready.application("empty")
    actions.save(actor=ready.actor("admin"), application=made, name="basic", posted={"contact_name": "甲"}, base=1)
    saved = actions.save(
        actor=ready.actor("lead"), application=made, name="basic", posted={"summary": "乙"}, base=1, touched=["summary"]
    )
    assert saved.draft.changed_since(1) == {"contact_name": "甲", "summary": "乙"}


@pytest.mark.parametrize("who", ["lead2", "other_admin", "clerk", "minister"])
def test_nobody_else_writes(ready: World, who: str) -> None:
    made = ready.application("draft")
    for name in SECTIONS:
        with pytest.raises(Hidden):
            actions.save(actor=ready.actor(who), application=made, name=name, posted={"title": "x"}, base=99)
    with pytest.raises(Hidden):
        actions.attach(actor=ready.actor(who), application=made, kind="cv", upload=picture())


def test_what_was_handed_in_does_not_change(ready: World) -> None:
    made = ready.application("unit_confirm")
    with pytest.raises(Conflict):
        actions.save(actor=ready.actor("lead"), application=made, name="basic", posted={"title": "x"}, base=99)
    with pytest.raises(Conflict):
        actions.attach(actor=ready.actor("lead"), application=made, kind="cv", upload=picture())


def test_everything_missing_is_said_at_once(ready: World) -> None:
    made = Application.objects.select_related("call__standard").get(pk=ready.application("empty").pk)
    with pytest.raises(Refused) as refused:
        actions.submit(actor=ready.actor("lead"), application=made, version=None)
    sections = {v.field.split(".")[0] for v in refused.value.verdicts}
    assert sections == {"basic", "experts", "funding", "performance", "attachments"}


def test_an_expert_busy_at_another_unit_is_refused_at_once(ready: World) -> None:
    running = ready.application("approved", 0)
    made = ready.application("draft", 2)
    actions_fill(ready, made)
    key = kept(made, "experts").rows[0][0]
    passport = running.experts.get()
    actions.save(
        actor=ready.actor("lead"),
        application=made,
        name="experts",
        posted={f"{key}-passport": passport.passport, f"{key}-nationality": passport.nationality},
        base=99,
    )
    with pytest.raises(Refused) as refused:
        actions.submit(actor=ready.actor("lead"), application=made, version=None)
    assert [v.field for v in refused.value.verdicts] == [f"experts.{key}-passport"]


def actions_fill(world: World, made: Application) -> None:
    from waizhuan.projects.applications.demo import fill

    fill(made, world.actor("lead"), 2)


def test_whom_an_application_concerns_sees_it(ready: World) -> None:
    """Nothing leaves the unit before the unit has sent it; what comes back is the unit's alone again."""
    expected = {
        "draft": {"admin", "admin2", "lead"},
        "unit_confirm": {"admin", "admin2", "lead"},
        "recommend": {"admin", "admin2", "lead", "clerk", "clerk2", "head", "minister", "minister_clerk"},
        "approved": {"admin", "admin2", "lead", "clerk", "clerk2", "head", "minister", "minister_clerk"},
    }
    for n, (state, readers) in enumerate(expected.items()):
        made = ready.application(state, n)
        assert {w for w in ready.posts if visible_to(ready.actor(w)).filter(pk=made.pk).exists()} == readers, state
    Application.objects.filter(state="recommend").update(state="draft")  # sent back
    assert not visible_to(ready.actor("clerk")).filter(state="draft").exists()


def test_the_pdf_holds_every_script_and_length(ready: World) -> None:
    made = ready.application("draft")
    long = "买买提·吐尔逊 𠮷 O'Brien <script> #let x = 1 *bold* $x$ \\ @ref [a] {b}\n" * 12
    actions.save(
        actor=ready.actor("lead"),
        application=made,
        name="basic",
        posted={"title": "𠮷 买买提·吐尔逊 #1", "summary": long, "contact_name": "O'Brien", "starts_on": "keine"},
        base=99,
    )
    whole = Application.objects.select_related("call__standard", "unit", "lead__person").get(pk=made.pk)
    pdf = application_pdf(whole)
    assert pdf.startswith(b"%PDF")
    import pypdfium2

    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    for piece in ("买买提·吐尔逊", "O'Brien", "<script>", "#let x = 1", "*bold*", "keine", made.unit.name):
        assert piece in text.replace("’", "'"), piece
