from django.apps import AppConfig


class Appeals(AppConfig):
    name = "waizhuan.identity.appeals"
    label = "appeals"

    def ready(self) -> None:
        from waizhuan.identity.appeals import messages, papers
        from waizhuan.identity.appeals.process import APPEAL
        from waizhuan.shared.flow.api import register

        register(APPEAL)
        messages.declare()
        papers.declare()
