from django.apps import AppConfig


class CoachingPortalConfig(AppConfig):
    name = "coaching_portal"
    verbose_name = "Coaching portal"

    def ready(self):
        from coaching_portal.common import visible_text
        from coaching_portal.personal_data import audit

        audit.register()
        visible_text.guard_models()
