from django.apps import AppConfig


class UnitClaims(AppConfig):
    name = "waizhuan.projects.unit_claims"
    label = "unit_claims"

    def ready(self) -> None:
        from waizhuan.projects.unit_claims import declarations, process  # noqa: F401  (registers the process)

        declarations.declare()
