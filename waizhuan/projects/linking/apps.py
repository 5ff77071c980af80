from django.apps import AppConfig


class Linking(AppConfig):
    name = "waizhuan.projects.linking"
    label = "linking"

    def ready(self) -> None:
        from waizhuan.projects.legacy import neighbours
        from waizhuan.projects.linking import declarations, links, process, rules  # noqa: F401  (registers the process)

        declarations.declare()
        neighbours.declare_links(neighbours.Links(rules.HOW, links.cut))
