from django.apps import AppConfig


class Help(AppConfig):
    name = "waizhuan.shared.help"
    label = "help"

    def ready(self) -> None:
        from waizhuan.kernel import menu
        from waizhuan.kernel.access import anyone
        from waizhuan.kernel.ui.problems import explain_with
        from waizhuan.kernel.words import say
        from waizhuan.shared.help.library import code_for

        explain_with(code_for)

        menu.entry(menu.Entry(say("帮助"), "help.home", anyone, 90))
