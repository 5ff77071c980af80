from django.apps import AppConfig


class SecondFactor(AppConfig):
    name = "waizhuan.identity.second_factor"
    label = "second_factor"

    def ready(self) -> None:
        from waizhuan.identity.second_factor.rules import roles_wait
        from waizhuan.kernel import menu
        from waizhuan.kernel.words import say
        from waizhuan.shared.notify import api as notify

        notify.template(
            "second_factor.changed",
            say("两步验证有变动"),
            say("{what}。如果不是您本人，请打开这条消息，马上锁定账号。"),
            sms=say("【外专】两步验证有变动：{what}。不是您本人，请打开 {undo} 锁定账号。"),
        )
        notify.template(
            "second_factor.failing",
            say("有人知道您的密码，没通过两步验证"),
            say("密码是对的，两步验证错了 {n} 次，没有进来。不是您本人，请打开这条消息锁定账号，再改密码。"),
            sms=say("【外专】有人输对了您的密码，两步验证错了 {n} 次。不是您本人，请打开 {undo} 锁定账号。"),
        )
        notify.template(
            "second_factor.failing_code",
            say("有人拿到了您的登录验证码，没通过两步验证"),
            say(
                "短信验证码是对的，两步验证错了 {n} 次，没有进来。不是您本人，请打开这条消息锁定账号，看看手机在谁手里。"
            ),
            sms=say("【外专】有人输对了您的短信验证码，两步验证错了 {n} 次。不是您本人，请打开 {undo} 锁定账号。"),
        )
        notify.template(
            "second_factor.failing_reset",
            say("有人重设了您的密码，没通过两步验证"),
            say(
                "密码刚用验证码或链接重设过，两步验证错了 {n} 次，没有进来。不是您本人，请打开这条消息锁定账号，再找回。"
            ),
            sms=say("【外专】有人重设了您的密码，两步验证错了 {n} 次。不是您本人，请打开 {undo} 锁定账号。"),
        )
        notify.template(
            "second_factor.failing_inside",
            say("有人在您登录过的设备上没通过两步验证"),
            say("登录着的页面上，两步验证错了 {n} 次。不是您本人，请打开这条消息锁定账号，所有设备马上退出。"),
            sms=say("【外专】您登录着的设备上，两步验证错了 {n} 次。不是您本人，请打开 {undo} 锁定账号。"),
        )
        menu.offer(
            menu.Offer(
                say("开启两步验证"),
                say("您在这里的角色要在两步验证之后才能使用。用手机上的验证器或通行密钥，一分钟设好。"),
                "second_factor.home",
                roles_wait,
                1,
            )
        )
