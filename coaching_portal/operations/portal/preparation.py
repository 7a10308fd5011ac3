"""What must be true before the portal serves: tables, static files, something to look at."""

import hashlib
import time

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from coaching_portal.common import transactions
from coaching_portal.operations.database_roles import as_owner, give_rights, has_two_roles

LOCK_TRIES = 20


def migrate(lock_wait="2s", tries=LOCK_TRIES):
    """Apply the migrations that are missing, as the owner of the tables; how many there were.

    A statement that waits for its lock makes every later page wait behind it. So it waits
    briefly, lets the pages through, and tries again; after `tries` the error is the caller's.
    """
    with as_owner():
        plan = _missing_migrations()
        if plan:
            _migrate_patiently(lock_wait, tries)
        give_rights()
    return len(plan)


def insist_that_it_is_done():
    """Migrations and static files, of this very version; for a part that leaves them to another."""
    if not (_is_migrated() and _is_collected(settings.STATIC_ROOT)):
        raise RuntimeError("Run this first, once: manage.py portal --only preparation")


def _is_migrated():
    try:
        return not _missing_migrations()
    except ProgrammingError:  # the portal's role has not been given its rights
        return False


def _missing_migrations():
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def _migrate_patiently(lock_wait, tries):
    # Through a pool, what is set below would be left to somebody's page.
    if settings.DATABASE_IS_POOLED and not has_two_roles():
        raise RuntimeError("Migrations need the database's own address in MIGRATION_DATABASE_URL.")
    with connection.cursor() as cursor:
        # Power lost in this moment costs the last few migrations, which then run again.
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [lock_wait])
    for tries_left in reversed(range(tries)):
        try:
            call_command("migrate", interactive=False, verbosity=0)
            break
        except OperationalError as error:
            if transactions.sqlstate(error) != transactions.LOCK_TIMEOUT or not tries_left:
                raise
            time.sleep(1)
    connection.close()  # and with it what was set


def collect_static(static_root):
    """Copy the static files where the web server reads them; False where nothing changed."""
    if _is_collected(static_root):
        return False
    call_command("collectstatic", interactive=False, clear=static_root.exists(), verbosity=0)
    _stamp(static_root).write_text(_fingerprint())
    return True


def _is_collected(static_root):
    stamp = _stamp(static_root)
    return stamp.exists() and stamp.read_text() == _fingerprint()


def _stamp(static_root):
    return static_root / ".collected"


def _fingerprint():
    """Changes when any static file does: from names, sizes and times, without reading them."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = storage.path(path), storage.size(path), storage.get_modified_time(path)
            digest.update(repr(status).encode())
    return digest.hexdigest()


def load_example(out):
    """Load the example data into a database without people; False where there are some."""
    with transaction.atomic():
        if get_user_model().objects.exists():
            return False
        call_command("example_data", *settings.EXAMPLE_SUBJECTS, stdout=out)
    return True
