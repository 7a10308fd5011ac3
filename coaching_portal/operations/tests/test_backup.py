"""An archive holds one moment of the portal, can be restored elsewhere, and is seen to be equal."""

import io
import subprocess
import tarfile
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from coaching_portal.notifications.models import Heartbeat
from coaching_portal.operations.backup import BackupError, contents, programs, steps
from coaching_portal.operations.backup.archive import DUMP, MANIFEST, Reader
from profiles.models import User

AT = datetime(2027, 6, 7, 8, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def url():
    return programs.address_of(settings.DATABASE_URL, connection.settings_dict["NAME"])


@pytest.fixture
def people_and_a_file(make_user):
    steps.empty_storage()  # of what other tests of this process have left
    for number in range(3):
        make_user(f"person{number}@example.org", name=f"Zoë “{number}” O'Neil\n")
    name = default_storage.save("interviews/one.mp3", ContentFile(b"ID3 not really music"))
    yield name
    for each in steps.stored_files():
        default_storage.delete(each)


@contextmanager
def empty_database(url):
    with steps._scratch_database(url) as scratch:
        yield scratch


def test_it_is_restored_elsewhere_and_equal(url, tmp_path, people_and_a_file):
    path = steps.back_up(url, tmp_path, at=AT)
    steps.empty_storage()

    with empty_database(url) as elsewhere, Reader(path) as archive:
        archive.check()
        tables, rows = steps.load_database(archive, elsewhere)
        restored = steps.load_files(archive)
        names = column(elsewhere, "SELECT name FROM profiles_user ORDER BY email")

    assert path.name == "portal-20270607T080000Z.tar"
    assert path.stat().st_mode & 0o077 == 0
    assert (len(names), restored) == (3, 1)
    assert names[0] == "Zoë “0” O'Neil\n"
    assert rows > 3
    assert tables == len(connection.introspection.table_names())
    assert default_storage.open(people_and_a_file).read() == b"ID3 not really music"


def column(url, query):
    found = contents.connected(url)
    with found, found.cursor() as cursor:
        cursor.execute(query)
        values = [value for (value,) in cursor.fetchall()]
    found.close()
    return values


def test_what_is_written_meanwhile_is_in_it_wholly_or_not_at_all(url, tmp_path, make_user):
    over = threading.Event()

    def sign_people_up():
        number = 0
        while not over.is_set():
            number += 1
            make_user(f"busy{number}@example.org")  # two rows: the person and the address
        connection.close()

    busy = threading.Thread(target=sign_people_up)
    busy.start()
    try:
        paths = [steps.back_up(url, tmp_path, at=AT + timedelta(seconds=n)) for n in range(3)]
    finally:
        over.set()
        busy.join()

    with Reader(paths[-1]) as archive:
        held = archive.manifest["tables"]["profiles_user"]["rows"]
    assert 0 < held < User.objects.count()
    steps.check(paths[-1], url)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE profiles_user SET name = 'Somebody else'", "profiles_user: 3 rows, but not"),
        ("DELETE FROM account_emailaddress", "account_emailaddress: 3 rows in the archive, 0"),
        ("DROP TABLE notifications_heartbeat", "notifications_heartbeat: only in the archive"),
        ("CREATE TABLE planted (x int)", "planted: only in the database"),
    ],
)
def test_control_a_planted_difference_is_named(url, tmp_path, people_and_a_file, change, told):
    path = steps.back_up(url, tmp_path, at=AT)

    with empty_database(url) as elsewhere, Reader(path) as archive:
        steps.load_database(archive, elsewhere)
        planted = contents.connected(elsewhere)
        with planted, planted.cursor() as cursor:
            cursor.execute(change)
        planted.close()
        with contents.snapshot(elsewhere) as (cursor, _):
            found = contents.differences(archive.manifest["tables"], contents.contents(cursor))

    assert [line for line in found if line.startswith(told)] == found != []


def test_numbers_go_on_after_those_that_were_given(url, tmp_path, people_and_a_file):
    path = steps.back_up(url, tmp_path, at=AT)

    with empty_database(url) as elsewhere, Reader(path) as archive:
        steps.load_database(archive, elsewhere)
        with contents.snapshot(elsewhere) as (cursor, _):
            assert contents.series_that_lag(cursor) == []
        planted = contents.connected(elsewhere)
        with planted, planted.cursor() as cursor:
            cursor.execute("ALTER TABLE profiles_user ALTER COLUMN id RESTART")
        planted.close()
        with contents.snapshot(elsewhere) as (cursor, _):
            assert contents.series_that_lag(cursor) == ["profiles_user.id"]


def rewritten(path, target, change):
    """The archive with some of its parts changed: `change` maps names to new bytes."""
    with tarfile.open(path) as old, tarfile.open(target, "w") as new:
        for entry in old:
            data = change.get(entry.name, old.extractfile(entry).read())
            entry.size = len(data)
            new.addfile(entry, io.BytesIO(data))
    return target


