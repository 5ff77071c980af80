from django.apps import AppConfig


class Audit(AppConfig):
    name = "waizhuan.shared.audit"
    label = "audit"

    def ready(self) -> None:
        from waizhuan.kernel import menu
        from waizhuan.kernel.access import any_of
        from waizhuan.kernel.events import Happened, subscribe
        from waizhuan.kernel.words import say
        from waizhuan.shared.audit import traces
        from waizhuan.shared.audit.api import record

        traces.declare()
        subscribe(Happened, record)
        menu.entry(menu.Entry(say("审计日志"), "audit.log", any_of("operator.auditor"), 60))
