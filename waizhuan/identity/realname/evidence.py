"""Which documents prove what (D1, D7, domain §1). Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass

from waizhuan.identity.realname.rules import PARTICULARS, Kind, Purpose
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import SILENCE, Words, say


@dataclass(frozen=True, slots=True)
class Slot:
    """One document that is asked for. `proves` names the rows of data that it is compared with."""

    code: str
    label: Words
    hint: Words = SILENCE
    required: bool = True
    proves: tuple[str, ...] = ()


_CARD = ("name", "doc_number")

ID_FRONT = Slot("id_front", say("居民身份证 人像面"), say("四角完整，字看得清"), proves=_CARD)
ID_BACK = Slot("id_back", say("居民身份证 国徽面"), say("有效期看得清"), proves=("doc_expires",))
PERMIT_FRONT = Slot("permit_front", say("证件正面"), say("四角完整，字看得清"), proves=_CARD)
PERMIT_BACK = Slot("permit_back", say("证件背面"), say("有效期看得清"), proves=("doc_expires",))
PASSPORT = Slot(
    "passport_page",
    say("护照 资料页"),
    say("有照片的那一页，连同下面两行机读码"),
    proves=("name", "doc_number", "doc_country", "doc_expires"),
)
CERTIFICATE = Slot(
    "certificate",
    say("单位登记证书"),
    say("营业执照、事业单位法人证书、社会团体登记证书，或境外的注册证明"),
    proves=("unit_name", "uscc", "rep_name", *PARTICULARS),
)
REP_DOCUMENT = Slot("rep_document", say("法定代表人证件"), say("人像面或资料页"), proves=("rep_name", "rep_doc_number"))
NEW_CERTIFICATE = dataclasses.replace(CERTIFICATE, label=say("变更后的登记证书"), hint=say("写着变更后的内容的那一份"))
NOTICE = Slot(
    "notice",
    say("变更通知书或批复"),
    say("登记机关或主管部门出具的，写明从什么变更为什么"),
    proves=("unit_name", "uscc", "rep_name", *PARTICULARS),
)
LETTER = Slot(
    "letter", say("单位授权书"), say("写明主代办人姓名，盖单位公章。有就上传。"), required=False, proves=("name",)
)
OTHER = Slot("other", say("其他说明"), say("改名证明、翻译件等。没有就不用传。"), required=False)
OLD_DOCUMENT = Slot("old_document", say("旧证件"), say("还在手里就拍一张，办得更快"), required=False)

ALL = (
    *(ID_FRONT, ID_BACK, PERMIT_FRONT, PERMIT_BACK, PASSPORT),
    *(CERTIFICATE, NOTICE, REP_DOCUMENT, LETTER, OLD_DOCUMENT, OTHER),
)
BY_CODE = {slot.code: slot for slot in ALL}


def slots(kind: str, doc_type: str, *, purpose: str = Purpose.FIRST, changed: Collection[str] = ()) -> tuple[Slot, ...]:
    """The documents for this subject: both sides of cards, the data page of passports, a unit's certificate. `changed`: the
    columns that a change changes. Kind, place and address stand on the certificate, and who the unit is does not hang on
    them; all else takes the notice as well."""
    if purpose == Purpose.CHANGE:
        notice = NOTICE if set(changed) - set(PARTICULARS) else dataclasses.replace(NOTICE, required=False)
        rep = (REP_DOCUMENT,) if {"name", "doc_number"} & set(changed) else ()
        return (NEW_CERTIFICATE, notice, *rep, OTHER)
    if kind == Kind.UNIT:
        return (CERTIFICATE, REP_DOCUMENT, OTHER)
    if doc_type == "resident_id":
        own: tuple[Slot, ...] = (ID_FRONT, ID_BACK)
    elif doc_type == "passport":
        own = (PASSPORT,)
    else:
        own = (PERMIT_FRONT, PERMIT_BACK)
    if purpose == Purpose.RENEWAL:
        return (*own, OLD_DOCUMENT, OTHER)
    return (*own, LETTER, OTHER) if kind == Kind.AGENT else (*own, OTHER)


def missing(wanted: tuple[Slot, ...], given: Collection[str]) -> list[Verdict]:
    """Every required document that is not there yet, all at once."""
    return [
        no(say("还缺：{document}", document=slot.label), code="D1", field=slot.code)
        for slot in wanted
        if slot.required and slot.code not in given
    ]
