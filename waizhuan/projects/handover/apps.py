from django.apps import AppConfig


class HandOver(AppConfig):
    name = "waizhuan.projects.handover"
    label = "handover"

    def ready(self) -> None:
        from waizhuan.kernel import menu
        from waizhuan.kernel.access import any_of
        from waizhuan.kernel.words import say
        from waizhuan.projects.handover import declarations, jobs, process, rules  # noqa: F401  (register themselves)

        declarations.declare()
        menu.offer(
            menu.Offer(
                say("管理员换人"), say("把岗位交给接任人，在办的事一起转过去"), "handover.new", rules.may_start, 60
            ),
            menu.Offer(
                say("没有人办的事"),
                say("岗位空缺、卡住的待办，一键补人"),
                "handover.stuck",
                any_of("department.head", "ministry.head", "unit.admin"),
                65,
            ),
        )
