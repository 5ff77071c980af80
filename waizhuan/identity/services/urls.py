from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.services import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.catalogue, name="services.catalogue"),
    path("<slug:code>/", screens.enter, name="services.enter"),
]
