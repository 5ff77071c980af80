from django.apps import AppConfig


class Web(AppConfig):
    name = "waizhuan.web"
    label = "web"
