"""manage.py restore: fill an empty portal from an archive, and compare."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from coaching_portal.operations.backup import BackupError, steps
from coaching_portal.operations.backup.archive import Reader
from coaching_portal.operations.database_access import portal_stopped
from coaching_portal.operations.database_roles import RoleIsMissing, as_owner, give_rights
from coaching_portal.operations.progress import Steps
from coaching_portal.operations.single_instance import AlreadyRunning

OTHER_KEYS = """
The archive was made with other keys than those at hand. Everything can be read but what is
encrypted: second factors and codes that wait to be sent. Put the keys of that time into VAULT_KEYS
or SECRET_KEY_FALLBACKS before you start the portal."""
WHAT_NEXT = """
Start the portal: it applies migrations that have come since. Whoever has been erased since the
archive was made is in it again (docs/operations.md says how they go once more)."""


class Command(BaseCommand):
    help = "Restore an archive of `manage.py backup` into an empty portal that is not running."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("archive", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="give up what the database and uploads hold now"
        )

    def handle(self, *, archive, replace, **options):
        try:
            with portal_stopped() as url, Reader(archive) as opened:
                self.restore(opened, url, replace)
        except (BackupError, AlreadyRunning, RoleIsMissing) as error:
            raise CommandError(str(error)) from error

    def restore(self, archive, url, replace):
        say = Steps(self.stdout)
        with say("Archive is whole") as note:
            steps.insist_on_known_migrations(archive)
            archive.check()
            note(f"made {archive.manifest['made_at'][:16]} UTC")
        if replace:
            steps.insist_on_quiet(url)
            steps.empty_storage()
        else:
            steps.insist_on_emptiness(url)
        with say("Database restored, compared, equal") as note:
            tables, rows = steps.load_database(archive, url)
            with as_owner():
                give_rights()
            note(f"{tables} tables, {rows} rows")
        with say("Uploaded files") as note:
            note(str(steps.load_files(archive)))
        say.say(WHAT_NEXT if steps.has_its_key(archive) else OTHER_KEYS + WHAT_NEXT)
