from django.apps import AppConfig


class CoachingPortalConfig(AppConfig):
    name = "coaching_portal"
    verbose_name = "Coaching portal"

    def ready(self):
        from coaching_portal import audit, visible_text
        from coaching_portal.billing.models import Practice
        from coaching_portal.notifications import sender

        sender.ask(Practice.current)
        audit.register()
        visible_text.guard_models()
