from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.entry import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.profile, name="entry.profile"),
    path("department/", screens.department, name="entry.department"),
    path("<int:id>/review/", screens.review, name="entry.review"),
]
