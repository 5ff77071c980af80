from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.unit_claims import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.claims, name="unit_claims.list"),
    path("new/", screens.new, name="unit_claims.new"),
    path("<int:id>/", screens.case, name="unit_claims.case"),
    path("<int:id>/form/", screens.form, name="unit_claims.form"),
    path("<int:id>/review/", screens.review, name="unit_claims.review"),
]
