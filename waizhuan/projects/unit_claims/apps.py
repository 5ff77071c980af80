from django.apps import AppConfig


class UnitClaims(AppConfig):
    name = "waizhuan.projects.unit_claims"
    label = "unit_claims"

    def ready(self) -> None:
        from waizhuan.projects.legacy import neighbours
        from waizhuan.projects.unit_claims import declarations, process, settling  # noqa: F401  (registers the process)

        declarations.declare()
        neighbours.declare_claims(neighbours.Claims(settling.open_to, settling.settle))
