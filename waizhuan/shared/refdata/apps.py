from django.apps import AppConfig


class Refdata(AppConfig):
    name = "waizhuan.shared.refdata"
    label = "refdata"

    def ready(self) -> None:
        from waizhuan.kernel import clock, menu
        from waizhuan.kernel.words import say
        from waizhuan.shared.refdata.screens import OPERATORS
        from waizhuan.shared.refdata.workdays import CALENDAR

        clock.use_calendar(CALENDAR)
        menu.offer(
            menu.Offer(
                say("工作日历"),
                say("查看放假和调休，导入国务院办公厅公布的下一年安排。"),
                "refdata.calendar",
                OPERATORS,
                60,
            )
        )
