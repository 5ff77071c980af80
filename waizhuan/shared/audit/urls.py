from django.urls import URLPattern, URLResolver, path

from waizhuan.shared.audit import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.log, name="audit.log"),
    path("verify/", screens.verify, name="audit.verify"),
    path("export.csv", screens.export, name="audit.export"),
]
