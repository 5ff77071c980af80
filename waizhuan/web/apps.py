from django.apps import AppConfig


class Web(AppConfig):
    name = "waizhuan.web"
    label = "web"

    def ready(self) -> None:
        from waizhuan.web import traces

        traces.declare()
