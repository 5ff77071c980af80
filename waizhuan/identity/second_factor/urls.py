from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.second_factor import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.home, name="second_factor.home"),
    path("app/", screens.app, name="second_factor.app"),
    path("passkey/", screens.passkey, name="second_factor.passkey"),
    path("codes/", screens.codes, name="second_factor.codes"),
    path("remove/<slug:what>/", screens.remove, name="second_factor.remove"),
    path("confirm/", screens.confirm, name="second_factor.confirm"),
    path("sign-in/", screens.sign_in, name="second_factor.sign_in"),
]
