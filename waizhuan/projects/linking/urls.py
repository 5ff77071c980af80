from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.linking import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.accounts, name="linking.accounts"),
    path("claim/", screens.claim, name="linking.claim"),
    path("claims/<int:id>/", screens.case, name="linking.case"),
    path("administrators/", screens.administrators, name="linking.administrators"),
    path("<int:id>/hand-over/", screens.hand_over, name="linking.hand_over"),
    path("<int:id>/unlink/", screens.unlink, name="linking.unlink"),
]
