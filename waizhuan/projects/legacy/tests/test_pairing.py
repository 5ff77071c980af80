"""The ministry decides what no rule could: which verified unit an old unit is. And a unit gives its old projects to its people."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from waizhuan.identity import demo
from waizhuan.identity.api import Account, Organisation, actor_of
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.legacy import assigning, matching, pairing
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject, LegacyUnit
from waizhuan.projects.legacy.rules import BY_NUMBER
from waizhuan.projects.linking import links
from waizhuan.projects.linking import rules as linking
from waizhuan.projects.linking.tests.conftest import Place, acting, make_place, old_account
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.notify.models import Message, Outbox

pytestmark = pytest.mark.django_db
WHY = "代码登记错了"


@pytest.fixture
def head(clerk: Actor) -> Actor:
    """Who gives an old unit to one for which neither code nor name speaks."""
    who, ministry = demo.person("head", "陶怀瑾", 301), Organisation.objects.get(pk=clerk.organisation_id or 0)
    demo.mandate(who, ministry, "ministry.head")
    return acting(who, ministry)


@pytest.fixture
def two_had_the_name() -> tuple[Organisation, Organisation]:
    """Two verified units that both were called so: no rule can tell."""
    units = demo.unit("a", "甲大学", 2000), demo.unit("b", "乙大学", 2001)
    for unit in units:
        unit.former_names.create(name="老大学", name_key="老大学")
    return units


def old_unit(name: str = "老大学", key: str = "#x") -> LegacyUnit:
    made = LegacyUnit.objects.create(key=key, code=key, name=name, name_key=name, digest="x")
    matching.match_units([made.pk])
    made.refresh_from_db()
    return made


def test_one_of_the_candidates_is_chosen_and_can_be_taken_back(
    clerk: Actor, head: Actor, two_had_the_name: tuple[Organisation, Organisation]
) -> None:
    first, second = two_had_the_name
    old = old_unit()
    assert old.organisation_id is None
    account = old_account("A", old, projects=2)
    assert {c.unit.pk for c in pairing.candidates([old])[old.pk]} == {first.pk, second.pk}
    stranger = demo.unit("c", "丙大学", 2002)
    with pytest.raises(Refused):
        pairing.pair(actor=clerk, old_id=old.pk, unit_id=stranger.pk)
    pairing.pair(actor=clerk, old_id=old.pk, unit_id=first.pk)
    pairing.pair(actor=clerk, old_id=old.pk, unit_id=first.pk)  # pressed twice
    with pytest.raises(Conflict):
        pairing.pair(actor=clerk, old_id=old.pk, unit_id=second.pk)
    assert set(LegacyProject.objects.values_list("organisation_id", flat=True)) == {first.pk}
    with pytest.raises(Conflict):  # an old page: it is another unit's meanwhile
        pairing.part(actor=clerk, old_id=old.pk, unit_id=second.pk, why=WHY)
    pairing.part(actor=clerk, old_id=old.pk, unit_id=first.pk, why=WHY)
    pairing.part(actor=clerk, old_id=old.pk, unit_id=first.pk, why=WHY)
    assert not LegacyProject.objects.filter(organisation__isnull=False).exists()
    with pytest.raises(Refused, match="是您撤回了"):  # nobody moves it from one unit to another alone
        pairing.pair(actor=clerk, old_id=old.pk, unit_id=second.pk)
    pairing.pair(actor=clerk, old_id=old.pk, unit_id=first.pk)  # but a slip is put right
    pairing.part(actor=clerk, old_id=old.pk, unit_id=first.pk, why=WHY)
    colleague = demo.person("colleague", "同事", 78)
    demo.mandate(colleague, Organisation.objects.get(pk=clerk.organisation_id or 0), "ministry.clerk")
    pairing.pair(actor=acting(colleague), old_id=old.pk, unit_id=second.pk)
    holder = demo.person("holder", "某人", 77)
    LegacyAccount.objects.filter(pk=account.pk).update(account=holder, linked_at=clock.now(), linked_how="claim")
    with pytest.raises(Refused):  # the unit said whose the old account is
        pairing.part(actor=clerk, old_id=old.pk, unit_id=second.pk, why=WHY)
    LegacyAccount.objects.filter(pk=account.pk).update(account=None, linked_at=None, linked_how="")
    LegacyProject.objects.filter(number="A-0").update(lead=holder, moved=True)  # the unit gave a project to somebody
    with pytest.raises(Refused, match="由司管理员撤回"):  # matching it again would not give it back to them
        pairing.part(actor=clerk, old_id=old.pk, unit_id=second.pk, why=WHY)
    pairing.part(actor=head, old_id=old.pk, unit_id=second.pk, why=WHY)
    assert LegacyProject.objects.filter(organisation=None, lead=None, moved=False).count() == 2
    [told] = Message.objects.filter(account=holder)
    assert told.template == "legacy.project_left"
    assert WHY in told.body


def test_who_has_a_project_by_the_number_keeps_no_unit_and_gets_it_back(
    clerk: Actor, head: Actor, two_had_the_name: tuple[Organisation, Organisation]
) -> None:
    """Such a link is made by itself, for nobody's decision: it does not hold up taking a match back."""
    first, second = two_had_the_name
    old = old_unit()
    holder = demo.person("holder", "某人", 77)
    old_account("A", old, projects=2, account=holder, linked_at=clock.now(), linked_how=BY_NUMBER)
    pairing.pair(actor=clerk, old_id=old.pk, unit_id=first.pk)
    assert set(LegacyProject.objects.values_list("lead_id", flat=True)) == {holder.pk}
    pairing.part(actor=clerk, old_id=old.pk, unit_id=first.pk, why=WHY)
    assert LegacyProject.objects.filter(organisation=None, lead=None).count() == 2
    assert LegacyAccount.objects.get().account_id == holder.pk
    pairing.pair(actor=head, old_id=old.pk, unit_id=second.pk)
    assert set(LegacyProject.objects.values_list("organisation_id", "lead_id")) == {(second.pk, holder.pk)}


