from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.realname import change_screens, correct_screens, review_screens, screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.status, name="realname.status"),
    path("start/", screens.start, name="realname.start"),
    path("correct/", correct_screens.correct, name="realname.correct"),
    path("unit/", correct_screens.unit, name="realname.unit"),
    path("change/", change_screens.change, name="realname.change"),
    path("renew/", correct_screens.renew, name="realname.renew"),
    path("fold/", correct_screens.fold, name="realname.fold"),
    path("<int:pk>/", screens.case, name="realname.case"),
    path("<int:pk>/documents/", screens.upload, name="realname.upload"),
    path("<int:pk>/documents/<slug:slot>/", screens.add, name="realname.add"),
    path("<int:pk>/submit/", screens.submit, name="realname.submit"),
    path("<int:pk>/withdraw/", screens.withdraw, name="realname.withdraw"),
    path("<int:pk>/review/", review_screens.review, name="realname.review"),
    path("<int:pk>/decide/", review_screens.decide, name="realname.decide"),
    path("<int:pk>/reveal/", review_screens.reveal, name="realname.reveal"),
]
