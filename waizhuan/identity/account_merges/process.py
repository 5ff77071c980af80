"""The table of an account merge: asked, with proof → one operator checks → another carries out → can be undone (F11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waizhuan.identity.account_merges import rules
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.ui.labels import in_words
from waizhuan.kernel.verdict import YES, Verdict, first_no, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.flow.api import Need, Post, Process, State, Transition

if TYPE_CHECKING:
    from waizhuan.identity.account_merges.models import AccountMerge

REVIEWER, SENIOR = "operator.reviewer", "operator.senior"
UNDER_WAY = ("waiting", "second")


def _model() -> type[AccountMerge]:
    from waizhuan.identity.account_merges.models import AccountMerge

    return AccountMerge


def _sides(merge: Any) -> tuple[int, int]:
    return merge.survivor_id, merge.closing_id


def by_asker(actor: Actor, merge: Any) -> Verdict:
    """Whoever asked for it."""
    return YES if actor.signed_in and actor.account_id == merge.asker_account_id else no(say("由申请人办理"))


def by_holder(actor: Actor, merge: Any) -> Verdict:
    """Whoever is signed in to one of the two accounts and did not ask for the merge."""
    concerned = actor.signed_in and actor.account_id in _sides(merge) and actor.account_id != merge.asker_account_id
    return YES if concerned else no(say("由账号本人办理"))


def by_reviewer(actor: Actor, merge: Any) -> Verdict:
    """Somebody of the operator's desk whom it does not concern."""
    if not (actor.holds(merge.operator_id, REVIEWER) or actor.holds(merge.operator_id, SENIOR)):
        return no(say("由平台的身份核验员办理"))
    return rules.may_decide(actor.account_id, _sides(merge))


def by_senior(actor: Actor, merge: Any) -> Verdict:
    """A senior operator, other than who checked first."""
    from waizhuan.identity.one_person import looked_first

    if not actor.holds(merge.operator_id, SENIOR):
        return no(say("由平台的复核员办理"))
    return rules.may_decide(actor.account_id, _sides(merge), decided=looked_first(merge, actor.account_id))


def by_whom_it_waits_for(actor: Actor, merge: Any) -> Verdict:
    """The first or the second pair of eyes."""
    return by_reviewer(actor, merge) if merge.state == "waiting" else by_senior(actor, merge)


def _fits(merge: Any) -> Verdict:
    from waizhuan.identity.account_merges.executing import facts

    return first_no(rules.may_merge(facts(merge.survivor, merge.closing, since=merge.created_at)))


def _undoable(merge: Any) -> Verdict:
    from waizhuan.identity.account_merges.executing import may_undo

    return may_undo(merge)


def _checked(merge: Any, actor: Actor, data: Mapping[str, Any]) -> None:
    merge.first_by_id = actor.account_id


def _execute(merge: Any, actor: Actor, data: Mapping[str, Any]) -> None:
    from waizhuan.identity.account_merges.executing import execute

    execute(merge, actor, data)


def _undo(merge: Any, actor: Actor, data: Mapping[str, Any]) -> None:
    from waizhuan.identity.account_merges.executing import undo

    undo(merge, actor, data)


def _not_merged(merge: Any, actor: Actor, data: Mapping[str, Any]) -> None:
    from waizhuan.identity.account_merges.executing import not_merged

    not_merged(merge, actor, data)


def _reviewer(merge: Any) -> Post:
    return Post(merge.operator_id, REVIEWER)


def _senior(merge: Any) -> Post:
    return Post(merge.operator_id, SENIOR)


def _proof(merge: Any) -> Words:
    from waizhuan.identity.account_merges.models import Proof

    return in_words(Proof(merge.proof))


WHY = Need("note", say("理由"), say("请写明理由，对方要靠它知道下一步怎么办"))

MERGE = Process(
    name="account_merges.merge",
    label=say("合并本人的两个账号"),
    model=_model,
    prefix="HZ",
    initial="waiting",
    begun=say("提出了合并"),
    title=lambda merge: f"{merge.closing.login_name} → {merge.survivor.login_name}",
    line=_proof,
    screen=lambda merge, for_holder: ("account_merges.case", (merge.pk,)),
    states=(
        State("waiting", say("核对中"), "wait", holder=_reviewer, due=1, task=say("核对是不是同一个人"), upper=_senior),
        State("second", say("复核中"), "wait", holder=_senior, due=1, task=say("复核账号合并")),
        State("merged", say("已合并"), "ok", final=True),
        State("undone", say("已撤销合并"), "none", final=True),
        State("declined", say("没有通过"), "bad", final=True),
        State("withdrawn", say("已撤回"), "none", final=True),
    ),
    transitions=(
        Transition(
            "check",
            ("waiting",),
            "second",
            say("是同一个人，转复核"),
            say("第一位审核员核对完成，转复核"),
            by_reviewer,
            when=_fits,
            effect=_checked,
            tone="primary",
            outcome=say("转复核员，1 个工作日内答复。合并账号要两个人先后核对。"),
        ),
        Transition(
            "merge",
            ("second",),
            "merged",
            say("复核通过，合并"),
            say("复核通过，两个账号合并了"),
            by_senior,
            when=_fits,
            effect=_execute,
            tone="primary",
            outcome=say("项目、岗位、待办和消息一次转到保留的账号，另一个账号关闭，原来的登录名还能登录。"),
        ),
        Transition(
            "decline",
            UNDER_WAY,
            "declined",
            say("不通过"),
            say("没有通过"),
            by_whom_it_waits_for,
            needs=(WHY,),
            effect=_not_merged,
            notify="account_merges.declined",
            tone="bad",
            outcome=say("写明理由，两个账号都不动。"),
        ),
        Transition(
            "withdraw", ("waiting",), "withdrawn", say("撤回申请"), say("撤回了申请"), by_asker, effect=_not_merged
        ),
        Transition(
            "refuse",
            UNDER_WAY,
            "declined",
            say("不同意合并"),
            say("账号的主人不同意合并"),
            by_holder,
            needs=(Need("note", say("理由"), say("请写明为什么不同意")),),
            effect=_not_merged,
            notify="account_merges.refused",
            tone="bad",
        ),
        Transition(
            "undo",
            ("merged",),
            "undone",
            say("撤销合并"),
            say("撤销了合并"),
            by_senior,
            when=_undoable,
            needs=(WHY,),
            effect=_undo,
            tone="bad",
        ),
    ),
)