def test_nobody_gives_old_projects_to_a_unit_for_which_they_act_as_well(
    clerk: Actor, two_had_the_name: tuple[Organisation, Organisation]
) -> None:
    first, _ = two_had_the_name
    old = old_unit()
    account = Account.objects.get(pk=clerk.account_id or 0)
    demo.mandate(account, first, "unit.admin")
    both = actor_of(account, acting_for=clerk.organisation_id, second_factor=True)
    for why in ("", "民函 12 号"):
        with pytest.raises(Refused, match="另一位同事"):
            pairing.pair(actor=both, old_id=old.pk, unit_id=first.pk, why=why)


def test_the_unit_s_administrators_are_told_both_ways(
    clerk: Actor, two_had_the_name: tuple[Organisation, Organisation]
) -> None:
    first, _ = two_had_the_name
    admin, old = demo.person("admin", "顾言", 61), old_unit()
    demo.mandate(admin, first, "unit.admin")
    pairing.pair(actor=clerk, old_id=old.pk, unit_id=first.pk)
    pairing.part(actor=clerk, old_id=old.pk, unit_id=first.pk, why=WHY)
    made = pairing.pair(actor=clerk, old_id=old.pk, unit_id=first.pk, why="民函 12 号")  # a candidate, and a paper
    assert made.matched_why == "民函 12 号"
    told = Message.objects.filter(account=admin).order_by("id").values_list("template", flat=True)
    assert list(told) == ["legacy.unit_matched", "legacy.unit_parted", "legacy.unit_given"]


def test_what_a_rule_matched_is_taken_back_for_good(head: Actor) -> None:
    place = make_place("yunxi", "云溪理工大学", 1000, 10)
    old, unit = place.old_unit, place.unit
    old_account("A", old, projects=2)
    assigning.assign(
        actor=acting(place.admin, unit), project_id=LegacyProject.objects.get(number="A-0").pk, lead=place.lead.pk
    )
    for nothing in ("", "  "):
        with pytest.raises(Refused, match="请写明为什么"):
            pairing.part(actor=head, old_id=old.pk, unit_id=unit.pk, why=nothing)
    pairing.part(actor=head, old_id=old.pk, unit_id=unit.pk, why=" 𠮷 O'Brien ")
    assert not LegacyProject.objects.filter(Q(organisation__isnull=False) | Q(lead__isnull=False)).exists()
    [told] = Message.objects.filter(account=place.admin, template="legacy.unit_parted")
    assert "2 个旧项目" in told.body
    assert "𠮷 O'Brien" in told.body
    assert AuditEntry.objects.get(verb="legacy.unit_parted").detail["leads"] == [place.lead.pk]
    assert matching.match_organisation(unit.pk) == matching.match_units([old.pk]) == 0
    assert matching.settle([old.pk], unit) == 0  # a rule that read before it was taken back
    assert pairing.candidates([old])[old.pk][0].parted == "𠮷 O'Brien"
    # an import corrects the code: the unit that it is now is found by itself
    right = demo.unit("right", "松岭农业科学院", 1001)
    LegacyUnit.objects.filter(pk=old.pk).update(uscc=right.uscc)
    assert matching.match_organisation(right.pk) == 1
    assert set(LegacyProject.objects.values_list("organisation_id", flat=True)) == {right.pk}
    # and where taking back was the mistake, the ministry says so
    pairing.part(actor=head, old_id=old.pk, unit_id=right.pk, why=WHY)
    pairing.pair(actor=head, old_id=old.pk, unit_id=unit.pk, why="没有错")
    pairing.part(actor=head, old_id=old.pk, unit_id=unit.pk, why="还是错")
    assert set(old.parted.values_list("organisation_id", "why")) == {(right.pk, WHY), (unit.pk, "还是错")}


