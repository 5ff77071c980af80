"""The authenticator app and the recovery codes: each code once, each change told."""

from __future__ import annotations

import datetime as dt

import pytest

from waizhuan.identity import demo
from waizhuan.identity.models import Account
from waizhuan.identity.passwords import Argon2id
from waizhuan.identity.second_factor import factors
from waizhuan.identity.second_factor.models import Authenticator, RecoveryCode
from waizhuan.identity.second_factor.tests.conftest import with_app
from waizhuan.identity.second_factor.tests.device import code_of
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Refused
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 9, 2, 0, 10, tzinfo=dt.UTC)


def test_an_app_is_there_only_when_it_was_confirmed(person: Account) -> None:
    row = factors.begin_authenticator(person)
    assert factors.begin_authenticator(person).secret == row.secret  # a reload shows the same square
    assert not factors.has_any(person)
    assert not factors.confirm_authenticator(person, "000000").ok
    assert factors.confirm_authenticator(person, code_of(row)).ok
    assert factors.held_by(person) == factors.Held(True, 0, 0)


def test_a_new_phone_takes_over_with_its_first_code_and_not_before(reviewer: Account) -> None:
    with clock.frozen(NOW):
        old = Authenticator.objects.get(account=with_app(reviewer))
        row = factors.begin_authenticator(reviewer)
        new = row.offered
        assert new not in ("", old.secret)
        assert factors.begin_authenticator(reviewer).offered == new  # a reload shows the same square
        assert not factors.confirm_authenticator(reviewer, "000000").ok
        assert not factors.confirm_authenticator(reviewer, code_of(old)).ok  # the old phone's
        assert factors.check_authenticator(reviewer, code_of(old)).ok
        assert not factors.confirm_authenticator(reviewer, code_of(old)).ok  # nor the one that it signed in with
        row.secret = new
        assert factors.confirm_authenticator(reviewer, code_of(row)).ok
        assert factors.confirm_authenticator(reviewer, code_of(row)).ok  # pressed twice
    with clock.frozen(NOW + dt.timedelta(seconds=60)):
        assert not factors.check_authenticator(reviewer, code_of(old)).ok
        assert factors.check_authenticator(reviewer, code_of(row)).ok
    kept = Authenticator.objects.get(account=reviewer)
    assert (kept.secret, kept.successor) == (new, "")
    assert Message.objects.filter(account=reviewer, template="second_factor.changed").count() == 2


def test_the_secret_is_not_readable_in_the_database(person: Account) -> None:
    from django.db import connection

    row = factors.begin_authenticator(person)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM second_factor_authenticator")
        (kept,) = cursor.fetchone()
    assert row.secret not in kept


def test_a_code_works_once_and_no_older_one_after_it(person: Account) -> None:
    with clock.frozen(NOW):
        row = Authenticator.objects.get(account=with_app(person))
        before, now = code_of(row, -1), code_of(row)
        assert factors.check_authenticator(person, now).ok
        assert not factors.check_authenticator(person, now).ok
        assert not factors.check_authenticator(person, before).ok
    with clock.frozen(NOW + dt.timedelta(seconds=30)):
        assert not factors.check_authenticator(person, now).ok
        assert factors.check_authenticator(person, code_of(row)).ok


def test_the_code_that_confirmed_the_app_does_not_sign_in_too(person: Account) -> None:
    with clock.frozen(NOW):
        code = code_of(factors.begin_authenticator(person))
        assert factors.confirm_authenticator(person, code).ok
        assert not factors.check_authenticator(person, code).ok


@pytest.mark.parametrize(("seconds", "right"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_clock_may_be_one_step_off(person: Account, seconds: int, right: bool) -> None:
    with clock.frozen(NOW):
        row = Authenticator.objects.get(account=with_app(person))
        code = code_of(row)
    with clock.frozen(NOW + dt.timedelta(seconds=seconds)):
        assert factors.check_authenticator(person, code).ok is right


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "\x00", "𠮷", "９" * 6, "-1", "' OR 1=1", "½" * 6])
def test_nonsense_is_a_wrong_code(person: Account, code: str) -> None:
    verdict = factors.check_authenticator(with_app(person), code)
    assert (verdict.ok, verdict.field) == (False, "code")


def test_full_width_digits_and_spaces_are_read(person: Account) -> None:
    row = Authenticator.objects.get(account=with_app(person))
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code_of(row))
    assert factors.check_authenticator(person, f"{wide[:3]} {wide[3:]}").ok


