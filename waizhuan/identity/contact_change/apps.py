from django.apps import AppConfig


class ContactChangeApp(AppConfig):
    name = "waizhuan.identity.contact_change"
    label = "contact_change"

    def ready(self) -> None:
        from waizhuan.kernel.words import say
        from waizhuan.shared.notify import api as notify

        notify.template(
            "contact_change.changed",
            say("账号的联系方式改了"),
            say(
                "您账号的手机号或邮箱刚刚改了。是您本人改的就不用管；不是，请在 7 天内打开 {undo}，恢复原来的并锁定账号。"
            ),
        )
        notify.template(
            "contact_change.taken",
            say("您的手机号已用在另一个账号"),
            say(
                "有人用验证码证明手机号 {phone} 在自己手里，把它绑定到了另一个账号，这里已解除绑定。号码不是您的了就不用管；是，请打开这条消息。"
            ),
        )
