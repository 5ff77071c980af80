from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.registration import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("person/", screens.person, name="registration.person"),
    path("unit/", screens.unit, name="registration.unit"),
    path("lookup/", screens.lookup, name="registration.lookup"),
    path("check-name/", screens.check_name, name="registration.check_name"),
    path("<str:kind>/discard/", screens.discard, name="registration.discard"),
    path("<str:kind>/done/", screens.done, name="registration.done"),
    path("<str:kind>/<str:name>/", screens.step, name="registration.step"),
]
