from django.apps import AppConfig


class Letters(AppConfig):
    name = "waizhuan.shared.letters"
    label = "letters"
