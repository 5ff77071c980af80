from django.urls import URLPattern, URLResolver, path

from waizhuan.shared.refdata import screens

urlpatterns: list[URLPattern | URLResolver] = [path("", screens.calendar, name="refdata.calendar")]
