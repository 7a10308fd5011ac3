"""manage.py erase: erase a person who asked in writing, or again after a restored backup."""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from profiles.actions import erasure
from profiles.models import User


class Command(BaseCommand):
    help = "Erase a person who asked in writing, or all who were erased before a backup came back."

    def add_arguments(self, parser):
        parser.add_argument("email", nargs="?", help="whom to erase")
        parser.add_argument("--again", type=Path, metavar="FILE", help="a list of erased people")
        parser.add_argument("--list", action="store_true", help="print that list, to keep apart")

    def handle(self, *, email, again, **options):
        if options["list"]:
            self.stdout.write(json.dumps(erasure.erased_people()))
        elif again:
            self.erase_again(again)
        elif email:
            self.erase(email)
        else:
            raise CommandError("Say whom to erase, or give --again FILE.")

    def erase(self, email):
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            raise CommandError(f"Nobody has the address {email}.")
        try:
            erasure.erase(user=user, at=timezone.now(), by_practice=True)
        except erasure.CannotBeErased as refusal:
            lines = [f"{each.text} {settings.SITE_URL}{each.address}" for each in refusal.blockers]
            raise CommandError("\n".join(lines)) from refusal
        self.stdout.write("Erased.")

    def erase_again(self, path):
        people, at = json.loads(path.read_text()), timezone.now()
        done = sum(erasure.erase_again(person=person, at=at) for person in people)
        self.stdout.write(f"{done} of {len(people)} were here, and are erased again.")