def test_only_the_ministry_decides(clerk: Actor) -> None:
    place = make_place("yunxi", "云溪理工大学", 1000, 10)
    old = old_unit("没有的")
    for nobody in (acting(place.admin, place.unit), Actor()):
        with pytest.raises(Hidden):
            pairing.pair(actor=nobody, old_id=old.pk, unit_id=place.unit.pk)
        with pytest.raises(Hidden):
            pairing.part(actor=nobody, old_id=place.old_unit.pk, unit_id=place.unit.pk, why=WHY)


def test_the_page_of_taking_back(clerk: Actor) -> None:
    place, client = make_place("yunxi", "云溪理工大学", 1000, 10), Client()
    old_account("A", place.old_unit, projects=2)
    client.force_login(Account.objects.get(pk=clerk.account_id or 0))
    where = f"/old-system/units/{place.old_unit.pk}/part/"
    assert where in client.get("/old-system/units/?view=rule&q=理工").content.decode()
    assert where not in client.get("/old-system/units/?view=rule&q=没有").content.decode()
    assert client.get(f"/old-system/units/{place.old_unit.pk}/")["Location"] == where
    assert "按代码或全称自动对上" in client.get(where).content.decode()
    assert client.post(where, {"unit": place.unit.pk}).status_code == 422
    assert client.post(where, {"unit": "9" * 40, "why": "x"}).status_code == 409  # an old page
    typed = {"unit": place.unit.pk, "why": "<script>弄错"}
    for _ in range(2):  # pressed twice
        assert client.post(where, typed)["Location"] == f"/old-system/units/{place.old_unit.pk}/"
    assert "&lt;script&gt;弄错" in client.get(f"/old-system/units/{place.old_unit.pk}/").content.decode()
    assert "撤回过" in client.get("/old-system/units/").content.decode()
    client.force_login(place.admin)
    assert client.get(where).status_code == 404


@pytest.fixture
def stranger() -> Organisation:
    """A verified unit that no code and no name of an old unit speaks for."""
    return demo.unit("c", "丙大学", 2002)


def test_another_unit_is_chosen_for_a_reason_that_is_written_down(head: Actor, stranger: Organisation) -> None:
    admin = demo.person("admin", "顾言", 61)
    demo.mandate(admin, stranger, "unit.admin")
    old = old_unit("改过名的厂")
    old_account("A", old, projects=2)
    for nothing in ("", "  "):
        with pytest.raises(Refused, match="没有依据"):
            pairing.pair(actor=head, old_id=old.pk, unit_id=stranger.pk, why=nothing)
    made = pairing.pair(actor=head, old_id=old.pk, unit_id=stranger.pk, why=" 民函 12 号 ")
    assert (made.organisation_id, made.matched_why) == (stranger.pk, "民函 12 号")
    assert set(LegacyProject.objects.values_list("organisation_id", flat=True)) == {stranger.pk}
    assert AuditEntry.objects.get(verb="legacy.unit_matched").detail["evidence"] == "民函 12 号"
    told = Message.objects.filter(template="legacy.unit_given").values_list("account_id", flat=True)
    assert set(told) == {admin.pk, stranger.account_id}  # the unit's own account may be its only one
    pairing.part(actor=head, old_id=old.pk, unit_id=stranger.pk, why=WHY)
    old.refresh_from_db()
    assert (old.organisation_id, old.matched_why) == (None, "")


def test_only_a_unit_that_is_verified_now(head: Actor, stranger: Organisation) -> None:
    old = old_unit("改过名的厂")
    Organisation.objects.filter(pk=stranger.pk).update(real_name="none")
    assert pairing.called(stranger.name)[0] is None
    with pytest.raises(Refused, match="现在没有实名"):
        pairing.pair(actor=head, old_id=old.pk, unit_id=stranger.pk, why="民函 12 号")