def test_an_archive_that_was_changed_is_refused(url, tmp_path, people_and_a_file):
    path = steps.back_up(url, tmp_path, at=AT)
    changed = rewritten(path, tmp_path / "changed.tar", {DUMP: b"something else"})

    with Reader(changed) as archive, pytest.raises(BackupError, match="not what was written"):
        archive.check()


@pytest.mark.parametrize("length", [0, 1000, 100_000])
def test_an_archive_that_was_cut_off_is_refused(url, tmp_path, people_and_a_file, length):
    path = steps.back_up(url, tmp_path, at=AT)
    cut = tmp_path / "cut.tar"
    cut.write_bytes(path.read_bytes()[:length])

    with pytest.raises(BackupError, match="no whole archive"):
        Reader(cut)


def test_one_of_a_later_version_is_refused(url, tmp_path, people_and_a_file):
    path = steps.back_up(url, tmp_path, at=AT)
    with Reader(path) as archive:
        archive.manifest["migrations"].append("profiles.9999_of_later")

        with pytest.raises(BackupError, match="9999_of_later"):
            steps.insist_on_known_migrations(archive)


def test_nothing_is_left_of_one_that_was_interrupted(url, tmp_path, monkeypatch):
    def stopped(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(contents, "contents", stopped)
    with pytest.raises(KeyboardInterrupt):
        steps.back_up(url, tmp_path, at=AT)

    assert list(tmp_path.iterdir()) == []


def test_the_oldest_go(tmp_path):
    for day in range(1, 6):
        (tmp_path / f"portal-2027060{day}T020000Z.tar").touch()
    (tmp_path / "portal-notes.tar").touch()

    assert steps.forget_older(tmp_path, 2) == [
        f"portal-2027060{day}T020000Z.tar" for day in (3, 2, 1)
    ]
    assert (tmp_path / "portal-notes.tar").exists()


def test_of_a_folder_the_newest_is_checked(tmp_path):
    for name in ("portal-20270102T000000Z.tar", "portal-20270103T000000Z.tar", "zoo.tar"):
        (tmp_path / name).touch()
    empty = tmp_path / "empty"
    empty.mkdir()

    assert steps.newest(tmp_path).name == "portal-20270103T000000Z.tar"
    assert steps.newest(tmp_path / "zoo.tar").name == "zoo.tar"
    with pytest.raises(BackupError, match="no archive"):
        steps.newest(empty)


def test_no_key_is_in_it_and_another_key_is_told(url, tmp_path, people_and_a_file, settings):
    path = steps.back_up(url, tmp_path, at=AT)

    assert settings.SECRET_KEY.encode() not in path.read_bytes()
    with Reader(path) as archive:
        assert steps.has_its_key(archive)
        settings.VAULT_KEYS = ["new key", settings.SECRET_KEY]
        assert steps.has_its_key(archive)
        settings.VAULT_KEYS = ["another key"]
        assert not steps.has_its_key(archive)


def test_what_is_in_use_or_not_empty_is_not_overwritten(url):
    Heartbeat.objects.beat("outbox", AT)

    with pytest.raises(BackupError, match="not empty"):
        steps.insist_on_emptiness(url)
    with pytest.raises(BackupError, match="Stop the portal first"):
        steps.insist_on_quiet(url)


def test_a_disk_that_is_full_is_said(url, tmp_path, monkeypatch):
    full = tmp_path / "full"
    full.mkdir()
    if not mounted(full):
        pytest.skip("needs root, to make a small disk")
    try:
        with pytest.raises(BackupError, match=r"No space left|pg_dump failed"):
            steps.back_up(url, full, at=AT)
        assert list(full.iterdir()) == []
    finally:
        unmount(full)


def mounted(folder):

    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def unmount(folder):

    subprocess.run(["umount", str(folder)], check=True)


def test_the_command_says_what_is_wrong_in_a_line(tmp_path):
    with pytest.raises(CommandError, match="no whole archive"):
        call_command("backup", check=tmp_path / "nothing.tar")
    with pytest.raises(CommandError, match="1 or more"):
        call_command("backup", keep=0)


@pytest.fixture
def a_row_that_cannot_be_restored(db):
    with connection.cursor() as cursor:
        here = connection.settings_dict["NAME"]
        cursor.execute(
            "CREATE TABLE planted (words text, "
            f"CONSTRAINT stays_here CHECK (current_database() = '{here}'))"
        )
        cursor.execute("INSERT INTO planted VALUES ('the matter of the herons')")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE planted")


def test_a_row_that_cannot_be_restored_is_not_repeated(
    url, tmp_path, a_row_that_cannot_be_restored
):
    path = steps.back_up(url, tmp_path, at=AT)

    with pytest.raises(BackupError) as refusal:
        steps.check(path, url)

    assert 'violates check constraint "stays_here"' in str(refusal.value)
    assert "herons" not in str(refusal.value)


def test_the_manifest_is_the_last_part(url, tmp_path, people_and_a_file):
    path = steps.back_up(url, tmp_path, at=AT)

    with tarfile.open(path) as archive:
        assert archive.getnames() == [DUMP, f"files/{people_and_a_file}", MANIFEST]
