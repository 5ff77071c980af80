from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.delegation import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.mandates, name="delegation.list"),
    path("new/", screens.new, name="delegation.new"),
    path("people/<int:account_id>/", screens.change, name="delegation.change"),
    path("<int:id>/withdraw/", screens.withdraw, name="delegation.withdraw"),
    path("invitations/<int:id>/end/", screens.uninvite, name="delegation.uninvite"),
    path("ask/", screens.ask, name="delegation.ask"),
    path("requests/<int:id>/", screens.request_case, name="delegation.request"),
]