def test_a_unit_is_found_by_number_or_name_now_or_before(
    two_had_the_name: tuple[Organisation, Organisation], stranger: Organisation
) -> None:
    first, second = two_had_the_name
    assert pairing.called(" 丙大学 ")[0] == stranger
    assert pairing.called((stranger.uscc or "").lower())[0] == stranger
    for text, says in (
        ("老大学", "有几个单位"),
        ("", "没有这个"),
        ("丙大", "没有这个"),
        ("'; --", "没有这个"),
        ("𠮷", "没有这个"),
    ):
        found, verdict = pairing.called(text)
        assert found is None
        assert says in str(verdict.reason)
    second.former_names.all().delete()
    assert pairing.called("老大学")[0] == first


def test_the_page_finds_shows_and_asks_again(head: Actor, stranger: Organisation) -> None:
    old, client = old_unit("改过名的厂"), Client()
    client.force_login(Account.objects.get(pk=head.account_id or 0))
    where = f"/old-system/units/{old.pk}/"
    assert where in client.get("/old-system/units/").content.decode()
    assert client.post(where, {}).status_code == 422
    typed = {"unit": "丙大学", "why": "<script>民函"}
    page = client.post(where, typed)
    assert f'name="found" value="{stranger.pk}"' in page.content.decode()
    assert "&lt;script&gt;民函" in page.content.decode()
    for found in ("", str(stranger.pk + 1), "x", "9" * 30):  # seen, but not this one
        client.post(where, typed | {"found": found})
        old.refresh_from_db()
        assert old.organisation_id is None
    assert client.post(where, typed | {"found": stranger.pk})["Location"] == "/old-system/units/?view=decided"
    assert "&lt;script&gt;民函" in client.get("/old-system/units/?view=decided").content.decode()
    assert client.post(where, typed | {"found": stranger.pk}).status_code == 302  # pressed twice: the same answer
    assert client.get(where)["Location"] == f"{where}part/"
    other = demo.unit("d", "丁大学", 2003)
    assert client.post(where, {"unit": "丁大学", "why": "x", "found": other.pk}).status_code == 409
    assert client.get("/old-system/units/987654321/").status_code == 404


def test_the_page_costs_the_same_with_one_and_thirty(
    clerk: Actor, two_had_the_name: tuple[Organisation, Organisation]
) -> None:
    client = Client()
    client.force_login(Account.objects.get(pk=clerk.account_id or 0))
    old = old_unit()

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/old-system/units/").status_code == 200
        return len(queries)

    client.get("/old-system/units/")
    one = cost()
    for n in range(30):
        old_unit(key=f"#{n}")
    assert cost() == one <= 12
    body = client.get("/old-system/units/", {"q": "老大"}).content.decode()
    assert "曾用名相同" in body
    first = two_had_the_name[0]
    assert client.post("/old-system/units/", {"old": old.pk, "unit": "9" * 40}).status_code == 422
    assert client.post("/old-system/units/", {"old": "\x00", "unit": first.pk}).status_code == 404
    assert client.post("/old-system/units/", {"old": old.pk, "unit": first.pk}).status_code == 302
    assert "甲大学" in client.get("/old-system/units/?view=decided").content.decode()


@pytest.fixture
def vouched() -> Place:
    """A rule matched the old unit; it said whose two of its old accounts are."""
    place = make_place("yunxi", "云溪理工大学", 1000, 10)
    for login in ("A", "B"):
        account = old_account(login, place.old_unit, projects=2)
        links.link(
            actor=acting(place.admin, place.unit), old_id=account.pk, account_id=place.lead.pk, how=linking.HAND_OVER
        )
    return place


def test_links_on_the_unit_s_word_are_cut_with_it(head: Actor, vouched: Place) -> None:
    old, unit = vouched.old_unit, vouched.unit
    shown = pairing.stamp(list(pairing.vouched(old).values_list("pk", "account_id")))
    for none, says in ((None, "一并撤销"), ("", "有了变化"), ("x" * 16, "有了变化")):
        with pytest.raises(Refused, match=says):
            pairing.part(actor=head, old_id=old.pk, unit_id=unit.pk, why=WHY, cut=none)
    assert LegacyAccount.objects.filter(account=vouched.lead).count() == 2
    for _ in range(2):  # pressed twice
        pairing.part(actor=head, old_id=old.pk, unit_id=unit.pk, why="𠮷 O'Brien", cut=shown)
    assert not LegacyAccount.objects.filter(account__isnull=False).exists()
    assert not LegacyProject.objects.filter(Q(organisation__isnull=False) | Q(lead__isnull=False)).exists()
    assert not vouched.lead.aliases.exists()  # the old login names do not sign in any more
    told = Message.objects.filter(account=vouched.lead, template="linking.unlinked")
    assert told.count() == 2
    assert sum("旧账号和您的关联已撤销" in sent.body for sent in Outbox.objects.all()) == 1  # one text message for both
    assert all("𠮷 O'Brien" in m.body for m in told)


