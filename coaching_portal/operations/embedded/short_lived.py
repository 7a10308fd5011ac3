"""Servers for one test run, in a folder that goes when the run does."""

import contextlib
import fcntl
import secrets
import shutil
import tempfile
from pathlib import Path

from coaching_portal.operations.embedded import children, data_directory, free_port
from coaching_portal.operations.embedded.postgres import Postgres
from coaching_portal.operations.embedded.valkey import Valkey

PREFIX = "portal-tests-"
ALIVE = "alive"


def start():
    """Start both: (folder, PostgreSQL's URL, Valkey's without a number, a function to end all)."""
    _discard_abandoned()
    home, sign_of_life = _folder()
    postgres, valkey = _servers(home)
    running = [(server, server.start()) for server in (postgres, valkey)]

    def stop():
        for server, process in running:
            children.end(process, server.end_signal)
        shutil.rmtree(home, ignore_errors=True)
        sign_of_life.close()

    return home, postgres.url(), valkey.url(), stop


def _servers(home):
    password = secrets.token_urlsafe(16)
    postgres = Postgres(
        home / "postgres",
        port=free_port(),
        password=password,
        log=home / "postgres.log",
        durable=False,
        max_connections=200,
    )
    return postgres, Valkey(
        home / "valkey", port=free_port(), password=password, log=home / "valkey.log"
    )


def _folder():
    """A new folder, locked before it has the name that others would discard."""
    partial = Path(tempfile.mkdtemp(prefix="portal-partial-", dir=data_directory.SHARED))
    partial.chmod(0o755)
    (partial / ALIVE).touch()
    sign_of_life = _lock(partial)
    return partial.rename(data_directory.SHARED / f"{PREFIX}{secrets.token_hex(6)}"), sign_of_life


def _lock(home):
    handle = open(home / ALIVE, "r+")  # noqa: SIM115  held as long as the run lasts
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def _discard_abandoned():
    """Delete the folders of runs that were killed: nobody holds their lock."""
    for home in data_directory.SHARED.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), _lock(home):
            shutil.rmtree(home, ignore_errors=True)
