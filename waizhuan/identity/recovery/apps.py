from django.apps import AppConfig


class Recovery(AppConfig):
    name = "waizhuan.identity.recovery"
    label = "recovery"
