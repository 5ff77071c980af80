from django.apps import AppConfig


class People(AppConfig):
    name = "waizhuan.projects.people"
    label = "people"
