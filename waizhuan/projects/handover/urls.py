from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.handover import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.hand_overs, name="handover.list"),
    path("new/", screens.new, name="handover.new"),
    path("stuck/", screens.stuck, name="handover.stuck"),
    path("<int:id>/", screens.case, name="handover.case"),
    path("<int:id>/review/", screens.review, name="handover.review"),
    path("<int:id>/letter.pdf", screens.letter, name="handover.letter"),
]
