from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.merges import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.merges, name="merges.list"),
    path("new/", screens.new, name="merges.new"),
    path("<int:id>/", screens.case, name="merges.case"),
    path("<int:id>/letter.pdf", screens.letter, name="merges.letter"),
]
