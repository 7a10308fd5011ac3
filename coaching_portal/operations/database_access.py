"""The database at hand, also where the portal is not running and brings its own."""

from contextlib import contextmanager

from django.conf import settings
from django.db import OperationalError, connection

from coaching_portal.operations.embedded import children
from coaching_portal.operations.portal.servers import embedded_postgres, keep_logs_short
from coaching_portal.operations.single_instance import single_instance


@contextmanager
def database_at_hand():
    """The owner's address of the database, for as long as this lasts; an embedded one is started
    if need be."""
    if not settings.RUNS_POSTGRES or _answers():
        yield settings.MIGRATION_DATABASE_URL
        return
    with portal_stopped():
        yield settings.MIGRATION_DATABASE_URL


@contextmanager
def portal_stopped():
    """The same while no portal runs from this `var/`, or AlreadyRunning."""
    if not settings.RUNS_POSTGRES:
        yield settings.MIGRATION_DATABASE_URL
        return
    with single_instance(settings.VAR_DIR, settings.SITE_URL):
        keep_logs_short()
        server = embedded_postgres()
        process = server.start()
        try:
            yield settings.MIGRATION_DATABASE_URL
        finally:
            connection.close()
            children.end(process, server.end_signal)


def _answers():
    try:
        connection.ensure_connection()
    except OperationalError:
        return False
    connection.close()
    return True
