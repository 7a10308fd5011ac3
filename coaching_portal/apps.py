from django.apps import AppConfig


class CoachingPortalConfig(AppConfig):
    name = "coaching_portal"
    verbose_name = "Coaching portal"

    def ready(self):
        from coaching_portal import audit, visible_text

        audit.register()
        visible_text.guard_models()
