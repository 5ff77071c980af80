from django.apps import AppConfig


class Applications(AppConfig):
    name = "waizhuan.projects.applications"
    label = "applications"

    def ready(self) -> None:
        from waizhuan.projects.applications import declarations, process  # noqa: F401  (registers the process)
        from waizhuan.projects.applications.succession import make_room
        from waizhuan.projects.departments.api import before_moving

        declarations.declare()
        before_moving("applications.Application.department", make_room)
