"""manage.py example_data: an example practice, made through the real actions."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from coaching_portal.management.example import (
    billing,
    coaching,
    hours,
    people,
    profiles,
    programmes,
    training,
)
from coaching_portal.management.steps import Steps

# In the order in which they build on each other; each does nothing where its data is there.
SUBJECTS = (
    people,
    profiles,
    hours,
    coaching,
    programmes,
    training,
    billing,
)


class Command(BaseCommand):
    help = "Load an example practice: people, hours, sessions, courses, invoices."

    def add_arguments(self, parser):
        parser.add_argument("--force", action="store_true", help="also into a real installation")

    def handle(self, *, force, **options):
        if not settings.EMBEDDED and not force:
            raise CommandError(
                "This is a real installation: the example people could sign in with a known "
                "password. Use --force if that is what you want."
            )
        steps, at = Steps(self.stdout), timezone.now()
        for subject in SUBJECTS:
            with steps(f"Example {subject.__name__.rsplit('.', 1)[-1]}"), transaction.atomic():
                subject.load(at)
