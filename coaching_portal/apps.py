from django.apps import AppConfig


class CoachingPortalConfig(AppConfig):
    name = "coaching_portal"
    verbose_name = "Coaching portal"
