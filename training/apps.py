from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self):
        from training import (
            calendar_feed,
            invoicing,
            privacy,
            signals,  # noqa: F401  connects its receivers
        )
        from training.emails import course_content

        course_content.register_kinds()
        privacy.register()
        calendar_feed.register()
        invoicing.register_credit_reasons()
