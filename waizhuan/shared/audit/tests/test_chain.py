"""Whoever edits, deletes or slips in a row is found out."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from waizhuan.kernel.actor import the_system
from waizhuan.kernel.events import Happened, publish
from waizhuan.shared.audit.chain import seal, verify
from waizhuan.shared.audit.models import AuditEntry, AuditHead, NeverChanged

pytestmark = pytest.mark.django_db


def write(count: int) -> None:
    for n in range(count):
        publish(Happened(the_system(), "test.thing", f"test:{n}", {"n": n, "名": "买买提·吐尔逊𠮷"}))


def meddle(sql: str, *parameters: str) -> None:
    """As somebody with the database in hand: the triggers off, then the statement."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in ("audit_no_edit", "audit_no_reseal", "audit_no_delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, parameters)


def test_an_untouched_log_verifies() -> None:
    write(5)
    assert verify().unsealed == 5
    assert seal(3) == 3
    assert seal(3) == 2
    assert seal(3) == 0
    found = verify()
    assert (found.ok, found.checked, found.unsealed) == (True, 5, 0)


def test_an_edited_row_is_found() -> None:
    write(5)
    seal()
    meddle("UPDATE audit_auditentry SET verb = 'test.other' WHERE seq = 3")
    found = verify()
    assert (found.ok, found.seq) == (False, 3)


def test_a_deleted_row_is_found() -> None:
    write(5)
    seal()
    meddle("DELETE FROM audit_auditentry WHERE seq = 2")
    assert verify().seq == 2


def test_a_deleted_end_is_found() -> None:
    write(5)
    seal()
    meddle("DELETE FROM audit_auditentry WHERE seq > 3")
    assert (verify().ok, verify().seq) == (False, 4)


def test_an_inserted_row_is_found() -> None:
    write(3)
    seal()
    meddle(
        "INSERT INTO audit_auditentry (at, account_name, verb, subject, detail, nonce, mac, seq, chain) "
        "SELECT at, account_name, 'test.forged', subject, detail, 'n', mac, 4, chain FROM audit_auditentry WHERE seq = 3"
    )
    assert (verify().ok, verify().seq) == (False, 4)


def test_an_unsealed_forgery_is_found() -> None:
    write(1)
    meddle("UPDATE audit_auditentry SET subject = 'test:other'")
    assert not verify().ok


def test_the_command_tells_by_its_exit_code() -> None:
    write(2)
    call_command("audit", "seal")
    call_command("audit", "verify")
    meddle("UPDATE audit_auditentry SET verb = 'x' WHERE seq = 1")
    with pytest.raises(SystemExit) as ended:
        call_command("audit", "verify")
    assert ended.value.code == 1


def test_the_database_refuses_changes() -> None:
    write(1)
    seal()
    for sql in ("UPDATE audit_auditentry SET verb = 'x'", "UPDATE audit_auditentry SET seq = 9"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    entry = AuditEntry.objects.get()
    with pytest.raises(NeverChanged):
        entry.save()
    with pytest.raises(NeverChanged):
        entry.delete()


def test_an_entry_dies_with_its_transaction() -> None:
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()
    assert not AuditHead.objects.exists()
