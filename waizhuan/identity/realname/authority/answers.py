"""What is asked of the authority (D1), and what it may answer. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from waizhuan.kernel.words import SILENCE, Words, say


class Result(StrEnum):
    """`unknown`: the authority holds no such record. `unavailable`: it could not be asked."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"


#: Why, as the reader is told. An authority's own text is never shown: it may name somebody else's data.
#: Nobody asked the authority: these go to a human being.
NOT_ASKED = ("manual", "renewal", "conflict", "unit_conflict", "code_changed", "particulars")
REASONS: dict[str, Words] = {
    "": SILENCE,
    "name": say("权威库里，这个号码登记的是另一个姓名"),
    "unit_name": say("登记机关的记录里，这个统一社会信用代码登记的是另一个单位名称"),
    "rep": say("登记机关的记录里，法定代表人的姓名或证件号码和您填写的不同"),
    "not_found": say("权威库里查不到这个号码。护照、换过的证件常有这种情况"),
    "unit_not_found": say("登记机关的记录里查不到这个单位"),
    "no_answer": say("权威库暂时没有答复，这不是您的问题"),
    "manual": say("这一类单位没有联网核对的接口，直接由人工审核"),
    "renewal": say("换了新证件，由人工核对新旧证件是同一个人"),
    "conflict": say("这个号码已属于另一个账号，由两名审核员先后核对"),
    "unit_conflict": say("这个名称或代码已属于另一个单位账号，由两名审核员先后核对"),
    "code_changed": say("代码变了，登记机关的记录说明不了还是同一个单位，由人工核对变更通知"),
    "particulars": say("单位类型、所在地区和地址没有联网核对的接口，由人工核对登记证书"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    result: Result
    code: str = ""

    @property
    def reason(self) -> Words:
        return reason(self.code)


def reason(code: str) -> Words:
    return REASONS.get(code, SILENCE)


UNAVAILABLE = Answer(Result.UNAVAILABLE, "no_answer")


class Authority(Protocol):
    """Whoever can confirm that a name and a number belong together. Never raises: no answer is an answer too."""

    def check_person(self, name: str, doc_type: str, number: str, country: str) -> Answer: ...

    def check_unit(self, name: str, uscc: str, rep_name: str, rep_number: str) -> Answer: ...
