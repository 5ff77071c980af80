from django.apps import AppConfig


class Delegation(AppConfig):
    name = "waizhuan.identity.delegation"
    label = "delegation"

    def ready(self) -> None:
        from waizhuan.identity.delegation import declarations, process  # noqa: F401  (registers the process)

        declarations.declare()
