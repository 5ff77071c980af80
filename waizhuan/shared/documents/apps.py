from django.apps import AppConfig


class Documents(AppConfig):
    name = "waizhuan.shared.documents"
    label = "documents"
