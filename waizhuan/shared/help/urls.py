from django.urls import URLPattern, URLResolver, path

from waizhuan.shared.help import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.home, name="help.home"),
    path("accessibility/", screens.accessibility, name="help.accessibility"),
    path("privacy/", screens.privacy, name="help.privacy"),
    path("feedback/", screens.feedback, name="help.feedback"),
    path("<str:code>/", screens.article, name="help.article"),
]
