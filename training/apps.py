from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self):
        from training import (
            invoicing,
            letters,
            privacy,
            signals,  # noqa: F401  connects its receivers
        )

        letters.register_kinds()
        privacy.register()
        invoicing.register_credit_reasons()
