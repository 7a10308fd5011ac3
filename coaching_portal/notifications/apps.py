from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "coaching_portal.notifications"
    label = "notifications"
