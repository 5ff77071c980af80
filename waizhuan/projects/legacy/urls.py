from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.legacy import screens, unit_screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/", screens.imports, name="legacy.imports"),
    path("imports/<int:id>/", screens.show, name="legacy.import"),
    path("imports/<int:id>/problems.xlsx", screens.problems, name="legacy.problems"),
    path("projects/", screens.projects, name="legacy.projects"),
    path("projects/<int:id>/assign/", unit_screens.assign, name="legacy.assign"),
    path("units/", unit_screens.units, name="legacy.units"),
    path("units/<int:id>/", unit_screens.unit, name="legacy.unit"),
    path("units/<int:id>/part/", unit_screens.part, name="legacy.part"),
]
