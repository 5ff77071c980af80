from django.apps import AppConfig


class Projects(AppConfig):
    name = "waizhuan.projects"
    label = "projects"

    def ready(self) -> None:
        from waizhuan.projects.roles import declare_roles

        declare_roles()
        from waizhuan.projects import held, traces  # whose processes ask for the roles

        held.declare()
        traces.declare()
