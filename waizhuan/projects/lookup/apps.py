from django.apps import AppConfig


class Lookup(AppConfig):
    name = "waizhuan.projects.lookup"
    label = "lookup"

    def ready(self) -> None:
        from waizhuan.kernel import menu
        from waizhuan.kernel.words import say
        from waizhuan.projects.lookup.rules import may_look
        from waizhuan.shared.notify.api import template

        menu.offer(
            menu.Offer(
                say("查找和导出"),
                say("按名称、编号、年度、状态查单位、人员、专家和项目"),
                "lookup.projects",
                may_look,
                70,
            )
        )
        template(
            "lookup.failed",
            say("导出没有成功"),
            say("试了几次都没有做成，可能是数据太多。请缩小条件再导出；还不行请联系平台运营。"),
        )
        template("lookup.ready", say("导出好了"), say("{rows} 行，24 小时内可以下载。"))
