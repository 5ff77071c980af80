from django.apps import AppConfig


class Entry(AppConfig):
    name = "waizhuan.projects.entry"
    label = "entry"

    def ready(self) -> None:
        from waizhuan.kernel import menu
        from waizhuan.kernel.access import any_of
        from waizhuan.kernel.words import say
        from waizhuan.projects.entry import declarations, process  # noqa: F401  (registers the process)

        declarations.declare()
        menu.entry(menu.Entry(say("单位"), "entry.profile", any_of("unit.admin"), 30))
        menu.offer(
            menu.Offer(
                say("单位信息"), say("填写、更正，看归口单位审核到哪一步"), "entry.profile", any_of("unit.admin"), 40
            )
        )
