from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.merges import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.merges, name="merges.list"),
    path("new/", screens.new, name="merges.new"),
    path("sources/", screens.sources, name="merges.sources"),
    path("<int:id>/change/", screens.change, name="merges.change"),
    path("<int:id>/lists/<int:former>/", screens.former_list, name="merges.former"),
    path("<int:id>/", screens.case, name="merges.case"),
    path("<int:id>/letter.pdf", screens.letter, name="merges.letter"),
]
