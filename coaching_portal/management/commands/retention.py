"""manage.py retention: forget what is too old, or show what would be forgotten."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from coaching_portal.personal_data import privacy, retention


class Command(BaseCommand):
    help = "Forget what has been kept long enough. The worker does it once a day."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *, dry_run, **options):
        at = timezone.now()
        self.stdout.write(f"{'kind':<24}{'kept for':>10}{'too old':>10}  what")
        for kind in privacy.retentions():
            count = retention.too_old(kind, at).count() if dry_run else retention.forget(kind, at)
            self.stdout.write(f"{kind.name:<24}{kind.days:>5} days{count:>10}  {kind.what}")
        if dry_run:
            self.stdout.write("Nothing was changed.")
