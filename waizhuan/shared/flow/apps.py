from django.apps import AppConfig


class Flow(AppConfig):
    name = "waizhuan.shared.flow"
    label = "flow"

    def ready(self) -> None:
        from waizhuan.kernel import menu
        from waizhuan.kernel.access import any_of
        from waizhuan.kernel.words import say

        deciders = any_of(
            "department.clerk",
            "department.head",
            "ministry.clerk",
            "ministry.head",
            "operator.reviewer",
            "operator.senior",
            "operator.system",
        )
        menu.entry(
            menu.Entry(say("首页"), "web.home", menu.everybody, 0),
            menu.Entry(say("待办"), "flow.queue", deciders, 5, section="flow.queue"),
            menu.Entry(say("已办"), "flow.done", deciders, 6, section="flow.done"),
        )
