from django.apps import AppConfig


class Notify(AppConfig):
    name = "waizhuan.shared.notify"
    label = "notify"

    def ready(self) -> None:
        from waizhuan.kernel.events import Tell, subscribe
        from waizhuan.shared.notify.telling import tell

        subscribe(Tell, tell)
