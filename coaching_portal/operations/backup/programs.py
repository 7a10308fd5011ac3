"""pg_dump and pg_restore: those of the wheel, or of this machine where the server is newer."""

import os
import re
import shutil
import subprocess
from urllib.parse import urlsplit, urlunsplit

from psycopg2.extensions import parse_dsn

from coaching_portal.operations.backup import BackupError, contents
from coaching_portal.operations.embedded import data_directory

SUPERFLUOUS = ["--no-owner", "--no-privileges", "--no-comments"]
IN_ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


def dump(url, target, *, snapshot):
    """Write the database as of `snapshot` into the file `target` (PostgreSQL's custom format)."""
    words = ["--format=custom", *SUPERFLUOUS, f"--snapshot={snapshot}", f"--file={target}"]
    _run("pg_dump", words, url)


def load(url, source):
    """Fill a database from such a file, in place of whatever it holds; all of it or nothing."""
    connection = contents.connected(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
    connection.close()
    words = ["--exit-on-error", "--single-transaction", *SUPERFLUOUS]
    _run("pg_restore", [*words, f"--dbname={parse_dsn(url)['dbname']}", os.fspath(source)], url)


def address_of(url, database):
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def server_version(url):
    """The server's major version, such as 18."""
    connection = contents.connected(url)
    try:
        return connection.server_version // 10_000
    finally:
        connection.close()


def _fitting(name, server):
    """The program of this name that can talk to a server of that version."""
    found = [data_directory.binaries({}) / name, *filter(None, [shutil.which(name)])]
    for candidate in found:
        if _version(candidate) >= server:
            return candidate
    raise BackupError(
        f"The server is PostgreSQL {server}, and no {name} of that version is here. "
        f"Install the package postgresql-client-{server}."
    )


def _version(program):
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"\b(\d+)(\.\d+|beta|rc)", said.stdout)
    return int(number[1]) if number else 0


def _run(name, words, url):
    """Run it with the address in its environment, where a list of processes does not show it."""
    given = parse_dsn(url)
    ours = {IN_ENVIRONMENT[key]: value for key, value in given.items() if key in IN_ENVIRONMENT}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    kept.pop("LD_LIBRARY_PATH", None)
    program = _fitting(name, server_version(url))
    result = subprocess.run(
        [program, *words], env=kept | ours, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise BackupError(f"{name} failed:\n{_without_rows(name, result.stderr)}")


def _without_rows(name, said):
    """Its own lines. Others repeat the row that went wrong, and this may stand in a log."""
    return "\n".join(line for line in said.splitlines() if line.startswith(f"{name}: "))
