from django.apps import AppConfig


class Merges(AppConfig):
    name = "waizhuan.projects.merges"
    label = "merges"

    def ready(self) -> None:
        from waizhuan.projects.merges import declarations, process  # noqa: F401  (registers the process)

        declarations.declare()
