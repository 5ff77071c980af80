from django.apps import AppConfig


class OpenID(AppConfig):
    name = "waizhuan.identity.openid"
    label = "openid"

    def ready(self) -> None:
        from waizhuan.identity.openid import declarations

        declarations.declare()
