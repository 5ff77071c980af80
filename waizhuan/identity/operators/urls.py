from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.operators import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", screens.search, name="operators.search"),
    path("accounts/<int:pk>/", screens.account, name="operators.account"),
    path("accounts/<int:pk>/act/", screens.act, name="operators.act"),
    path("accounts/<int:pk>/withdraw/<str:what>/", screens.withdraw, name="operators.withdraw"),
    path("withdrawals/<int:pk>/", screens.withdrawal, name="operators.withdrawal"),
    path("statistics/", screens.show_statistics, name="operators.statistics"),
]
