from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "coaching_portal.billing"
    label = "billing"

    def ready(self):
        from coaching_portal.billing import emails, privacy
        from coaching_portal.billing.models import Practice
        from coaching_portal.notifications import sender

        sender.ask(Practice.current)
        emails.register_kinds()
        privacy.register()
