"""An upload for which there is no room: said where it was chosen, and nothing half kept.

A limit on the size of files stands for the full disk: it too fails in the middle of writing, and
any user may set it.
"""

import io
import resource
from contextlib import contextmanager

import pytest
from django.core.files.storage import FileSystemStorage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.urls import reverse

from coaching_portal.common import files
from coaching_portal.notifications import mail_files
from coaching_portal.operations.backup import BackupError
from coaching_portal.operations.backup.archive import writing
from profiles.models import Interview, Leader

pytestmark = pytest.mark.django_db

MEGABYTE = 1_000_000
IN_MEMORY, THROUGH_A_FILE = 2 * MEGABYTE, 3 * MEGABYTE  # Django keeps 2.5 in memory


@contextmanager
def room_for(size):
    """Writing more than so many bytes into one file fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def leader():
    return Leader.objects.create(slug="lee-leader", name="Lee Leader", role="Chief executive")


@pytest.fixture
def folder(settings, tmp_path):
    """Where uploads go in this test."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


def names_in(folder):
    return [path.name for path in folder.rglob("*") if path.is_file()]


def form_with(leader, *sizes):
    """The leader's form in the admin, with a changed role and a new interview for each size."""
    form = {"name": leader.name, "slug": leader.slug, "state": "DRAFT", "position": 100}
    form["role"] = "Medical director"
    for prefix in ("themes", "posts", "interviews"):
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    form["interviews-TOTAL_FORMS"] = len(sizes)
    for number, size in enumerate(sizes):
        new = {"title": f"On waiting lists {number}", "slug": f"first-{number}"}
        new["audio"] = SimpleUploadedFile(
            f"talk-{number}.mp3", b"ID3".ljust(size, b"0"), "audio/mpeg"
        )
        form |= {f"interviews-{number}-{name}": value for name, value in new.items()}
    return form


@pytest.fixture
def send(signed_in, admin_user, leader):
    admin = signed_in(admin_user)
    admin.raise_request_exception = False
    address = reverse("admin:profiles_leader_change", args=[leader.pk])
    return lambda *sizes: admin.post(address, form_with(leader, *sizes))


def test_an_upload_that_there_is_room_for_is_kept(send, folder, leader):
    assert send(IN_MEMORY, THROUGH_A_FILE).status_code == 302

    assert sorted(names_in(folder)) == ["talk-0.mp3", "talk-1.mp3"]
    assert [each.audio.size for each in Interview.objects.order_by("pk")] == [
        IN_MEMORY,
        THROUGH_A_FILE,
    ]


def test_on_a_full_disk_the_form_says_so_and_keeps_what_was_typed(send, folder, leader):
    with room_for(MEGABYTE):
        answer = send(1000, IN_MEMORY)

    assert answer.status_code == 200
    assert "There is no room for this file" in answer.text
    assert "On waiting lists 1" in answer.text
    assert "Medical director" in answer.text
    leader.refresh_from_db()
    assert leader.role == "Chief executive"
    assert not Interview.objects.exists()
    assert names_in(folder) == []


def test_a_disk_too_full_to_read_the_form_is_told_on_a_page(send, folder, leader):
    with room_for(MEGABYTE):
        answer = send(THROUGH_A_FILE)

    assert answer.status_code == 507
    assert "neither the file nor anything else" in answer.text
    assert not Interview.objects.exists()
    assert names_in(folder) == []


def test_the_control_djangos_own_storage_leaves_half_a_file(send, folder, monkeypatch):
    monkeypatch.setattr(files.AtomicFileStorage, "_save", FileSystemStorage._save)
    assert isinstance(storages["default"], files.AtomicFileStorage)

    with room_for(MEGABYTE):
        send(IN_MEMORY)

    assert names_in(folder) == ["talk-0.mp3"]


def test_a_mail_for_which_there_is_no_room_leaves_no_half_file(settings, tmp_path):
    settings.MAIL_DIR = tmp_path
    mail = EmailMessage("News", "Some news. " * 1000, to=["reader@example.org"])

    with room_for(5000), pytest.raises(OSError, match="too large"):
        mail_files.EmailBackend().send_messages([mail])

    assert names_in(tmp_path) == []


def test_a_backup_for_which_there_is_no_room_leaves_no_half_archive(tmp_path):
    with (
        room_for(5000),
        pytest.raises(BackupError, match="could not be written"),
        writing(tmp_path / "portal.tar") as archive,
    ):
        archive.add("database", io.BytesIO(bytes(50_000)), 50_000)

    assert names_in(tmp_path) == []
