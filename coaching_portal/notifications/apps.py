from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "coaching_portal.notifications"
    label = "notifications"

    def ready(self):
        from coaching_portal.notifications import privacy

        privacy.register()
