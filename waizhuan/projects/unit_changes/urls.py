from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.unit_changes import review_screens, screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.changes, name="unit_changes.list"),
    path("new/", screens.new, name="unit_changes.new"),
    path("<int:id>/", screens.case, name="unit_changes.case"),
    path("<int:id>/edit/", screens.form, name="unit_changes.form"),
    path("<int:id>/review/", review_screens.review, name="unit_changes.review"),
]
