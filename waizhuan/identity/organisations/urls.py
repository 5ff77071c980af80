from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.organisations import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("switch/", screens.switch, name="organisations.switch"),
    path("agent/", screens.agent, name="organisations.agent"),
    path("agent/codes/", screens.agent_codes, name="organisations.agent_codes"),
    path("agent/done/", screens.agent_done, name="organisations.agent_done"),
]
