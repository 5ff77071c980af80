"""The two journeys, step by step. A step is its form; what it says is kept in the draft."""

from __future__ import annotations

from dataclasses import dataclass

from waizhuan.identity.registration import forms
from waizhuan.kernel.ui.forms import Form
from waizhuan.kernel.ui.steps import Step, steps
from waizhuan.kernel.words import SILENCE, Words, say


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: the word in its address, what it is called in the list and as a heading, its form."""

    name: str
    label: Words
    heading: Words
    form: type[Form]
    small: Words = SILENCE


@dataclass(frozen=True, slots=True)
class Journey:
    kind: str
    title: Words
    stages: tuple[Stage, ...]

    def stage(self, name: str) -> Stage | None:
        return next((s for s in self.stages if s.name == name), None)

    def position(self, stage: Stage) -> int:
        return self.stages.index(stage) + 1

    def after(self, stage: Stage) -> Stage | None:
        place = self.stages.index(stage) + 1
        return self.stages[place] if place < len(self.stages) else None

    def step_list(self, stage: Stage) -> list[Step]:
        return steps([(s.label, s.small) for s in self.stages], self.position(stage))


_LOGIN = Stage("login", say("登录名和密码"), say("设定登录名和密码"), forms.LoginForm, say("约 1 分钟"))
_PHONE = Stage("phone", say("手机号"), say("填写手机号"), forms.PhoneForm)
_CODE = Stage("code", say("验证码"), say("核验手机号"), forms.CodeForm, say("收一条验证码"))

PERSON = Journey(
    "person",
    say("注册个人账号"),
    (Stage("identity", say("姓名和证件"), say("填写姓名和证件"), forms.IdentityForm), _LOGIN, _PHONE, _CODE),
)
UNIT = Journey(
    "unit",
    say("注册单位账号"),
    (
        Stage("unit", say("单位信息"), say("填写单位信息"), forms.UnitForm),
        Stage("agent", say("授权信息"), say("谁来办理（主代办人）"), forms.AgentForm, say("主代办人")),
        Stage("representative", say("法定代表人"), say("填写法定代表人"), forms.RepForm),
        _LOGIN, _PHONE, _CODE,
    ),
)  # fmt: skip
JOURNEYS = {j.kind: j for j in (PERSON, UNIT)}
