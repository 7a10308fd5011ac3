"""The tests' database: migrated once in a run, then copied for each of pytest-xdist's workers.

Replaces pytest-django's fixture of the same name, which migrates in every worker. Nothing is
dropped at the end, because the server goes with the run. What the migrations made is kept in
pytest's cache for later runs, until one of them, or what they import of ours, is changed.
"""

import ast
import contextlib
import fcntl
import hashlib
import inspect
import os
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import pytest

from coaching_portal.operations.embedded import PORTAL

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
LOADED = "test_portal"
MADE_BY_MIGRATING = ("django_content_type", "auth_permission")
OURS = ("bookings", "coaching_portal", "profiles", "training")


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    from django.core.management.commands import flush
    from django.db import connection

    from coaching_portal.operations.database_roles import grant_rows

    with django_db_blocker.unblock():
        with _migrated_once(connection, request.config):
            connection.creation.clone_test_db(WORKER, verbosity=0)
        connection.settings_dict |= connection.creation.get_test_db_clone_settings(WORKER)
        with connection.cursor() as cursor:
            grant_rows(cursor, PORTAL)
    # Of every connection: where a browser is driven, Django opens another in the same thread.
    type(connection.ops).sql_flush = _delete_everything  # type: ignore[assignment]  # a double
    flush.emit_post_migrate_signal = _leave_as_migrated  # type: ignore[attr-defined]  # a double


@contextlib.contextmanager
def _migrated_once(connection, config):
    """Lead the connection to the migrated database, while nobody else is connected to it."""
    home = Path(os.environ["TESTS_HOME"])
    made = home / "database-name"
    with open(home / "database-lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            made.write_text(_migrated(connection, _kept_dumps(config)))
        connection.settings_dict["NAME"] = made.read_text()
        yield


def _kept_dumps(config):
    """Where dumps of the migrated database are kept between runs; None where nothing is."""
    cache = getattr(config, "cache", None)
    if cache is None:
        return None
    with contextlib.suppress(OSError):
        return cache.mkdir("migrated")
    return None


def _migrated(connection, kept):
    """The name of a database to which all migrations have been applied."""
    from coaching_portal.operations.backup import programs

    url = os.environ["TESTS_DATABASE_URL"]
    dump = kept and kept / _version_of_migrations()
    if dump and dump.exists():
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {LOADED}")
        connection.close()
        programs.load(programs.address_of(url, LOADED), dump)
        return LOADED
    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    if dump:
        with contextlib.suppress(OSError):  # kept by another user, or on a disk that is full
            _keep(programs.address_of(url, name), dump)
    return name


def _keep(url, dump):
    """Write the dump as a whole or not at all, in place of those of other migrations."""
    from django.db import connection, transaction

    from coaching_portal.operations.backup import programs

    with tempfile.TemporaryDirectory(dir=dump.parent) as folder:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            programs.dump(url, Path(folder, "dump"), snapshot=cursor.fetchone()[0])
        for earlier in filter(Path.is_file, dump.parent.iterdir()):
            earlier.unlink()
        Path(folder, "dump").replace(dump)


def _version_of_migrations():
    """A hash of all migrations, what they import of ours, and who writes down what they say."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations.values()
    sources = {inspect.getsource(sys.modules[each.__module__]) for each in migrations}
    imported = {name for source in sources for name in _imported(source)}
    ours = {name for name in imported if name.partition(".")[0] in OURS and name in sys.modules}
    sources |= {inspect.getsource(sys.modules[name]) for name in ours}
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        sources.add(cursor.fetchone()[0])
    sources |= {f"{name} {metadata.version(name)}" for name in ("django", "django-pgtrigger")}
    return hashlib.sha256("\0".join(sorted(sources)).encode()).hexdigest()


def _imported(source):
    """The names of modules that a migration imports anywhere."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@contextlib.contextmanager
def triggers_off():
    """No trigger is asked of what this connection writes meanwhile, nor any foreign key."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            if not connection.needs_rollback:  # a rollback takes the setting back, too
                cursor.execute("SET session_replication_role = origin")


def _delete_everything(operations, style, tables, **options):
    """SQL for Django's flush, after tests that commit: TRUNCATE takes a quarter of a second.

    As with TRUNCATE, no trigger is asked, and what another connection is about to commit is
    waited for.
    """
    names = [f'"{table}"' for table in tables if table not in MADE_BY_MIGRATING]
    return [
        f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE",
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {name}" for name in names),  # noqa: S608  (our own tables)  # nosec B608
    ]


def _leave_as_migrated(*args, **kwargs):
    """Flush would have content types and permissions made again, and takes ten times as long."""
