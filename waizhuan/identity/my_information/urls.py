from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.my_information import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("kept/", screens.kept, name="my_information.kept"),
    path("", screens.home, name="my_information.home"),
    path("download/", screens.download, name="my_information.download"),
    path("requests/", screens.requests, name="my_information.requests"),
    path("requests/<int:pk>/", screens.request_case, name="my_information.request"),
    path("consents/", screens.consents_given, name="my_information.consents"),
    path("consents/<slug:text>/", screens.withdraw, name="my_information.withdraw"),
    path("consent/", screens.consent, name="my_information.consent"),
    path("close/", screens.close, name="my_information.close"),
    path("relief/<int:pk>/", screens.relief, name="my_information.relief"),
    path("closed/", screens.closed, name="my_information.closed"),
]
