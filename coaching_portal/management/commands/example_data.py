"""manage.py example_data: an example practice, made through the real actions."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from coaching_portal.example_data import (
    billing,
    coaching,
    hours,
    people,
    profiles,
    programmes,
    training,
)
from coaching_portal.operations.progress import Steps

# In the order in which they build on each other; each does nothing where its data is there.
SUBJECTS = (
    people,
    profiles,
    hours,
    programmes,
    coaching,
    training,
    billing,
)


class Command(BaseCommand):
    help = "Load an example practice: people, hours, sessions, courses, invoices."

    def add_arguments(self, parser):
        parser.add_argument("subjects", nargs="*", help="some subjects only, such as: people hours")
        parser.add_argument("--force", action="store_true", help="also into a real installation")

    def handle(self, *, subjects, force, **options):
        if not settings.EMBEDDED and not force:
            raise CommandError(
                "This is a real installation: the example people could sign in with a known "
                "password. Use --force if that is what you want."
            )
        steps, at = Steps(self.stdout), timezone.now()
        for subject in SUBJECTS:
            name = subject.__name__.rpartition(".")[2]
            if name in subjects or not subjects:
                with steps(f"Example {name}"), transaction.atomic():
                    subject.load(at)
