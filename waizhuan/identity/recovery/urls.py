from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.recovery import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.start, name="recovery.start"),
    path("reset/", screens.reset, name="recovery.reset"),
    path("name/", screens.name, name="recovery.name"),
    path("code/", screens.code, name="recovery.code"),
    path("found/", screens.found, name="recovery.found"),
    path("password/", screens.password, name="recovery.password"),
]
