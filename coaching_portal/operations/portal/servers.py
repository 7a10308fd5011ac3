"""The servers of its own that a portal on one machine starts, and where their logs go."""

from django.conf import settings

from coaching_portal.operations import embedded
from coaching_portal.operations.embedded import data_directory
from coaching_portal.operations.embedded.postgres import Postgres
from coaching_portal.operations.embedded.valkey import Valkey
from coaching_portal.operations.portal.programs import log_of

LARGEST_LOG = 5_000_000


def embedded_postgres():
    known = embedded.state(settings.VAR_DIR)
    return Postgres(
        data_directory.home(settings.VAR_DIR),
        port=known["postgres_port"],
        password=known["password"],
        log=log_of("PostgreSQL"),
    )


def embedded_valkey():
    known = embedded.state(settings.VAR_DIR)
    return Valkey(
        settings.VAR_DIR / "embedded" / "valkey",
        port=known["valkey_port"],
        password=known["password"],
        log=log_of("Valkey"),
    )


def keep_logs_short():
    folder = settings.VAR_DIR / "log"
    folder.mkdir(parents=True, exist_ok=True)
    for log in folder.glob("*.log"):
        if log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
