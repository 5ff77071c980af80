from django.apps import AppConfig


class Services(AppConfig):
    name = "waizhuan.identity.services"
    label = "services"
