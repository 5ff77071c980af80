from django.apps import AppConfig


class Organisations(AppConfig):
    name = "waizhuan.identity.organisations"
    label = "organisations"

    def ready(self) -> None:
        from waizhuan.kernel.words import say
        from waizhuan.shared.notify import api as notify

        notify.template(
            "organisations.agent_link",
            say("您现在是单位的主代办人，请设密码"),
            say(
                "【外专】您现在是{unit}的主代办人，单位账号的登录名是 {login_name}。请在 {days} 天内打开 {link} 设密码，链接只能用一次，请不要转给别人。"
            ),
        )
        notify.template(
            "organisations.agent_left",
            say("单位换了主代办人"),
            say(
                "【外专】{unit}的主代办人换成了{name}，您设的密码从现在起不能再登录单位账号。没有同意过的，请单位用盖公章的申诉书办理：{address}"
            ),
        )
        notify.template(
            "organisations.agent_changed",
            say("单位换了主代办人"),
            say("{unit}的主代办人换成了{name}。原来的密码、登录、两步验证和设备都已失效，新的主代办人自己设密码。"),
        )
