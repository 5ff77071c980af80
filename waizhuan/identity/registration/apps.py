from django.apps import AppConfig


class Registration(AppConfig):
    name = "waizhuan.identity.registration"
    label = "registration"
