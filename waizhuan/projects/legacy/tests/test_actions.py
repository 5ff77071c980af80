"""Importing the fictitious old system, on both databases."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from waizhuan.identity import demo
from waizhuan.identity.api import Account, Organisation, RealName, actor_of
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.legacy import actions, loading, matching, problem_file
from waizhuan.projects.legacy.models import Import, LegacyAccount, LegacyProject, LegacyUnit, RowProblem
from waizhuan.projects.legacy.tests import old_system
from waizhuan.projects.legacy.tests.conftest import all_loaded, checked, file, loaded
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.documents import stores
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db
UNITS, ACCOUNTS, PROJECTS = old_system.UNIT_HEAD, old_system.ACCOUNT_HEAD, old_system.PROJECT_HEAD


def counts() -> tuple[int, int, int]:
    return LegacyUnit.objects.count(), LegacyAccount.objects.count(), LegacyProject.objects.count()


def test_a_messy_export_comes_in_once(head: Actor) -> None:
    made = old_system.export(80, 120, 160)
    done = all_loaded(head, made)
    assert counts() == (78, 117, 156)
    assert {kind: row.wrong for kind, row in done.items()} == made.wrong == {"units": 2, "accounts": 3, "projects": 4}
    for row in done.values():
        assert row.state == "done"
        assert row.fresh + row.same + row.wrong == row.total
    again = all_loaded(head, made)
    assert counts() == (78, 117, 156)
    assert [row.fresh + row.changed for row in again.values()] == [0, 0, 0]


def test_checking_changes_nothing(head: Actor) -> None:
    made = checked(head, "units", old_system.as_csv(old_system.export(50, 0, 0).units, "gbk"))
    assert (made.state, made.fresh, made.wrong, made.format) == ("checked", 49, 1, "GBK")
    assert counts() == (0, 0, 0)


def test_the_wrong_rows_come_back_as_a_file_that_can_be_corrected_and_loaded(head: Actor) -> None:
    made = old_system.export(50, 90, 0)
    loaded(head, "units", old_system.as_csv(made.units))
    done = loaded(head, "accounts", old_system.as_csv(made.accounts))
    book = CalamineWorkbook.from_filelike(io.BytesIO(problem_file.build(done)))
    rows = [[str(c) for c in row] for row in book.get_sheet_by_index(0).to_python()]
    assert len(rows) == 1 + 2
    assert rows[1][-1].startswith("证件号码：")
    assert "校验码" in rows[1][-1]
    for row in rows[1:]:
        row[5] = ""  # a number that nobody knows is left out
    corrected = loaded(head, "accounts", old_system.as_xlsx(rows), "corrected.xlsx")
    assert (corrected.fresh, corrected.wrong) == (2, 0)
    assert LegacyAccount.objects.count() == 90


def test_killed_half_way_it_goes_on_and_doubles_nothing(head: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "BATCH", 25)
    made = actions.upload(actor=head, kind="units", file=file(old_system.as_csv(old_system.export(120, 0, 0).units)))
    loading.work(made.pk)
    actions.load(actor=head, id=made.pk)
    loading.work(made.pk, batches=2)  # and here the process dies
    made.refresh_from_db()
    assert (made.state, made.cursor) == ("loading", 50)
    assert 0 < LegacyUnit.objects.count() <= 50
    loading.work(made.pk)  # another process
    made.refresh_from_db()
    assert (made.state, made.cursor, made.fresh) == ("done", made.total, 117)
    assert LegacyUnit.objects.count() == 117
    assert made.same == made.total - 117 - made.wrong  # doubles on both sides of the break are known as doubles


def test_a_batch_that_breaks_leaves_nothing_of_itself(head: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    made = checked(head, "units", old_system.as_csv([UNITS, ["D1", "甲大学", "", ""]]))
    actions.load(actor=head, id=made.pk)
    with monkeypatch.context() as m:

        def dies(row: Import) -> None:
            raise MemoryError

        m.setattr(loading, "_finish", dies)
        with pytest.raises(MemoryError):
            loading.work(made.pk)
    made.refresh_from_db()
    assert (made.cursor, LegacyUnit.objects.count()) == (0, 0)
    assert loading.work(made.pk) == 1
    assert LegacyUnit.objects.count() == 1


def test_two_rows_that_contradict_each_other_are_told(head: Actor) -> None:
    done = loaded(head, "units", old_system.as_csv([UNITS, ["D1", "甲大学", "", ""], ["Ｄ1 ", "乙大学", "", ""]]))
    problem = RowProblem.objects.get(batch=done)
    assert (problem.line, problem.column, problem.params) == (3, "code", {"line": 2})
    assert LegacyUnit.objects.get().name == "甲大学"


def test_a_name_that_two_units_have_asks_for_the_code(head: Actor) -> None:
    loaded(head, "units", old_system.as_csv([UNITS, ["D1", "甲大学", "", ""], ["D2", "甲大学", "", ""]]))
    rows = [["a1", "", "", "", "", "", "", "甲大学", "", ""], ["a2", "", "", "", "", "", "D2", "甲大学", "", ""]]
    done = loaded(head, "accounts", old_system.as_csv([ACCOUNTS, *rows]))
    assert (done.fresh, done.wrong) == (1, 1)
    assert RowProblem.objects.get(batch=done).column == "code"


def test_a_later_file_may_correct_what_nobody_holds(head: Actor) -> None:
    loaded(head, "units", old_system.as_csv([UNITS, ["D1", "甲大学", "", ""]]))
    done = loaded(head, "units", old_system.as_csv([UNITS, ["D1", "甲工业大学", "", ""]]))
    assert (done.fresh, done.changed) == (0, 1)
    assert LegacyUnit.objects.get().name == "甲工业大学"


def test_old_units_are_matched_by_code_or_an_unambiguous_name(head: Actor) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    other = demo.unit("songling", "松岭农业科学院", 1001, verified=False)
    rows = [
        ["D1", "云溪工学院", str(unit.uscc), ""],
        ["D2", "云溪理工大学", "", ""],
        ["D3", "松岭农业科学院", "", ""],
        ["D4", "云溪理工大学", demo.credit_code(77), ""],
    ]
    loaded(head, "units", old_system.as_csv([UNITS, *rows]))
    found = dict(LegacyUnit.objects.values_list("code", "organisation_id"))
    assert found == {"D1": unit.pk, "D2": unit.pk, "D3": None, "D4": None}
    Organisation.objects.filter(pk=other.pk).update(real_name=RealName.PASSED)  # verified later: found when it looks
    assert matching.match_organisation(other.pk) == 1
    assert matching.match_organisation(other.pk) == 0


@pytest.mark.parametrize("imported_first", [True, False])
def test_a_name_that_two_verified_units_had_matches_neither(head: Actor, imported_first: bool) -> None:
    """Rights follow from a match: whoever looks first must not get what may be another unit's."""
    file = old_system.as_csv([UNITS, ["D1", "云溪工学院", "", ""]])
    if imported_first:
        loaded(head, "units", file)
    now, before = demo.unit("now", "云溪工学院", 1000), demo.unit("before", "松岭农业科学院", 1001)
    before.former_names.create(name="云溪工学院", name_key=now.name_key)
    if not imported_first:
        loaded(head, "units", file)
    assert matching.match_organisation(before.pk) == 0
    assert matching.match_organisation(now.pk) == 0
    assert LegacyUnit.objects.get().organisation_id is None


