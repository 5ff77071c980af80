"""A granted correction changes the field, by the checks that a correction of one's own goes through (D10, Art. 46)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from waizhuan.identity import consents
from waizhuan.identity.models import Account, Kind, Organisation, Person, RealName
from waizhuan.identity.my_information.models import DataRequest, RequestKind
from waizhuan.identity.my_information.rules import FIELDS
from waizhuan.identity.realname import rules as realname
from waizhuan.identity.realname.models import FormerDocument
from waizhuan.identity.realname.queries import end_others, holder_of_number, lock_open, open_case
from waizhuan.identity.sign_in import sessions
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.crypto import blind_index
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.refdata.identity_numbers import check_document
from waizhuan.shared.refdata.names import check_name, name_key


def checked(account: Account, field: str, value: str) -> tuple[str, list[Verdict]]:
    """The value in the form that is stored, and everything against it, beside the field `value`. Asked when the request is
    made and once more when it is granted."""
    if field not in FIELDS[account.kind]:
        return value, [no(say("请选择要更正哪一项"), field="field")]
    if not value.strip():
        return value, [no(say("请写明改成什么"), field="value")]
    under_way = _under_way(account, field)
    if field in ("name", "agent_name"):
        name = check_name(value)
        return name.name, _beside(name.verdict) + under_way
    kind, country, key = _document(account, field)
    number = check_document(kind, value, country)
    found = _beside(number.verdict) + under_way
    if not found and field == "doc_number":
        person = Person.objects.get(account=account)
        if person.real_name == RealName.PASSED:
            found += _beside(realname.same_person(kind, key, kind, number.key))
        if holder_of_number(blind_index("document", number.key), but=account.pk) is not None:
            found.append(no(say("这个证件号码已属于另一个账号"), code="D3", field="value"))
    return number.number, found


def _beside(verdict: Verdict) -> list[Verdict]:
    return [] if verdict.ok else [Verdict(False, verdict.reason, verdict.code, "value", verdict.remedy)]


def _verified_by(field: str) -> realname.Kind:
    return realname.Kind.PERSON if field in FIELDS["natural"] else realname.Kind.AGENT


def _under_way(account: Account, field: str) -> list[Verdict]:
    """A case that comes to its end by itself writes what was claimed in it: over the correction. Only one that waits for
    its first documents, and is about what the account says, is begun anew by the correction (`start_check`)."""
    case = open_case(account.pk, _verified_by(field))
    if case is None:
        return []
    if case.purpose == realname.Purpose.RENEWAL:
        return _beside(no(say("本人有一件证件更新还没有办完，办完或撤回以后才能更正"), code="D10"))
    if case.state == "upload" and case.conflict_with_id is None:
        return []
    return _beside(no(say("本人的实名认证正在审核，办完或撤回以后才能更正"), code="D10"))


def _document(account: Account, field: str) -> tuple[str, str, str]:
    if field == "doc_number":
        person = Person.objects.get(account=account)
        return person.doc_type, person.doc_country, person.doc_key
    unit = Organisation.objects.get(account=account)
    return unit.agent_doc_type, unit.agent_doc_country, ""


def apply(request: DataRequest, actor: Actor, data: Mapping[str, Any]) -> None:
    """Write it. Whoever was verified by what was there before is verified anew by what is there now. Raises Refused."""
    if request.kind != RequestKind.CORRECT or not request.field:
        return
    account = Account.objects.select_for_update().get(pk=request.asker_account_id or 0)
    if account.closed_at is not None:  # closed, or merged, at this moment
        raise Refused(no(say("账号已经注销")))
    lock_open(account.pk)
    value, refused = checked(account, request.field, request.value)
    if refused:
        # beside no field of the operator's form: said in its summary
        raise Refused(*(Verdict(False, v.reason, v.code, "", v.remedy) for v in refused))
    before = _known_by(account)
    if _verified_by(request.field) == realname.Kind.PERSON:
        _person(account, request.field, value)
    else:
        unit = Organisation.objects.select_for_update().get(account=account)
        unit.agent_real_name, unit.agent_real_name_reason = RealName.NOT_STARTED, ""
        setattr(unit, request.field, value)
        unit.save(update_fields=[request.field, "agent_real_name", "agent_real_name_reason"])
    if consents.corrected(account.pk, before, _known_by(account)):
        end_others(account.pk, corrected=True)
        sessions.end_others(account)  # whoever it is now agrees when they sign in
    publish(Happened(actor, "my_information.corrected", f"identity.account:{account.pk}", {"field": request.field}))


def _known_by(account: Account) -> tuple[str, str]:
    """Name and number of whoever holds the account."""
    if account.kind == Kind.NATURAL:
        person = Person.objects.get(account=account)
        return person.name, person.doc_key
    unit = Organisation.objects.get(account=account)
    return unit.agent_name, unit.agent_doc_number


def _person(account: Account, field: str, value: str) -> None:
    person = Person.objects.select_for_update().get(account=account)
    if field == "name":
        person.name, person.name_key = value, name_key(value)
    else:
        key = check_document(person.doc_type, value, person.doc_country).key
        if person.real_name == RealName.PASSED and person.doc_key and key != person.doc_key:
            FormerDocument.keep(person)
        person.doc_number, person.doc_key = value, key
    person.real_name, person.real_name_reason, person.verified_at = RealName.NOT_STARTED, "", None
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise Refused(no(say("这个证件号码已属于另一个账号"), code="D3")) from error