def test_one_link_that_may_not_be_cut_keeps_all(head: Actor, vouched: Place) -> None:
    """Nobody cuts their own, nor, by that, the half of it."""
    account = LegacyAccount.objects.get(login_name="B")
    LegacyAccount.objects.filter(pk=account.pk).update(account_id=head.account_id)
    shown = pairing.stamp(list(pairing.vouched(vouched.old_unit).values_list("pk", "account_id")))
    with pytest.raises(Refused, match="自己的关联"):
        pairing.part(actor=head, old_id=vouched.old_unit.pk, unit_id=vouched.unit.pk, why=WHY, cut=shown)
    assert LegacyAccount.objects.filter(account__isnull=False).count() == 2
    assert LegacyUnit.objects.get().organisation_id == vouched.unit.pk


def test_the_page_shows_which_links_are_cut(head: Actor, vouched: Place) -> None:
    client, where = Client(), f"/old-system/units/{vouched.old_unit.pk}/part/"
    client.force_login(Account.objects.get(pk=head.account_id or 0))
    page = client.get(where).content.decode()
    assert 'aria-disabled="true"' not in page
    first = LegacyAccount.objects.get(login_name="A")
    for text in ("WGZJXM_A", "WGZJXM_B", "林**", "单位移交了旧账号", f"/old-accounts/{first.pk}/unlink/?from=unit"):
        assert text in page
    stamp = page.split('name="linked" value="')[1][:16]
    typed = {"unit": vouched.unit.pk, "why": "<b>弄错"}
    page = client.post(where, typed).content.decode()
    assert "请一并撤销，或者逐个撤销" in page
    assert "&lt;b&gt;弄错" in page  # nothing typed is lost
    # one by one: back to where the unit is taken back
    one = f"/old-accounts/{first.pk}/unlink/?from=unit"
    assert f'href="{where}"' in client.get(one).content.decode()
    assert client.post(one, {"why": "弄错"})["Location"] == where
    assert "有了变化" in client.post(where, typed | {"cut": "on", "linked": stamp}).content.decode()
    stamp = client.get(where).content.decode().split('name="linked" value="')[1][:16]
    assert client.post(where, typed | {"cut": "on", "linked": stamp}).status_code == 302
    assert LegacyUnit.objects.get().organisation_id is None


def test_what_is_not_brought_back_by_matching_again_is_an_administrator_s_to_take(
    clerk: Actor, head: Actor, vouched: Place, stranger: Organisation
) -> None:
    client, old = Client(), vouched.old_unit
    client.force_login(Account.objects.get(pk=clerk.account_id or 0))
    where = f"/old-system/units/{old.pk}/part/"
    shown = pairing.stamp(list(pairing.vouched(old).values_list("pk", "account_id")))
    typed = {"unit": vouched.unit.pk, "why": "<b>弄错", "cut": "on", "linked": shown}
    for page in (client.get(where), client.post(where, typed)):
        text = page.content.decode()
        assert 'aria-disabled="true"' in text
        assert "已经把 4 个项目分给了人，由司管理员撤回" in text
    assert page.status_code == 422
    assert "&lt;b&gt;弄错" in text  # nothing typed is lost
    assert LegacyAccount.objects.filter(account__isnull=False).count() == 2
    given = old_unit("改过名的厂")
    pairing.pair(actor=head, old_id=given.pk, unit_id=stranger.pk, why="民函 12 号")
    with pytest.raises(Refused, match="凭书面依据"):
        pairing.part(actor=clerk, old_id=given.pk, unit_id=stranger.pk, why=WHY)
    pairing.part(actor=head, old_id=given.pk, unit_id=stranger.pk, why=WHY)


def test_the_page_of_taking_back_costs_the_same_with_one_link_and_thirty(clerk: Actor, vouched: Place) -> None:
    client, where = Client(), f"/old-system/units/{vouched.old_unit.pk}/part/"
    client.force_login(Account.objects.get(pk=clerk.account_id or 0))

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(where).status_code == 200
        return len(queries)

    client.get(where)
    few = cost()
    for n in range(30):
        old_account(
            f"x{n}", vouched.old_unit, account=vouched.lead, linked_at=clock.now(), linked_how=linking.HAND_OVER
        )
    assert cost() == few <= 12
    assert "还有 12 个" in client.get(where).content.decode()
