"""A merge of two accounts over every table of the registry: nothing is lost, nothing is doubled, and it can be undone.

Rows are made for every key to an account, whatever the table; so a table that is added tomorrow is tested too.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import count
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from waizhuan.identity import demo
from waizhuan.identity.account_merges import actions, executing, plan
from waizhuan.identity.account_merges.models import AccountMerge, How, Moved, Side
from waizhuan.identity.account_merges.process import MERGE
from waizhuan.identity.actors import actor_of
from waizhuan.identity.api import Account, Organisation
from waizhuan.identity.registry import MOVE
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.shared.flow.api import perform

pytestmark = pytest.mark.django_db
NUMBERS = count(1)
#: what a table's own checks ask for besides what its fields say
SPECIAL: dict[str, dict[str, Any]] = {
    "merges.Merge": {"state": "done"},
    "handover.HandOver": {"state": "done"},
    "flow.WorkItem": {"role": "department.clerk"},
    "identity.Mandate": {"role": "projects.lead"},
}


def make(model: type[models.Model], organisation: Organisation, given: dict[str, Any], depth: int = 0) -> Any:
    """A row of this model with something in every field that must not be empty."""
    values = dict(SPECIAL.get(model._meta.label, {})) | given
    for field in model._meta.concrete_fields:
        n = next(NUMBERS)
        if field.name in values or (field.primary_key and not field.is_relation):
            continue
        if field.is_relation:
            target: Any = field.related_model
            if target is Organisation:
                values[field.name] = demo.organisation("unit", f"单位{n}") if field.unique else organisation
            elif field.null:
                values[field.name] = None
            elif target is Account:
                values[field.name] = given.get("account") or demo.person(f"filler{n}", "某某", 5000 + n)
            else:
                values[field.name] = make(target, organisation, {}, depth + 1)
        elif field.unique and not field.null:
            values[field.name] = f"u{n}"[: field.max_length or 20]
        elif field.name == "state":
            values[field.name] = "closed"
        elif not field.has_default() and not field.null:
            values[field.name] = _something(field, n)
    return model._base_manager.create(**values)


def _something(field: Any, n: int) -> Any:
    kind = field.get_internal_type()
    if "Integer" in kind or kind == "DecimalField":
        return n % 1000
    if kind == "DateTimeField":
        return clock.now() + dt.timedelta(days=1)
    if kind == "DateField":
        return clock.today()
    if kind == "BooleanField":
        return False
    return f"x{n}"[: field.max_length or 20] if kind != "JSONField" else {}


def merged(desk: tuple[Any, Any], two: tuple[Account, Account]) -> AccountMerge:
    first, second = desk
    made = actions.begin(actor=first, survivor=two[0], closing=two[1], reason="同一个人")
    made = perform(MERGE, made, "check", first)
    return perform(MERGE, made, "merge", second)


def counts(account: Account) -> dict[str, int]:
    return {key.name: key.of(account.pk).count() for key in plan.all_keys()}


def totals() -> dict[str, int]:
    return {key.name: key.model._base_manager.exclude(**{key.field: None}).count() for key in plan.all_keys()}


def filled(closing: Account) -> list[str]:
    """A row of the closing account in every table that moves; which tables."""
    unit = demo.organisation("unit", f"单位{next(NUMBERS)}")
    done = []
    for key in plan.moving():
        if key.name in ("identity.Organisation.account",):  # a natural person's account has none
            continue
        needed = {"flow.WorkItem": "account", "merges.Merge": "person"}.get(key.model._meta.label)
        extra: dict[str, Any] = {needed: closing} if needed else {}
        if key.model._meta.label == "legacy.LegacyAccount":
            extra = {"linked_at": clock.now(), "linked_how": "document"}
        make(key.model, unit, {**extra, key.field: closing})
        done.append(key.name)
    return done


def test_every_table_moves_and_nothing_is_lost(desk: Any, two: tuple[Account, Account]) -> None:
    survivor, closing = two
    tables = filled(closing)
    assert len(tables) > 15
    here, there, before = counts(survivor), counts(closing), totals()
    planned = {line.key: line.count for line in plan.dry_run(closing.pk, survivor.pk)}
    assert planned == {name: n for name, n in there.items() if n and not name.startswith("account_merges.")}
    merge = merged(desk, two)
    after_here, after_there = counts(survivor), counts(closing)
    #: the merge itself adds one former document, one alias, and the messages and history that tell of it
    added = {"realname.FormerDocument.account": 1, "identity.LoginAlias.account": 1}
    for key in plan.moving():
        assert after_there[key.name] == 0, f"{key.name} still points to the closed account"
        if key.name != "notify.Message.account":
            expected = here[key.name] + there[key.name] + added.get(key.name, 0)
            assert after_here[key.name] == expected, key.name
            assert totals()[key.name] == before[key.name] + added.get(key.name, 0), key.name
    history = [k for k in plan.all_keys() if k.fate != MOVE and k.name != "sign_in.Device.account"]
    assert all(after_there[k.name] >= there[k.name] for k in history), "what happened, happened"
    closing.refresh_from_db()
    assert closing.closed_at is not None
    undone = perform(MERGE, merge, "undo", desk[1], note="不是同一个人")
    assert undone.state == "undone"
    for key in plan.moving():
        if key.name != "notify.Message.account":
            assert key.of(closing.pk).count() == there[key.name], key.name
            assert key.of(survivor.pk).count() == here[key.name], key.name


def test_what_the_survivor_has_already_stays_and_is_recorded(desk: Any, two: tuple[Account, Account]) -> None:
    survivor, closing = two
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    for account in two:
        demo.mandate(account, unit, "projects.lead")
    demo.mandate(closing, unit, "unit.admin")
    merge = merged(desk, two)
    from waizhuan.identity.api import Mandate, active_mandates

    held = active_mandates().filter(account=survivor).values_list("role", flat=True)
    assert sorted(held) == ["projects.lead", "unit.admin"]
    assert Mandate.objects.filter(account=survivor).count() == 3, "the ended one is kept as history"
    assert Moved.objects.filter(merge=merge, key="identity.Mandate.account", how=How.ENDED).count() == 1
    perform(MERGE, merge, "undo", desk[1], note="撤")
    assert active_mandates().filter(account=closing).count() == 2


def test_a_clash_without_an_end_stays_with_the_closed_account(desk: Any, two: tuple[Account, Account]) -> None:
    survivor, closing = two
    unit = demo.organisation("unit", "单位")
    claims: Any = next(k for k in plan.moving() if k.name == "linking.Claim.asker_account")
    one = make(claims.model, unit, {"asker_account": survivor, "state": "review"})
    make(claims.model, unit, {"asker_account": closing, "state": "review", "old": one.old})
    [line] = [li for li in plan.dry_run(closing.pk, survivor.pk) if li.key == claims.name]
    assert (line.count, line.clashes) == (1, 1)
    merge = merged(desk, two)
    assert claims.of(closing.pk).count() == claims.of(survivor.pk).count() == 1
    assert Moved.objects.get(merge=merge, key=claims.name).how == How.STAYS


def test_every_table_of_the_registry_has_a_name_in_both_languages() -> None:
    """What the page lists is read by people: no name of a model, and no Chinese for whom reads English."""
    from django.utils import translation

    for key in plan.all_keys():
        assert re.search(r"[\u4e00-\u9fff]", key.label), key.name
        with translation.override("en"):
            assert not re.search(r"[\u4e00-\u9fff]", key.label), key.name
            assert key.label[0].isupper(), key.name
    unknown = set(plan.NAMES) - {key.model._meta.label for key in plan.all_keys()}
    assert not unknown, "names of tables that are no more"


def test_a_registration_is_dated_where_it_happened(desk: Any, two: tuple[Account, Account]) -> None:
    """Five in the afternoon in Greenwich is the next day in China."""
    from django.test import Client

    Account.objects.filter(pk=two[0].pk).update(created_at=dt.datetime(2026, 1, 31, 17, 0, tzinfo=dt.UTC))
    made = actions.begin(actor=desk[0], survivor=two[0], closing=two[1], reason="x")
    client = Client()
    client.force_login(Account.objects.get(login_name="op1"))
    page = client.get(f"/me/accounts/{made.pk}/").content.decode()
    assert "2026年2月1日" in page
    assert "1月31日" not in page


def test_the_desk_reads_english(desk: Any, two: tuple[Account, Account]) -> None:
    """Nothing but names, and what people wrote, is left in Chinese."""
    from django.test import Client

    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    for account in two:
        demo.mandate(account, unit, "projects.lead")
    Account.objects.update(language="en")
    made = actions.begin(actor=desk[0], survivor=two[0], closing=two[1], reason="x")
    client = Client()
    client.force_login(Account.objects.get(login_name="op2"))
    for transition, actor in (("check", desk[0]), ("merge", desk[1]), ("", None)):
        page = client.get(f"/me/accounts/{made.pk}/", headers={"accept-language": "en"}).content.decode()
        text = page[page.index("<main") : page.index("</main")]
        for name in ("韩叙", "平台运营中心", "秦安澜", "许青禾", "　"):
            text = text.replace(name, "")
        assert re.findall(r"[\u4e00-\u9fff]+", text) == []
        made = perform(MERGE, made, transition, actor) if actor else made


def test_the_dry_run_is_one_query(two: tuple[Account, Account]) -> None:
    filled(two[1])
    with CaptureQueriesContext(connection) as queries:
        plan.dry_run(two[1].pk, two[0].pk)
    assert len(queries) == 1


def test_two_merges_do_not_touch_one_account(desk: Any, two: tuple[Account, Account]) -> None:
    actions.begin(actor=desk[0], survivor=two[0], closing=two[1], reason="x")
    third = demo.person("third", "韩叙", 2005)
    for survivor, closing in ((two[0], third), (third, two[0]), (third, two[1])):
        with pytest.raises(Refused):
            actions.begin(actor=desk[0], survivor=survivor, closing=closing, reason="x")
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Side.objects.create(merge=AccountMerge.objects.get(), account=two[0])


def test_an_operators_own_account_is_not_merged_and_nobody_decides_alone(
    desk: Any, two: tuple[Account, Account]
) -> None:
    staff = Account.objects.get(login_name="op2")
    for survivor, closing in ((staff, two[0]), (two[0], staff)):
        with pytest.raises(Refused):
            actions.begin(actor=desk[0], survivor=survivor, closing=closing, reason="x")
    made = actions.begin(actor=desk[1], survivor=two[0], closing=two[1], reason="x")
    made = perform(MERGE, made, "check", desk[1])
    for somebody in desk:
        with pytest.raises(Hidden):  # the senior checked first; the reviewer is not senior
            perform(MERGE, made, "merge", somebody)


def test_not_while_a_case_of_the_account_is_being_decided(desk: Any, two: tuple[Account, Account]) -> None:
    from waizhuan.identity.my_information.models import DataRequest
    from waizhuan.identity.my_information.process import REQUEST
    from waizhuan.shared.flow.api import start

    made = actions.begin(actor=desk[0], survivor=two[0], closing=two[1], reason="x")
    made = perform(MERGE, made, "check", desk[0])
    asked = start(
        REQUEST,
        DataRequest(kind="explain", words="x", operator=made.operator, asker_account=two[1]),
        actor_of(two[1]),
    )
    with pytest.raises(Refused) as refusal:
        perform(MERGE, made, "merge", desk[1])
    assert str(asked.number) in str(refusal.value)
    two[1].refresh_from_db()
    assert two[1].closed_at is None
    perform(REQUEST, asked, "withdraw", actor_of(two[1]))
    assert perform(MERGE, made, "merge", desk[1]).state == "merged"


def test_an_undo_is_refused_once_something_depends_on_it(desk: Any, two: tuple[Account, Account]) -> None:
    _, closing = two
    unit = demo.organisation("unit", "单位")
    projects: Any = next(k for k in plan.moving() if k.name == "legacy.LegacyProject.lead")
    row = make(projects.model, unit, {"lead": closing})
    merge = merged(desk, two)
    assert executing.may_undo(merge).ok
    projects.model._base_manager.filter(pk=row.pk).update(version=99)
    with pytest.raises(Refused):
        perform(MERGE, merge, "undo", desk[1], note="撤")
    closing.refresh_from_db()
    assert closing.closed_at is not None


def test_the_old_login_name_signs_in_to_the_survivor(desk: Any, two: tuple[Account, Account]) -> None:
    from django.test import Client

    merged(desk, two)
    client = Client()
    client.post("/sign-in/", {"login_name": "gone", "password": demo.PASSWORD})
    assert client.session["_auth_user_id"] == str(two[0].pk)


def test_the_case_page_costs_at_most_twelve_queries_whatever_is_on_it(desk: Any, two: tuple[Account, Account]) -> None:
    """Before the decision, before the second one, carried out over every table, with posts that ended for good, undone."""
    survivor, closing = two
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    for account in two:
        demo.mandate(account, unit, "unit.admin")
    filled(closing)
    costs: list[int] = []

    def cost(login_name: str) -> None:
        client = Client()
        client.force_login(Account.objects.get(login_name=login_name))
        client.get(f"/me/accounts/{merge.pk}/")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/me/accounts/{merge.pk}/").status_code == 200
        costs.append(len(asked))

    merge = actions.begin(actor=desk[0], survivor=survivor, closing=closing, reason="同一个人")
    for who in ("op1", "op2", "kept"):
        cost(who)
    merge = perform(MERGE, merge, "check", desk[0])
    for who in ("op1", "op2", "kept"):
        cost(who)
    merge = perform(MERGE, merge, "merge", desk[1])
    for who in ("op1", "op2"):
        cost(who)
    survivor.mandates.filter(role="unit.admin").update(withdrawn_at=clock.now(), withdrawn_why="收回")
    cost("op2")
    assert max(costs) <= 12, costs
