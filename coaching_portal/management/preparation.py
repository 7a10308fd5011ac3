"""What must be true before the portal serves: tables, static files, something to look at."""

import hashlib

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor


def migrate():
    """Apply the migrations that are missing; how many there were."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        with connection.cursor() as cursor:
            # Power lost in this moment costs the last few migrations, which then run again.
            cursor.execute("SET synchronous_commit = off")
        call_command("migrate", interactive=False, verbosity=0)
    return len(plan)


def collect_static(static_root):
    """Copy the static files where the web server reads them; False where nothing changed."""
    stamp, print_now = static_root / ".collected", _fingerprint()
    if stamp.exists() and stamp.read_text() == print_now:
        return False
    call_command("collectstatic", interactive=False, clear=static_root.exists(), verbosity=0)
    stamp.write_text(print_now)
    return True


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
