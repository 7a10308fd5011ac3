"""What `manage.py backup` and `manage.py restore` do, step by step."""

import secrets
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.core.files.storage import default_storage
from django.db.migrations.loader import MigrationLoader

from coaching_portal.common import vault
from coaching_portal.operations.backup import BackupError, contents, programs
from coaching_portal.operations.backup.archive import DUMP, FILES, Reader, writing

NAME = "portal-{at:%Y%m%dT%H%M%SZ}.tar"
PATTERN = "portal-[0-9]*T[0-9]*Z.tar"


def back_up(url, folder, *, at):
    """Write an archive of the database at `url` and of all uploads into `folder`; its path.

    Everything in the database is of one moment, however much is written meanwhile.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / NAME.format(at=at)
    with writing(path) as archive, contents.snapshot(url) as (cursor, moment):
        with tempfile.TemporaryDirectory(prefix=".portal-", dir=folder) as aside:
            dump = Path(aside, DUMP)
            programs.dump(url, dump, snapshot=moment)
            with open(dump, "rb") as file:
                archive.add(DUMP, file, dump.stat().st_size)
        for name in stored_files():
            with default_storage.open(name) as file:
                archive.add(FILES + name, file, file.size)
        archive.close_with(
            {
                "made_at": at.isoformat(),
                "server": cursor.connection.server_version // 10_000,
                "migrations": _applied(cursor),
                "keys": vault.fingerprints()[0],
                "tables": contents.contents(cursor),
            }
        )
    return path


def forget_older(folder, keep):
    """Delete all but the newest `keep` archives; the names of those that went."""
    old = sorted(folder.glob(PATTERN), reverse=True)[keep:]
    for path in old:
        path.unlink()
    return [path.name for path in old]


def newest(path):
    """The archive at `path`, or the newest of the archives in that folder."""
    if not path.is_dir():
        return path
    if not (found := sorted(path.glob(PATTERN))):
        raise BackupError(f"There is no archive in {path}.")
    return found[-1]


def check(path, url):
    """Restore an archive into a database of its own beside `url`, compare, and drop it again.

    Returns how many tables and rows are equal; raises BackupError for what is not.
    """
    with Reader(path) as archive:
        archive.check()
        with _scratch_database(url) as scratch:
            return load_database(archive, scratch)


def load_database(archive, url):
    """Fill the empty database at `url` and compare it with the manifest: (tables, rows)."""
    with tempfile.TemporaryDirectory(prefix="portal-restore-") as aside:
        dump = Path(aside, DUMP)
        archive.extract(DUMP, dump)
        programs.load(url, dump)
    with contents.snapshot(url) as (cursor, _):
        expected, found = archive.manifest["tables"], contents.contents(cursor)
        wrong = contents.differences(expected, found)
        wrong += [f"{each}: its next number is taken" for each in contents.series_that_lag(cursor)]
    if wrong:
        raise BackupError("Restored, but not equal:\n  " + "\n  ".join(wrong))
    return len(found), sum(table["rows"] for table in found.values())


def load_files(archive):
    """Put the uploads where the portal looks for them; how many there were."""
    for name in archive.files:
        with archive.open(FILES + name) as file:
            stored = default_storage.save(name, file)
        if stored != name:
            raise BackupError(f"{name} is there already: restore into an empty storage.")
    return len(archive.files)


def insist_on_emptiness(url):
    """Nothing is overwritten unasked: neither tables nor uploads."""
    with contents.snapshot(url) as (cursor, _):
        if contents.tables(cursor):
            raise BackupError(
                "The database is not empty. Restore into a new one, or add --replace "
                "to give up everything that is in it."
            )
    if stored_files():
        raise BackupError(
            "There are uploaded files already. Move them away, or add --replace to give them up."
        )


def insist_on_quiet(url):
    """Nobody else uses a database that is to be replaced."""
    connection = contents.connected(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        others = cursor.fetchone()[0]
    connection.close()
    if others:
        raise BackupError(f"{others} others use the database. Stop the portal first.")


def empty_storage():
    for name in stored_files():
        default_storage.delete(name)


def insist_on_known_migrations(archive):
    """An archive of a later version would not fit this code; one of an earlier is migrated."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    later = sorted(set(archive.manifest["migrations"]) - known)
    if later:
        raise BackupError(
            f"The archive was made by a later version of the portal ({later[0]} is not known "
            "here). Restore it with that version."
        )


def has_its_key(archive):
    """Whether a key at hand opens what was encrypted when the archive was made."""
    return archive.manifest["keys"] in vault.fingerprints()


def stored_files(folder=""):
    """The names of all uploads, in order."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    prefix = f"{folder}/" if folder else ""
    deeper = [name for each in sorted(folders) for name in stored_files(prefix + each)]
    return [prefix + name for name in sorted(files)] + deeper


def _applied(cursor):
    cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
    return [name for (name,) in cursor.fetchall()]


@contextmanager
def _scratch_database(url):
    """The address of a new, empty database on the same server, which is dropped afterwards."""
    name = f"portal_check_{secrets.token_hex(6)}"
    _on_server(url, f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield programs.address_of(url, name)
    finally:
        _on_server(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _on_server(url, statement):
    connection = contents.connected(url)
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()
