from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.appeals import review_screens, screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.start, name="appeals.start"),
    path("new/<slug:kind>/", screens.details, name="appeals.details"),
    path("code/", screens.code, name="appeals.code"),
    path("papers/", screens.papers_page, name="appeals.papers"),
    path("papers/form.pdf", screens.form_pdf, name="appeals.form"),
    path("papers/statement.pdf", screens.statement_pdf, name="appeals.statement"),
    path("papers/<slug:slot>/", screens.add, name="appeals.add"),
    path("papers/<slug:slot>/preview.jpg", screens.preview, name="appeals.preview"),
    path("mine/", screens.case, name="appeals.case"),
    path("withdraw/", screens.withdraw, name="appeals.withdraw"),
    path("find/", screens.find, name="appeals.find"),
    path("find/code/", screens.find_code, name="appeals.find_code"),
    path("object/<str:token>/", screens.object_to, name="appeals.object"),
    path("<int:pk>/review/", review_screens.review, name="appeals.review"),
    path("<int:pk>/decide/", review_screens.decide, name="appeals.decide"),
    path("<int:pk>/reveal/", review_screens.reveal, name="appeals.reveal"),
]
