from django.apps import AppConfig


class Operators(AppConfig):
    name = "waizhuan.identity.operators"
    label = "operators"

    def ready(self) -> None:
        from waizhuan.identity.operators import messages
        from waizhuan.identity.operators.process import WITHDRAWAL
        from waizhuan.identity.operators.screens import DESK, STAFF
        from waizhuan.kernel import menu
        from waizhuan.kernel.words import say
        from waizhuan.shared.flow.api import register

        register(WITHDRAWAL)
        messages.declare()
        menu.entry(
            menu.Entry(say("查账号"), "operators.search", DESK, 40, section="operators.a"),
            menu.Entry(say("统计"), "operators.statistics", STAFF, 50, section="operators.statistics"),
        )
        menu.offer(
            menu.Offer(
                say("查一个账号"),
                say("本人或单位来电时，按证件号码、手机号、登录名或单位查，查看会留下记录。"),
                "operators.search",
                DESK,
                40,
            ),
            menu.Offer(say("看办理统计"), say("身份核验和申诉的数量、用时和结果。"), "operators.statistics", STAFF, 50),
        )