def test_recovery_codes_work_once_each_and_only_for_their_owner(person: Account) -> None:
    other = demo.person("hanxu", "韩叙", 3)
    codes = factors.new_codes(with_app(person))
    assert len(set(codes)) == 10
    assert not factors.use_code(other, codes[0]).ok
    assert factors.use_code(person, codes[0].lower().replace("-", " ")).ok
    assert not factors.use_code(person, codes[0]).ok
    assert factors.held_by(person).codes_left == 9
    assert not RecoveryCode.objects.filter(fingerprint__contains=codes[1].replace("-", "")).exists()
    kept = RecoveryCode.objects.filter(account=person).values_list("fingerprint", flat=True)
    assert {k.split("$")[1] for k in kept} == {"argon2id"}  # 50 bits: hashed as a password is


def test_every_set_has_its_own_salt_and_a_try_costs_one_slow_hash(
    person: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = factors.new_codes(person)
    (first,) = {k.rpartition("$")[0] for k in RecoveryCode.objects.values_list("fingerprint", flat=True)}
    hashed, encode = [], Argon2id.encode

    def counted(self: Argon2id, password: str, salt: str) -> str:
        hashed.append(salt)
        return str(encode(self, password, salt))

    monkeypatch.setattr(Argon2id, "encode", counted)
    assert not factors.use_code(person, "WRONG-WRONG").ok
    assert len(hashed) == 1
    assert factors.use_code(person, codes[7]).ok
    assert len(hashed) == 2
    factors.new_codes(person)
    (second,) = {k.rpartition("$")[0] for k in RecoveryCode.objects.values_list("fingerprint", flat=True)}
    assert first != second


def test_codes_outlive_a_change_of_what_a_hash_costs(person: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = factors.new_codes(person)
    monkeypatch.setattr(Argon2id, "time_cost", 3)
    assert factors.use_code(person, codes[0]).ok


def test_a_code_of_before_the_slow_hash_still_works_once(person: Account) -> None:
    code = "ABCDE-FGHJK"
    RecoveryCode.objects.create(account=person, fingerprint=factors._fingerprint(person.pk, code))
    assert factors.use_code(person, code).ok
    assert not factors.use_code(person, code).ok


def test_a_new_set_voids_the_old_one(person: Account) -> None:
    old = factors.new_codes(person)
    factors.new_codes(person)
    assert not factors.use_code(person, old[0]).ok
    assert factors.held_by(person).codes_left == 10


def test_the_last_factor_of_a_reviewer_stays(reviewer: Account) -> None:
    with_app(reviewer)
    with pytest.raises(Refused):
        factors.remove_authenticator(reviewer)
    assert factors.has_any(reviewer)


def test_whoever_needs_none_may_remove_the_last_and_the_codes_go_too(person: Account) -> None:
    factors.new_codes(with_app(person))
    factors.remove_authenticator(person)
    assert factors.held_by(person) == factors.Held(False, 0, 0)


def test_another_accounts_passkey_is_not_removed(person: Account) -> None:
    other = demo.person("hanxu", "韩叙", 3)
    key = other.passkeys.create(name="k", credential_id="abc", public_key=b"x")
    factors.remove_passkey(person, key.pk)
    assert other.passkeys.count() == 1


def test_every_change_is_told_and_in_the_log(person: Account) -> None:
    codes = factors.new_codes(with_app(person))
    factors.use_code(person, codes[0])
    factors.remove_authenticator(person)
    told = [m.template for m in Message.objects.filter(account=person)]
    assert told == ["second_factor.changed"] * 4
    kept = [e.detail["what"] for e in AuditEntry.objects.filter(verb="second_factor.changed").order_by("id")]
    assert kept == ["加上了验证器", "换了一组恢复码", "用了一个恢复码", "去掉了验证器"]
    assert codes[0] not in str(list(AuditEntry.objects.values_list("detail")))


@pytest.mark.parametrize(
    ("after", "says"),
    [
        ("password", "有人知道您的密码"),
        ("code", "有人拿到了您的登录验证码"),
        ("recovery", "有人重设了您的密码"),
        ("appeal", "有人重设了您的密码"),
        ("session", "有人在您登录过的设备上"),
    ],
)
def test_the_owner_hears_once_of_wrong_second_steps_and_after_what(person: Account, after: str, says: str) -> None:
    for _ in range(factors.TELL_AFTER + 5):
        factors.failed(person, "app", after=after)
    told = Message.objects.get(account=person, template__startswith="second_factor.failing")
    assert told.subject.startswith(says)
    assert ("密码" in told.subject) == (after in ("password", "recovery", "appeal"))