def test_projects_belong_to_their_unit_once_it_is_known(head: Actor) -> None:
    loaded(head, "units", old_system.as_csv([UNITS, ["D1", "云溪理工大学", "", ""]]))
    loaded(head, "accounts", old_system.as_csv([ACCOUNTS, ["zhang", "", "", "", "", "", "D1", "", "", ""]]))
    loaded(head, "projects", old_system.as_csv([PROJECTS, ["P1", "膜材料", "", "2015", "D1", "", "WGZJXM_ZHANG"]]))
    project = LegacyProject.objects.get()
    assert (project.organisation_id, project.lead_id) == (None, None)
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    assert matching.match_organisation(unit.pk) == 1
    project.refresh_from_db()
    assert (project.organisation_id, project.lead_id, project.version) == (unit.pk, None, 1)
    done = loaded(head, "projects", old_system.as_csv([PROJECTS, ["P1", "别的名称", "", "2015", "D1", "", "zhang"]]))
    assert (done.changed, done.wrong) == (0, 1)


def test_personal_data_lies_sealed(head: Actor) -> None:
    loaded(head, "units", old_system.as_csv([UNITS, ["D1", "甲大学", "", ""]]))
    row = ["zhang", "张三", "13800000007", "z@example.org", "", demo.resident_id(7), "D1", "", "", ""]
    loaded(head, "accounts", old_system.as_csv([ACCOUNTS, row]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, email, doc_number, doc_key, phone_index, doc_index FROM legacy_legacyaccount")
        kept = cursor.fetchone()
    assert all(kept)
    assert not any(value in "".join(kept) for value in ("13800000007", "z@example.org", demo.resident_id(7)))
    assert "张三" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_the_number_of_statements_does_not_grow_with_the_rows(head: Actor) -> None:
    def statements(n: int, seed: int) -> int:
        made = checked(head, "accounts", old_system.as_csv([ACCOUNTS, *rows(n, seed)]))
        actions.load(actor=head, id=made.pk)
        with CaptureQueriesContext(connection) as queries:
            loading.work(made.pk)
        return len(queries)

    def rows(n: int, seed: int) -> list[list[str]]:
        return [[f"u{seed}x{i}", "", f"138{seed:04d}{i:04d}", "", "", "", "D1", "", "", ""] for i in range(n)]

    loaded(head, "units", old_system.as_csv([UNITS, ["D1", "甲大学", "", ""]]))
    few, many = statements(3, 1), statements(300, 2)
    assert many <= few + 8  # SQLite takes a batch in several pieces


def test_only_the_ministry_imports(head: Actor, ministry: Organisation) -> None:
    clerk = demo.person("clerk", "严修齐", 300)
    demo.mandate(clerk, ministry, "ministry.clerk")
    actor = actor_of(Account.objects.get(pk=clerk.pk), second_factor=True)
    made = checked(head, "units", old_system.as_csv([UNITS, ["D1", "甲大学", "", ""]]))
    with pytest.raises(Hidden):
        actions.upload(actor=actor, kind="units", file=None)
    with pytest.raises(Hidden):
        actions.load(actor=actor, id=made.pk)


def test_pressing_twice_and_too_early(head: Actor) -> None:
    made = actions.upload(actor=head, kind="units", file=file(old_system.as_csv([UNITS, ["D1", "甲大学", "", ""]])))
    with pytest.raises(Conflict):
        actions.load(actor=head, id=made.pk)
    loading.work(made.pk)
    assert actions.load(actor=head, id=made.pk).state == "loading"
    assert actions.load(actor=head, id=made.pk).state == "loading"
    loading.work(made.pk)
    assert actions.load(actor=head, id=made.pk).state == "done"
    with pytest.raises(Conflict):
        actions.drop(actor=head, id=made.pk)


def test_a_file_without_the_columns_is_refused_at_once(head: Actor) -> None:
    with pytest.raises(Refused, match="登录名"):
        actions.upload(actor=head, kind="accounts", file=file("姓名\n张三\n".encode()))
    assert Import.objects.count() == 0


def test_the_original_is_thrown_away_after_thirty_days(head: Actor) -> None:
    import datetime as dt

    from waizhuan.kernel import clock
    from waizhuan.projects.legacy import jobs
    from waizhuan.projects.legacy.models import Import
    from waizhuan.shared.documents import stores

    test_a_messy_export_comes_in_once(head)
    kept = Import.objects.exclude(file_key="").count()
    key = Import.objects.order_by("id").values_list("file_key", flat=True)[0]
    assert kept
    assert jobs.throw_away_originals() == 0
    with clock.frozen(clock.now() + dt.timedelta(days=31)):
        assert jobs.throw_away_originals() == kept
        assert jobs.throw_away_originals() == 0
    assert stores.get(key) is None
    assert not Import.objects.exclude(file_key="").exists()


@pytest.mark.parametrize("begun", [False, True])
def test_a_file_that_the_store_has_lost_ends_the_import_and_says_so(
    head: Actor, client: Client, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    data = old_system.as_csv(old_system.export(80, 0, 0).units)
    row = actions.upload(actor=head, kind="units", file=file(data))
    if begun:
        loading.work(row.pk)
        actions.load(actor=head, id=row.pk)
        with monkeypatch.context() as patch:
            patch.setattr(loading, "BATCH", 30)
            loading.work(row.pk, batches=1)
    row.refresh_from_db()
    here = counts()
    stores.store().delete(row.file_key)
    assert (loading.work(row.pk), loading.work(row.pk)) == (0, 0)
    row.refresh_from_db()
    assert (row.state, row.finished_at is not None, counts()) == ("failed", True, here)
    assert AuditEntry.objects.filter(verb="legacy.failed").count() == 1
    told = Message.objects.get(account=head.account_id, template="legacy.failed")
    client.force_login(Account.objects.get(pk=head.account_id or 0))
    page = client.get(told.link).content.decode()
    assert "文件在存储里找不到了" in page
    assert 'href="/old-system/imports/?kind=units"' in page
    assert "没有做完" in client.get("/old-system/imports/").content.decode()
    assert '<option value="units" selected>' in client.get("/old-system/imports/?kind=units").content.decode()
    again = loaded(head, "units", data)  # the same file once more: only what was missing
    assert (again.state, counts()[0]) == ("done", 78)
    assert again.fresh == 78 - here[0]
