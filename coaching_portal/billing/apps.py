from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "coaching_portal.billing"
    label = "billing"

    def ready(self):
        from coaching_portal.billing import emails

        emails.register_kinds()
