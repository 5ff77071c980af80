"""The root of the URL tables: one line an errand. Every route is a `@screen` (`kernel.access`)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from waizhuan.identity.openid.machine_screens import discovery
from waizhuan.web import views

#: errand → the prefix of its addresses
ERRANDS = {
    "waizhuan.kernel.ui": "ui/",
    "waizhuan.shared.documents": "documents/",
    "waizhuan.shared.refdata": "calendar/",
    "waizhuan.shared.notify": "messages/",
    "waizhuan.shared.help": "help/",
    "waizhuan.shared.flow": "work/",
    "waizhuan.shared.audit": "audit/",
    "waizhuan.identity.registration": "register/",
    "waizhuan.identity.sign_in": "sign-in/",
    "waizhuan.identity.second_factor": "second-factor/",
    "waizhuan.identity.recovery": "recovery/",
    "waizhuan.identity.appeals": "appeals/",
    "waizhuan.identity.contact_change": "contact/",
    "waizhuan.identity.realname": "real-name/",
    "waizhuan.identity.organisations": "organisations/",
    "waizhuan.identity.delegation": "authorisation/",
    "waizhuan.identity.services": "services/",
    "waizhuan.identity.my_information": "me/",
    "waizhuan.identity.account_merges": "me/accounts/",
    "waizhuan.identity.operators": "operators/",
    "waizhuan.identity.openid": "openid/",
    "waizhuan.projects.departments": "departments/",
    "waizhuan.projects.unit_changes": "unit/changes/",
    "waizhuan.projects.entry": "unit/",
    "waizhuan.projects.handover": "hand-over/",
    "waizhuan.projects.calls": "calls/",
    "waizhuan.projects.applications": "applications/",
    "waizhuan.projects.assignment": "assignment/",
    "waizhuan.projects.review": "review/",
    "waizhuan.projects.people": "experts/",
    "waizhuan.projects.legacy": "old-system/",
    "waizhuan.projects.linking": "old-accounts/",
    "waizhuan.projects.unit_claims": "old-units/",
    "waizhuan.projects.merges": "merges/",
    "waizhuan.projects.lookup": "look-up/",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="web.home"),
    path("healthz", views.healthz, name="web.healthz"),
    path("readyz", views.readyz, name="web.readyz"),
    path("language/", views.language, name="web.language"),
    path(".well-known/openid-configuration", discovery, name="openid.discovery"),
]
for _module, _prefix in ERRANDS.items():
    urlpatterns.append(path(_prefix, include(f"{_module}.urls")))

handler400 = "waizhuan.web.views.not_understood"
handler404 = "waizhuan.web.views.not_found"
handler500 = "waizhuan.web.views.broken"
