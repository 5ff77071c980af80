from django.apps import AppConfig


class Realname(AppConfig):
    name = "waizhuan.identity.realname"
    label = "realname"

    def ready(self) -> None:
        from waizhuan.identity.realname import messages, uploads
        from waizhuan.identity.realname.process import CASE
        from waizhuan.identity.realname.screens import own_account
        from waizhuan.kernel import menu
        from waizhuan.kernel.access import both
        from waizhuan.kernel.words import say
        from waizhuan.shared.flow.api import register

        register(CASE)
        messages.declare()
        uploads.declare()
        menu.offer(
            menu.Offer(
                say("办实名认证"),
                say("先自动核对，多数人几秒钟通过；核对不上的上传证件，1 个工作日内答复。"),
                "realname.status",
                both(own_account, uploads.not_verified),
                10,
            ),
        )
