from django.apps import AppConfig


class Linking(AppConfig):
    name = "waizhuan.projects.linking"
    label = "linking"

    def ready(self) -> None:
        from waizhuan.projects.linking import declarations, process  # noqa: F401  (registers the process)

        declarations.declare()
