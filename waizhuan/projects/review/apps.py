from django.apps import AppConfig


class Review(AppConfig):
    name = "waizhuan.projects.review"
    label = "review"
