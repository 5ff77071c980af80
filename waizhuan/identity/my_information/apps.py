from django.apps import AppConfig


class MyInformation(AppConfig):
    name = "waizhuan.identity.my_information"
    label = "my_information"

    def ready(self) -> None:
        from waizhuan.identity.my_information import held
        from waizhuan.identity.my_information.process import CLOSING, RELIEF, REQUEST
        from waizhuan.kernel.words import say
        from waizhuan.shared.flow.api import register
        from waizhuan.shared.notify import api as notify

        for process in (REQUEST, CLOSING, RELIEF):
            register(process)
        held.declare_own()
        notify.template("my_information.answered", say("您的个人信息请求已答复"), say("{number}：{note}"))
        notify.template("my_information.declined", say("您的个人信息请求没有办理"), say("{number}：{note}"))
        notify.template(
            "my_information.closed",
            say("账号已注销"),
            say("【外专】您的账号 {login_name} 已注销，岗位都已结束。证件号码可以重新注册。"),
        )
        notify.template(
            "my_information.closing_asked",
            say("账号正在等待注销"),
            say(
                "您提出了注销账号（{number}）。还有别人要办的事，办完以后账号自动注销；在那以前可以取消。不是您本人提出的，请打开这条消息，马上锁定账号。"
            ),
            sms=say(
                "【外专】您提出了注销账号（{number}），别人要办的事办完以后自动注销，在那以前可以登录取消。不是您本人，请打开 {undo} 锁定账号。"
            ),
        )
        notify.template(
            "my_information.relief",
            say("{name}要注销账号，请换人接手"),
            say("{name}要注销账号（{number}），负责的项目要先交给别人。请打开这条消息办理。"),
        )
