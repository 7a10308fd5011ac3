"""The tests' database: migrated once in a run, then copied for each of pytest-xdist's workers.

Replaces pytest-django's fixture of the same name, which migrates in every worker. Nothing is
dropped at the end, because the server goes with the run.
"""

import contextlib
import fcntl
import os
from pathlib import Path

import pytest

from coaching_portal.operations.embedded import PORTAL

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    from django.db import connection

    from coaching_portal.operations.database_roles import grant_rows

    with django_db_blocker.unblock():
        with _migrated_once(connection):
            connection.creation.clone_test_db(WORKER, verbosity=0)
        connection.settings_dict |= connection.creation.get_test_db_clone_settings(WORKER)
        with connection.cursor() as cursor:
            grant_rows(cursor, PORTAL)
    # Of every connection: where a browser is driven, Django opens another in the same thread.
    type(connection.ops).sql_flush = _delete_everything


@contextlib.contextmanager
def _migrated_once(connection):
    """Lead the connection to the migrated database, while nobody else is connected to it."""
    home = Path(os.environ["TESTS_HOME"])
    made = home / "database-name"
    with open(home / "database-lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            made.write_text(connection.creation.create_test_db(verbosity=0, serialize=False))
        connection.settings_dict["NAME"] = made.read_text()
        yield


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
    names = [f'"{table}"' for table in tables]
    return [
        f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE",
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {name}" for name in names),  # noqa: S608  (our own tables)  # nosec B608
    ]
