"""While the unit has a request it may name another source or target: the list is made anew, the former one stays told, and what
was sealed before counts for that one alone (F11, G5)."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from PIL import Image

from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.conftest import HOSTILE
from waizhuan.projects.merges import actions, queries, screens
from waizhuan.projects.merges.models import FormerList, Line, Merge
from waizhuan.projects.merges.process import MERGE
from waizhuan.projects.merges.tests.conftest import World, acting, make_place, old_account, owners
from waizhuan.projects.merges.tests.test_actions import scan
from waizhuan.projects.merges.tests.test_screens import signed_in
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.flow.api import perform
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db


def relisted(world: World, merge: Merge, *, old=None, person=None, target="unit", listing=None) -> Merge:  # type: ignore[no-untyped-def]
    return actions.relist(
        actor=world.admin,
        merge=merge,
        old=old,
        person=person,
        target=str(target),
        reason="写错了人 𠮷",
        listing=listing,
    )


def sent_back(world: World, merge: Merge) -> Merge:
    """Sealed, handed in, and given back."""
    merge = actions.add_letter(actor=world.admin, merge=merge, upload=scan(merge))
    merge = actions.submit(actor=world.admin, merge=merge, version=None)
    return perform(MERGE, merge, "give_back", world.clerk, note="新账号写错了")


def test_another_target_another_source_and_both_lists_stay_told(world: World) -> None:
    first = old_account("A", world.place.old_unit, projects=2)
    second = old_account("B", world.place.old_unit, projects=3)
    merge = sent_back(world, world.asked(old=first, target=world.c))
    sealed = FormerList.objects.get()
    assert (sealed.listing, sealed.count, sealed.scan, sealed.letter_id is not None) == (1, 2, "match", True)
    merge = relisted(world, merge, old=second, listing=1)
    assert (merge.listing, merge.old_id, merge.target_id, merge.letter_id) == (2, second.pk, None, None)
    assert set(merge.lines.values_list("number", flat=True)) == {"B-0", "B-1", "B-2"}
    assert list(sealed.lines.values_list("number", flat=True)) == ["A-0", "A-1"]
    assert ("WGZJXM_A" in sealed.source, "沈继任" in sealed.target) == (True, True)
    assert AuditEntry.objects.get(verb="merges.relisted").detail["lines"] == 3
    # the projects of the first list are free for another request
    assert world.asked(old=first, target=world.c).lines.count() == 2
    merge = world.moved(merge)
    assert {n: lead for n, lead in owners().items() if n.startswith("B")} == {"B-0": None, "B-1": None, "B-2": None}
    assert open_lines() == 2
    told = Message.objects.filter(template="merges.moved").values_list("account_id", flat=True)
    assert world.place.unit.account_id in told  # whose projects they are now


def unreadable() -> SimpleUploadedFile:
    """A scan without a code that could be read."""
    content = io.BytesIO()
    Image.new("L", (200, 200), "white").save(content, "PNG")
    return SimpleUploadedFile("scan.png", content.getvalue(), content_type="image/png")


def open_lines() -> int:
    return Line.objects.filter(open=True).count()


def test_the_old_scan_is_of_the_old_list_and_the_new_letter_of_the_new_one(world: World) -> None:
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=2), target=world.c)
    before = scan(merge)
    merge = sent_back(world, merge)
    merge = relisted(world, merge, old=merge.old)
    with pytest.raises(Refused) as refused:
        actions.submit(actor=world.admin, merge=merge, version=None)
    assert [v.field for v in refused.value.verdicts] == ["letter"]
    before.seek(0)
    with pytest.raises(Refused) as refused:
        actions.add_letter(actor=world.admin, merge=merge, upload=before)
    assert "改动以前的清单" in str(refused.value.verdicts[0].reason)
    merge = actions.add_letter(actor=world.admin, merge=merge, upload=scan(merge))
    assert merge.scan == "match"
    assert actions.submit(actor=world.admin, merge=merge, version=None).state == "review"


def test_leaving_lines_out_makes_another_list_too(world: World) -> None:
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=2), target=world.c)
    before = scan(merge)
    actions.add_letter(actor=world.admin, merge=merge, upload=before)
    actions.leave_out(actor=world.admin, merge=merge, lines=[merge.lines.earliest("id").pk])
    merge.refresh_from_db()
    assert (merge.listing, merge.letter_id, FormerList.objects.get().count) == (2, None, 2)
    before.seek(0)
    with pytest.raises(Refused, match="改动以前的清单"):
        actions.add_letter(actor=world.admin, merge=merge, upload=before)


def test_nobody_seals_confirms_or_changes_a_list_that_they_have_not_seen(world: World) -> None:
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=2), target=world.c)
    relisted(world, merge, old=merge.old, listing=1)
    line = merge.lines.earliest("id").pk
    for late in (
        lambda: actions.confirm(actor=world.admin, merge=merge, listing=1),
        lambda: actions.submit(actor=world.admin, merge=merge, version=None, listing=1),
        lambda: actions.leave_out(actor=world.admin, merge=merge, lines=[line], listing=1),
        lambda: actions.add_letter(actor=world.admin, merge=merge, upload=unreadable(), listing=1),
        lambda: relisted(world, merge, old=merge.old, target=world.c.pk, listing=1),
    ):
        with pytest.raises(Conflict):
            late()
    late_scan = {"upload": "1", "letter": unreadable(), "listing": "1"}
    answer = signed_in(world.place.admin).post(reverse("merges.case", args=[merge.pk]), late_scan)
    merge.refresh_from_db()
    assert (answer.status_code, merge.letter_id) == (409, None)
    same = relisted(world, merge, old=merge.old, listing=1)  # pressed twice
    assert (same.listing, merge.lines.count()) == (2, 2)


def test_only_while_the_unit_has_it_and_only_the_unit(world: World) -> None:
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=1), target=world.c)
    other = make_place("songling", "松岭农业科学院", 1001, 50)
    for stranger in (world.clerk, acting(other.admin, other.unit), acting(world.c, world.place.unit)):
        with pytest.raises(Hidden):
            actions.relist(
                actor=stranger, merge=merge, old=merge.old, person=None, target="unit", reason="x", listing=None
            )
    change = reverse("merges.change", args=[merge.pk])
    for account in (other.admin, world.clerk_account, world.c):
        assert signed_in(account).get(change).status_code == 404
    world.handed_in(merge)
    with pytest.raises(Conflict):
        relisted(world, merge, old=merge.old)
    assert signed_in(world.place.admin).get(change).status_code == 302


def test_what_is_wrong_is_said_and_nothing_changes(world: World) -> None:
    first = old_account("A", world.place.old_unit, projects=1)
    busy = old_account("B", world.place.old_unit, projects=1)
    empty = old_account("C", world.place.old_unit)
    merge = world.asked(old=first, target=world.c)
    world.asked(old=busy, target=world.c)
    for source, target in ((busy, "unit"), (empty, "unit"), (first, "999999"), (None, "unit")):
        with pytest.raises(Refused):
            relisted(world, merge, old=source, target=target)
    merge.refresh_from_db()
    assert (merge.listing, merge.old_id, merge.lines.count(), open_lines()) == (1, first.pk, 1, 2)


def test_through_the_pages(world: World) -> None:
    first = old_account("A", world.place.old_unit, projects=1)
    second = old_account("B", world.place.old_unit, projects=1)
    merge = sent_back(world, world.asked(old=first, target=world.c))
    admin, clerk = signed_in(world.place.admin), signed_in(world.clerk_account)
    case, change = (reverse(f"merges.{name}", args=[merge.pk]) for name in ("case", "change"))
    assert change in admin.get(case).content.decode()
    form = admin.get(change).content.decode()
    assert f'<option value="o{first.pk}" selected>' in form
    assert f'<option value="{world.c.pk}" selected>' in form
    given = {"source": f"o{second.pk}", "target": "unit", "reason": "<script>O'Brien", "listing": "1"}
    assert admin.post(change, {**given, "target": ""}).status_code == 422
    assert admin.post(change, given)["Location"] == case
    page = admin.get(case).content.decode()
    former = reverse("merges.former", args=[merge.pk, FormerList.objects.get().pk])
    assert ("B-0" in page, "A-0" in page.split("以前的清单")[0], former in page) == (True, False, True)
    assert "<script>O" not in page
    assert "A-0" in admin.get(former).content.decode()
    assert clerk.get(former).status_code == 404  # the unit has it
    admin.post(case, {"confirm": "1", "version": str(Merge.objects.get().version), "listing": "2"})
    assert "A-0" in clerk.get(former).content.decode()
    letter = reverse("documents.view", args=[FormerList.objects.get().letter_id])
    assert clerk.get(letter).status_code == admin.get(letter).status_code == 200
    other = make_place("songling", "松岭农业科学院", 1001, 50)
    assert signed_in(other.admin).get(former).status_code == signed_in(other.admin).get(letter).status_code == 404
    assert admin.get(reverse("merges.former", args=[merge.pk, 10**10])).status_code == 404


def test_every_source_is_found_however_many_there_are(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "OFFERED", 3)
    olds = [old_account(f"acc{n:02d}", world.place.old_unit, projects=1) for n in range(25)]
    elsewhere = make_place("songling", "松岭农业科学院", 1001, 50)
    theirs = old_account("zzz", elsewhere.old_unit, projects=1)
    world.application(world.a, 1)
    admin, url = signed_in(world.place.admin), reverse("merges.sources")
    assert 'name="find"' in admin.get(reverse("merges.new")).content.decode()
    seen, cursor = [], ""
    while True:
        found, rows = queries.sources(world.place.unit.pk, "old", "", cursor)
        seen += [s.old.pk for s in rows if s.old]
        if not (cursor := found.next):
            break
    assert seen == [a.pk for a in olds]
    page = admin.get(url, {"q": "WGZJXM_acc24"}).content.decode()
    assert (f"?source=o{olds[24].pk}" in page, "acc23" in page) == (True, False)
    assert f"?source=p{world.a.pk}" in admin.get(url, {"kind": "people", "q": world.a.person.name[:2]}).content.decode()
    assert "没有找到" in admin.get(url, {"q": "zzz"}).content.decode()
    chosen = reverse("merges.new") + f"?source=o{olds[24].pk}"
    assert f'<option value="o{olds[24].pk}" selected>' in admin.get(chosen).content.decode()
    given = {"target": str(world.c.pk), "reason": "原管理员离职"}
    assert admin.post(chosen, {**given, "source": f"o{theirs.pk}"}).status_code == 422
    assert admin.post(chosen, {**given, "source": f"o{olds[24].pk}"}).status_code == 302
    assert Merge.objects.get().old == olds[24]


def test_what_was_typed_is_there_when_one_comes_back_from_the_search(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "OFFERED", 1)
    olds = [old_account(f"acc{n}", world.place.old_unit, projects=1) for n in range(3)]
    merge = world.asked(old=olds[0])
    admin, reason = signed_in(world.place.admin), "艾力·买买提离职，<b>O'Brien</b>接手𠮷" + "。" * 470
    given = {"source": f"o{olds[1].pk}", "target": str(world.c.pk), "reason": reason, "find": "1"}
    for form in (reverse("merges.new"), reverse("merges.change", args=[merge.pk])):
        found = admin.post(form, {**given, "listing": "1"})
        assert len(found["Location"]) < 200
        for other in ("", "&kind=people", "&q=acc"):  # whatever is searched, and however often
            page = admin.get(found["Location"] + other).content.decode()
            ways = [unescape(way) for way in re.findall(rf'href="({form}[^"]*)"', page)]
            assert ways
            for way in ways:
                back = admin.get(way).content.decode()
                assert escape(reason) in back
                assert f'<option value="{world.c.pk}" selected>' in back
                assert way.split("source=")[-1].split("&")[0] in back if "source=" in way else f"o{olds[1].pk}" in back
            tabs = re.findall(r'href="(\?kind=[^"]*)"', page)
            assert ["typed=" in tab for tab in tabs] == [True, True]
            assert 'type="hidden" name="typed"' in page
    assert Merge.objects.count() == 1  # a search asks for nothing
    for _ in range(20):
        admin.post(reverse("merges.new"), given)
    assert len(admin.session[screens.TYPED]) == screens.SEARCHES


@pytest.mark.parametrize("value", HOSTILE)
def test_whatever_is_sent_is_no_fault(world: World, value: str) -> None:
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=1), target=world.c)
    admin, change = signed_in(world.place.admin), reverse("merges.change", args=[merge.pk])
    given = {"q": value, "kind": value, "merge": value, "page": value, "typed": value}
    assert admin.get(reverse("merges.sources"), given).status_code == 200
    assert admin.get(reverse("merges.new"), {"source": value, "typed": value}).status_code == 200
    posted = {"source": value, "target": value, "reason": value, "listing": value}
    assert admin.post(change, posted).status_code == 422
    assert admin.get(admin.post(change, {**posted, "find": value})["Location"]).status_code == 200


def test_it_costs_the_same_with_1_and_30(world: World) -> None:
    # with more than the others have, it is among those that the form offers, and not asked for besides
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=3), target=world.c)
    Merge.objects.update(listing=2)  # a former list is of one that was changed
    admin, counts = signed_in(world.place.admin), []
    pages = [reverse("merges.sources"), reverse("merges.sources") + "?kind=people"]
    pages += [reverse(f"merges.{name}", args=[merge.pk]) for name in ("change", "case")]
    for there in (1, 30):
        for n in range(there):
            old_account(f"B{there}-{n}", world.place.old_unit, projects=2)
            FormerList.objects.create(merge=merge, listing=1, source="a", target="b", reason="c", count=1)
        for page in pages:
            admin.get(page)
            with CaptureQueriesContext(connection) as seen:
                assert admin.get(page).status_code == 200
            counts.append(len(seen))
    assert counts[:4] == counts[4:]
    assert max(counts) <= 12
