from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.applications import screens, section_screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.applications, name="applications.list"),
    path("new/", screens.new, name="applications.new"),
    path("<int:id>/", screens.case, name="applications.case"),
    path("<int:id>/submit/", screens.submit, name="applications.submit"),
    path("<int:id>/submitted/", screens.submitted, name="applications.submitted"),
    path("<int:id>/application.pdf", screens.pdf, name="applications.pdf"),
    path("<int:id>/<slug:name>/autosave/", section_screens.autosave, name="applications.autosave"),
    path("<int:id>/<slug:name>/", section_screens.section, name="applications.section"),
]
