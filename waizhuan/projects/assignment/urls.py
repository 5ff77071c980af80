from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.assignment import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.projects, name="assignment.list"),
    path("ask/", screens.ask, name="assignment.ask"),
]
