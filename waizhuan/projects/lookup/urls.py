from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.lookup import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/", screens.projects, name="lookup.projects"),
    path("units/", screens.units, name="lookup.units"),
    path("people/", screens.people, name="lookup.people"),
    path("people/by-number/", screens.number, name="lookup.number"),
    path("experts/", screens.experts, name="lookup.experts"),
    path("old/", screens.old, name="lookup.old"),
    path("exports/", screens.exports, name="lookup.exports"),
    path("exports/<int:id>.xlsx", screens.download, name="lookup.download"),
    path("filters/<int:id>/forget/", screens.forget, name="lookup.forget"),
    path("<slug:kind>/save/", screens.save, name="lookup.save"),
    path("<slug:kind>/export/", screens.export, name="lookup.export"),
]
