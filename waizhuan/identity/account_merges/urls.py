from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.account_merges import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.ask, name="account_merges.ask"),
    path("code/", screens.code, name="account_merges.code"),
    path("desk/", screens.desk, name="account_merges.desk"),
    path("<int:pk>/", screens.case, name="account_merges.case"),
]
