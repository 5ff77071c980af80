from django.apps import AppConfig


class Calls(AppConfig):
    name = "waizhuan.projects.calls"
    label = "calls"

    def ready(self) -> None:
        from waizhuan.kernel import menu
        from waizhuan.kernel.access import any_of
        from waizhuan.kernel.words import say
        from waizhuan.projects.calls.panel import deadlines

        menu.panel("calls", deadlines)
        menu.entry(menu.Entry(say("申报通知"), "calls.list", any_of("ministry.head", "ministry.clerk"), 30))
        menu.offer(menu.Offer(say("申报通知"), say("正在受理什么，条件和截止时间"), "calls.list", menu.everybody, 50))
