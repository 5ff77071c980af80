"""What may be assigned to whom, and how many views one keeps."""

from __future__ import annotations

from collections.abc import Collection

from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say, say_n

VIEWS_AT_MOST = 20


def may_be_given(name: str, roles: Collection[str], wanted: Collection[str]) -> Verdict:
    """May work of these posts be assigned to a colleague with these roles? Only what they may do anyway."""
    missing = sum(role not in roles for role in wanted)
    if missing:
        reason = say_n(
            "所选事项中有 {n} 件不属于{name}的岗位，没有分给{name}。请去掉这些事项，或者选别的同事", missing, name=name
        )
        return no(reason, field="to", code="G9")
    return YES


def may_keep(*, others: int, same_name: bool) -> Verdict:
    """A view more, or another name for one. `others`: how many one has besides it."""
    if same_name:
        return no(say("您已有同名的标签，请换一个名称"), field="name", code="G9")
    if others >= VIEWS_AT_MOST:
        text = say("最多保存 {n} 个标签，请先去掉一个", n=VIEWS_AT_MOST)
        return no(text, field="name", code="G9")
    return YES
