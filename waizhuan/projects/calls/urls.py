from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.calls import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.calls, name="calls.list"),
    path("new/", screens.new, name="calls.new"),
    path("<int:id>/", screens.show, name="calls.show"),
    path("<int:id>/edit/", screens.edit, name="calls.edit"),
    path("<int:id>/publish/", screens.publish, name="calls.publish"),
    path("<int:id>/extend/", screens.extend, name="calls.extend"),
]
