from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self):
        from training import messages, signals  # noqa: F401  connects its receivers

        messages.register_all()
