from django.apps import AppConfig


class Identity(AppConfig):
    name = "waizhuan.identity"
    label = "identity"

    def ready(self) -> None:
        from waizhuan.identity import traces
        from waizhuan.identity.api import contacts_of, holders_of, holdings
        from waizhuan.identity.messages import declare_messages
        from waizhuan.identity.roles import declare_roles
        from waizhuan.shared.flow.api import holdings_with
        from waizhuan.shared.notify import api as notify

        declare_roles()
        declare_messages()
        traces.declare()
        notify.resolve_posts_with(holders_of)
        notify.reach_with(contacts_of)
        holdings_with(holdings)
