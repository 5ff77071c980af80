from django.urls import URLPattern, URLResolver, path

from waizhuan.shared.flow import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.work, name="flow.queue"),
    path("done/", screens.done, name="flow.done"),
    path("own/", screens.own, name="flow.own"),
    path("awaited/", screens.awaited, name="flow.awaited"),
    path("views/", screens.views, name="flow.views"),
    path("<int:id>/", screens.open_item, name="flow.open"),
    path("<int:id>/remind/", screens.remind, name="flow.remind"),
]
