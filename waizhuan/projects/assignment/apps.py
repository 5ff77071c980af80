from django.apps import AppConfig


class Assignment(AppConfig):
    name = "waizhuan.projects.assignment"
    label = "assignment"

    def ready(self) -> None:
        from waizhuan.identity import api as identity
        from waizhuan.kernel import menu
        from waizhuan.kernel.access import any_of
        from waizhuan.kernel.words import say
        from waizhuan.projects.assignment.leaving import left_by
        from waizhuan.shared.notify.api import template

        identity.declare_left("projects.lead", left_by)
        template(
            "assignment.asked",
            say("{name}请单位分配项目"),
            say("{name}已授权为{organisation}的项目负责人，还没有项目。请在“分配项目”里把项目交给对方。"),
        )
        menu.offer(
            menu.Offer(say("分配项目"), say("交给负责人，或换负责人"), "assignment.list", any_of("unit.admin"), 30)
        )
