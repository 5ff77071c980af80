from django.urls import URLPattern, URLResolver, path

from waizhuan.kernel.ui import screens

urlpatterns: list[URLPattern | URLResolver] = [path("", screens.gallery, name="ui.gallery")]
