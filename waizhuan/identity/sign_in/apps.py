from django.apps import AppConfig


class SignIn(AppConfig):
    name = "waizhuan.identity.sign_in"
    label = "sign_in"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from waizhuan.identity.sign_in.sessions import note_beginning
        from waizhuan.kernel.words import say
        from waizhuan.shared.notify import api as notify

        user_logged_in.connect(note_beginning, dispatch_uid="sign_in.note_beginning")
        # `sessions` writes it, in the transaction that makes the session
        user_logged_in.disconnect(dispatch_uid="update_last_login")
        notify.template(
            "sign_in.new_device",
            say("您的账号在新的设备上登录了"),
            say("设备：{browser}。是您本人就不用管；不是，请打开这条消息，马上锁定账号。"),
            sms=say("【外专】您的账号在新的设备上登录了。不是您本人，请打开 {undo} 锁定账号。"),
        )
        notify.template(
            "sign_in.password_changed",
            say("密码已修改"),
            say("您的密码刚刚修改，其他设备上的登录都已结束。如果不是您本人，请打开这条消息，马上锁定账号。"),
            sms=say("【外专】您的密码刚刚修改。不是您本人，请打开 {undo} 锁定账号。"),
        )
