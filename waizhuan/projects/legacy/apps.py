from django.apps import AppConfig


class Legacy(AppConfig):
    name = "waizhuan.projects.legacy"
    label = "legacy"

    def ready(self) -> None:
        from waizhuan.kernel import menu
        from waizhuan.kernel.access import any_of
        from waizhuan.kernel.words import say
        from waizhuan.shared.notify.api import template

        menu.offer(
            menu.Offer(
                say("导入旧系统的数据"),
                say("单位、账号、项目，先检查，再导入"),
                "legacy.imports",
                any_of("ministry.head"),
                70,
            ),
            menu.Offer(
                say("核对旧单位"),
                say("旧系统里没有对上的单位，是现在的哪一个"),
                "legacy.units",
                any_of("ministry.head", "ministry.clerk"),
                71,
            ),
        )
        template(
            "legacy.failed",
            say("导入没有做完"),
            say("“{file}”在存储里找不到了，导入停了下来。请再上传一次：已经导入的不会重复，只会补上缺的。"),
        )
        template("legacy.given", say("您负责的旧项目"), say("{unit}把旧项目 {number}《{title}》分给了您。"))
        template("legacy.given_many", say("您负责的旧项目"), say("{unit}把 {count} 个旧项目分给了您。"))
        template(
            "legacy.unit_given",
            say("旧系统的单位归到了本单位"),
            say("{by}把旧系统的“{old}”对到了本单位，它的旧项目现在归本单位。依据：{why}。如果不对，请联系{by}撤回。"),
        )
        template(
            "legacy.unit_matched",
            say("旧系统的单位归到了本单位"),
            say("{by}核对后确认，旧系统的“{old}”就是本单位，它的旧项目现在归本单位。如果不对，请联系{by}撤回。"),
        )
        template(
            "legacy.unit_parted",
            say("旧系统的单位不再归本单位"),
            say("{by}撤回了旧系统的“{old}”和本单位的对应，它的 {count} 个旧项目不再归本单位。理由：{why}"),
        )
        template(
            "legacy.project_left",
            say("旧项目不再归原来的单位"),
            say("{by}撤回了旧系统的“{old}”和单位的对应，您负责的它的旧项目不再归这个单位。理由：{why}"),
        )
        template("legacy.taken_many", say("旧项目换了负责人"), say("{unit}的 {count} 个旧项目换了负责人。"))
        template("legacy.taken", say("旧项目换了负责人"), say("{unit}的旧项目 {number}《{title}》换了负责人。"))
