from django.urls import URLPattern, URLResolver, path

from waizhuan.identity.contact_change import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("phone/", screens.phone, name="contact_change.phone"),
    path("email/", screens.email, name="contact_change.email"),
    path("code/", screens.code, name="contact_change.code"),
    path("taken/", screens.taken, name="contact_change.taken"),
    path("done/", screens.done, name="contact_change.done"),
    path("undo/<str:token>/", screens.undo, name="contact_change.undo"),
]
