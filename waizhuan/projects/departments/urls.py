from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.departments import import_screens, plan_screens, screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.departments, name="departments.list"),
    path("new/", screens.new, name="departments.new"),
    path("changes/", screens.changes, name="departments.changes"),
    path("import/", import_screens.upload, name="departments.import"),
    path("imports/<int:id>/", import_screens.imported, name="departments.imported"),
    path("imports/<int:id>/problems.xlsx", import_screens.problems, name="departments.problems"),
    path("departments.xlsx", import_screens.export, name="departments.export"),
    path("<int:id>/", screens.show, name="departments.show"),
    path("<int:id>/edit/", screens.edit, name="departments.edit"),
    path("<int:id>/reorganise/<str:kind>/", plan_screens.reorganise, name="departments.reorganise"),
    path("reorganisations/<int:id>/", plan_screens.reorganisation, name="departments.reorganisation"),
]
