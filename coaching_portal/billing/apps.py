from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "coaching_portal.billing"
    label = "billing"
