"""What appeals write to people (E10)."""

from __future__ import annotations

from waizhuan.kernel.words import say
from waizhuan.shared.notify.api import template


def declare() -> None:
    template(
        "appeals.received",
        say("收到您的申诉"),
        say("收到您的申诉 {number}，1 个工作日内答复。随时查看：{address}"),
    )
    template(
        "appeals.asked",
        say("申诉要补充材料"),
        say("申诉 {number} 要补充：{note}。请到 {address} 补充，等您补充的时间不计入期限。"),
    )
    template(
        "appeals.declined",
        say("申诉没有通过"),
        say("申诉 {number} 没有通过：{note}。可以带着更清楚的材料再申诉。"),
    )
    template(
        "appeals.cooling",
        say("申诉审核通过，进入等待期"),
        say("申诉 {number} 审核通过。我们通知了原来的联系方式，到 {until} 没有异议，就发来设密码的链接。"),
    )
    template(
        "appeals.warning",
        say("有人申诉找回您的账号"),
        say(
            "有人提交材料，要找回您的账号，审核已通过。如果不是您或您的单位申请的，请马上打开 {address} 提出异议，最晚 {until}。"
        ),
    )
    template(
        "appeals.objected",
        say("申诉有异议"),
        say("原来的联系人对申诉 {number} 提出了异议，复核员 1 个工作日内答复。"),
    )
    template(
        "appeals.upheld",
        say("申诉通过，账号交给了申诉人"),
        say(
            "有人申诉找回您的账号，另一位复核员核对后通过了：{note}。如果账号还是您或您的单位的，请申诉找回：{address}"
        ),
    )
    template(
        "appeals.contested",
        say("另有一件申诉也要这个账号"),
        say("另有一件申诉也要这个账号，申诉 {number} 暂停生效，两件由两位审核员一起核对，1 个工作日内答复。"),
    )
    template(
        "appeals.locked",
        say("账号被锁定，申诉转复核"),
        say("平台在等待期里锁定了这个账号，申诉 {number} 转复核员核对，1 个工作日内答复。"),
    )
    template(
        "appeals.lapsed",
        say("申诉不再生效"),
        say("申诉 {number} 要找回的账号在等待期里注销了，或者并入了另一个账号，申诉不再生效。详情：{address}"),
    )
    template(
        "appeals.expired",
        say("申诉自动撤回"),
        say("申诉 {number} 等了 30 天没有提交，已经自动撤回。还需要的话，请重新申诉：{address}"),
    )
    template(
        "appeals.approved",
        say("申诉通过，请设密码"),
        say("申诉 {number} 通过。请在 {days} 天内打开 {link} 设新密码，链接只能用一次，请不要转给别人。"),
    )
