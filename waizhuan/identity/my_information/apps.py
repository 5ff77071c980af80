from django.apps import AppConfig


class MyInformation(AppConfig):
    name = "waizhuan.identity.my_information"
    label = "my_information"

    def ready(self) -> None:
        from waizhuan.identity.my_information import held
        from waizhuan.identity.my_information.process import REQUEST
        from waizhuan.kernel.words import say
        from waizhuan.shared.flow.api import register
        from waizhuan.shared.notify import api as notify

        register(REQUEST)
        held.declare_own()
        notify.template("my_information.answered", say("您的个人信息请求已答复"), say("{title}（{number}）：{note}"))
        notify.template("my_information.declined", say("您的个人信息请求没有办理"), say("{title}（{number}）：{note}"))
        notify.template(
            "my_information.closed",
            say("账号已注销"),
            say("【外专】您的账号 {login_name} 已注销，岗位都已结束。证件号码可以重新注册。"),
        )
