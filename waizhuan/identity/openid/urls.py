from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.openid import client_screens, leaving, machine_screens, screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("authorize", screens.authorize, name="openid.authorize"),
    path("consent/", screens.consent, name="openid.consent"),
    path("resume/", screens.resume, name="openid.resume"),
    path("account/", screens.account, name="openid.account"),
    path("again/", screens.again, name="openid.again"),
    path("token", machine_screens.token, name="openid.token"),
    path("userinfo", machine_screens.userinfo, name="openid.userinfo"),
    path("revoke", machine_screens.revoke, name="openid.revoke"),
    path("keys", machine_screens.key_set, name="openid.keys"),
    path("end-session", leaving.end_session, name="openid.end_session"),
    path("leave/", leaving.leave, name="openid.leave"),
    path("left/", leaving.left, name="openid.left"),
    path("systems/", leaving.systems, name="openid.systems"),
    path("systems/<int:pk>/withdraw/", leaving.withdraw, name="openid.withdraw"),
    path("clients/", client_screens.clients, name="openid.clients"),
    path("clients/new/", client_screens.new, name="openid.client_new"),
    path("clients/keys/", client_screens.rotate, name="openid.client_keys"),
    path("clients/<int:pk>/", client_screens.client, name="openid.client"),
    path("clients/<int:pk>/change/", client_screens.change, name="openid.client_change"),
    path("clients/<int:pk>/secret/", client_screens.secret, name="openid.client_secret"),
    path("clients/<int:pk>/renew/", client_screens.renew, name="openid.client_renew"),
    path("clients/<int:pk>/act/", client_screens.act, name="openid.client_act"),
]
