from django.apps import AppConfig


class AccountMerges(AppConfig):
    name = "waizhuan.identity.account_merges"
    label = "account_merges"

    def ready(self) -> None:
        from waizhuan.identity.account_merges.process import MERGE
        from waizhuan.kernel.words import say
        from waizhuan.shared.flow.api import register
        from waizhuan.shared.notify import api as notify

        register(MERGE)
        notify.template(
            "account_merges.asked",
            say("有人申请把您的账号合并"),
            say(
                "有人申请把账号 {closed} 并入 {kept}（{number}），由平台核对。不是您本人或平台办的，请打开这条消息，马上锁定账号；"
                "不同意合并，请到“我的信息”里“我还有另一个账号”说明。"
            ),
            sms=say("【外专】有人申请把账号 {closed} 并入 {kept}（{number}）。不是您本人，请打开 {undo} 锁定账号。"),
        )
        notify.template(
            "account_merges.done",
            say("两个账号已经合并"),
            say(
                "账号 {closed} 已并入 {kept}，请用 {kept} 登录；原来的登录名也能用。不是您本人办的，请打开这条消息，马上锁定账号。"
            ),
            sms=say(
                "【外专】账号 {closed} 已并入 {kept}，请用 {kept} 登录；原来的登录名也能用。不是您本人，请打开 {undo} 锁定账号。"
            ),
        )
        notify.template(
            "account_merges.undone",
            say("账号合并已撤销"),
            say(
                "账号 {closed} 与 {kept} 的合并已撤销，两个账号都能登录。有人在用您的账号，请打开这条消息，马上锁定账号。"
            ),
            sms=say(
                "【外专】账号 {closed} 与 {kept} 的合并已撤销，两个账号都能登录。有人在用您的账号，请打开 {undo} 锁定账号。"
            ),
        )
        notify.template("account_merges.declined", say("账号没有合并"), say("{title}（{number}）没有通过：{note}"))
        notify.template(
            "account_merges.refused", say("账号没有合并"), say("{title}（{number}）：账号的主人不同意合并，{note}")
        )
        notify.template(
            "account_merges.not_merged",
            say("账号没有合并"),
            say("账号 {closed} 没有并入 {kept}（{number}），两个账号都不动。"),
        )
        notify.template(
            "account_merges.ended",
            say("您发起的账号合并没有办成"),
            say("{title}（{number}）没有合并，由{by}办结。理由在办理经过里。"),
        )
