from django.core.management.base import BaseCommand
from django.utils import timezone

from coaching_portal.notifications import outbox


class Command(BaseCommand):
    help = "Send the messages that are due, as the worker does, without Celery."

    def handle(self, *args, **options):
        counts = outbox.deliver_due(at=timezone.now())
        for status, count in sorted(counts.items()):
            self.stdout.write(f"{status.label}: {count}")
        if not counts:
            self.stdout.write("Nothing was due.")
