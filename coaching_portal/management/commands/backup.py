"""manage.py backup: database and uploads in one archive, while the portal is in use."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coaching_portal.notifications.models import Heartbeat
from coaching_portal.operations.backup import BackupError, steps
from coaching_portal.operations.database_access import database_at_hand
from coaching_portal.operations.progress import Steps
from coaching_portal.operations.single_instance import AlreadyRunning


class Command(BaseCommand):
    help = "Write one archive of the database and the uploaded files, or check one."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="instead of var/backups")
        parser.add_argument("--keep", type=int, metavar="N", help="delete all but the newest N")
        parser.add_argument(
            "--check",
            type=Path,
            metavar="ARCHIVE",
            help="restore this archive (or the newest of this folder) into a database of its own, "
            "compare, and drop that again",
        )

    def handle(self, *, to, keep, check, **options):
        if keep is not None and keep < 1:
            raise CommandError("--keep takes a number of 1 or more.")
        try:
            with database_at_hand() as url:
                if check:
                    self.check_archive(steps.newest(check), url)
                else:
                    self.back_up(url, to or settings.VAR_DIR / "backups", keep)
        except (BackupError, AlreadyRunning) as error:
            raise CommandError(str(error)) from error

    def back_up(self, url, folder, keep):
        say = Steps(self.stdout)
        with say("Backup") as note:
            path = steps.back_up(url, folder, at=timezone.now())
            note(f"{path.stat().st_size / 1e6:.1f} MB")
        Heartbeat.objects.beat("backup", at=timezone.now())
        if keep:
            for name in steps.forget_older(folder, keep):
                say.say(f"  deleted {name}")
        say.say(str(path))
        say.say("The keys (SECRET_KEY, VAULT_KEYS) are not in it: keep them elsewhere.")

    def check_archive(self, archive, url):
        with Steps(self.stdout)("Restored, compared, equal") as note:
            tables, rows = steps.check(archive, url)
            note(f"{tables} tables, {rows} rows")
        Heartbeat.objects.beat("backup-check", at=timezone.now())
