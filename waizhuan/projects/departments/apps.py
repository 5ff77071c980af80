from django.apps import AppConfig


class Departments(AppConfig):
    name = "waizhuan.projects.departments"
    label = "departments"

    def ready(self) -> None:
        from waizhuan.projects.departments import declarations, jobs  # noqa: F401  (registers the jobs)

        declarations.declare()
