from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.sign_in import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.start, name="sign_in.start"),
    path("became/", screens.became, name="sign_in.became"),
    path("out/", screens.out, name="sign_in.out"),
    path("code/", screens.code, name="sign_in.code"),
    path("sessions/", screens.session_list, name="sign_in.sessions"),
    path("password/", screens.password, name="sign_in.password"),
    path("password/changed/", screens.changed, name="sign_in.changed"),
    path("not-me/<str:token>/", screens.this_was_not_me, name="sign_in.not_me"),
    path("link/<str:token>/", screens.link, name="sign_in.link"),
    path("captcha/<str:key>.png", screens.captcha, name="sign_in.captcha"),
    path("captcha/<str:key>.wav", screens.captcha_sound, name="sign_in.captcha_sound"),
    path("common-passwords.json", screens.common_passwords, name="sign_in.common_passwords"),
]
