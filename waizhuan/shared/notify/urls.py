from django.urls import URLPattern, URLResolver, path

from waizhuan.shared.notify import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.inbox, name="notify.inbox"),
    path("<int:pk>/", screens.read, name="notify.read"),
    path("read/", screens.read_all, name="notify.read_all"),
    path("mailbox/", screens.development_mailbox, name="notify.mailbox"),
]
