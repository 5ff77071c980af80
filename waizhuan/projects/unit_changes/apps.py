from django.apps import AppConfig


class UnitChanges(AppConfig):
    name = "waizhuan.projects.unit_changes"
    label = "unit_changes"

    def ready(self) -> None:
        from waizhuan.kernel import menu
        from waizhuan.kernel.access import any_of
        from waizhuan.kernel.words import say
        from waizhuan.projects.departments.api import before_moving
        from waizhuan.projects.unit_changes import declarations, process  # noqa: F401  (registers the process)
        from waizhuan.projects.unit_changes.succession import rename

        declarations.declare()
        for field in ("department", "to_department"):
            before_moving(f"unit_changes.UnitChange.{field}", rename)
        menu.offer(
            menu.Offer(
                say("更正单位信息"),
                say("通过审核的信息错了或变了，申请更正，通过后自动更新"),
                "unit_changes.new",
                any_of("unit.admin"),
                45,
            )
        )
