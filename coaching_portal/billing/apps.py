from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "coaching_portal.billing"
    label = "billing"

    def ready(self):
        from coaching_portal.billing import emails, privacy

        emails.register_kinds()
        privacy.register()
