"""Files that are two things at once, or not what they say: refused, or sent so that none runs."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import FileField
from django.urls import reverse

from coaching_portal.tests.security.forms_on_pages import forms_of
from profiles import audio
from profiles.models import Interview, Leader

SCRIPT = b"<script>window.__pwned = true</script>"
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
SOUND = b"ID3\x04" + bytes(400)
NOT_SOUND = {
    "a page": ("talk.html", SCRIPT),
    "a drawing with a script": ("talk.svg", b"<svg xmlns='x' onload='alert(1)'/>"),
    "a script": ("talk.js", b"alert(1)"),
    "a program": ("talk.php", b"<?php system($_GET['q']);"),
    "a page named as sound": ("talk.mp3", SCRIPT),
    "an archive behind a picture": ("talk.mp3", GIF + b"PK\x03\x04" + bytes(40)),
    "a page behind sound": ("talk.mp3.html", SOUND + SCRIPT),
    "two endings": ("talk.html.mp3", b"<html>" + SCRIPT),
    "another kind of sound": ("talk.mp3", b"OggS" + bytes(40)),
    "no ending": ("talk", SOUND),
    "nothing": ("talk.mp3", b""),
}


@pytest.fixture
def interview(db):
    leader = Leader.objects.create(
        slug="lena-leader",
        name="Lena Leader",
        role="Chair",
        state=Leader.State.PUBLISHED,
        public_sources="An example podcast",
    )
    return Interview.objects.create(
        leader=leader,
        slug="first",
        title="First",
        is_published=True,
        public_sources="An example podcast",
    )


@pytest.fixture
def upload(interview, admin_user, signed_in):
    """upload("talk.mp3", b"…"): the answer of the admin's form of the interview's leader."""

    def send(name, content):
        browser = signed_in(admin_user)
        address = reverse("admin:profiles_leader_change", args=[interview.leader_id])
        form = next(f for f in forms_of(browser.get(address)) if "interviews-0-title" in f.names)
        file = SimpleUploadedFile(name, content, content_type="audio/mpeg")
        return browser.post(address, form.data | {"interviews-0-audio": file})

    return send


def test_the_only_files_that_anyone_hands_in_are_recordings():
    fields = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, FileField)
    ]

    assert fields == ["profiles.Interview.audio"]


@pytest.mark.parametrize(("name", "content"), NOT_SOUND.values(), ids=NOT_SOUND)
def test_what_is_not_sound_is_refused_in_words(upload, interview, name, content):
    answer = upload(name, content)

    assert answer.status_code == 200
    problem = answer.context["errors"]
    assert any(word in str(problem) for word in ("sound file", "empty")), problem
    interview.refresh_from_db()
    assert not interview.audio


def test_a_file_that_is_too_large_is_refused_in_words(upload, interview, monkeypatch):
    monkeypatch.setattr(audio, "MOST_MEGABYTES", 0)

    assert "at most 0 MB" in upload("talk.mp3", SOUND).text


def test_control_sound_is_taken(upload, interview):
    assert upload("talk.mp3", SOUND).status_code == 302

    interview.refresh_from_db()
    assert interview.audio.read() == SOUND


@pytest.mark.parametrize("name", ["../../../evil.mp3", "/etc/evil.mp3", "..\\..\\evil.mp3"])
def test_a_name_leads_out_of_no_folder(upload, interview, name):
    upload(name, SOUND)

    interview.refresh_from_db()
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"]) / "interviews"
    assert Path(interview.audio.path).parent == folder


@pytest.mark.parametrize("part", ["", "bytes=0-9"], ids=["whole", "a part"])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("talk.mp3", "audio/mpeg"),
        ("talk.html", "application/octet-stream"),
        ("talk.svg", "application/octet-stream"),
        ("talk.js", "application/octet-stream"),
    ],
)
def test_whatever_is_stored_runs_nowhere(client, interview, name, kind, part):
    """Also what came in by another way, or before anybody looked."""
    interview.audio.save(name, ContentFile(SCRIPT))

    answer = client.get(f"{interview.get_absolute_url()}audio/", headers={"Range": part})

    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    is_handed_over = answer.headers["Content-Disposition"].startswith("attachment")
    assert is_handed_over is (kind == "application/octet-stream")


@pytest.mark.parametrize("part", [f"bytes={'9' * 5000}-", f"bytes=-{'9' * 5000}", "bytes=9-1"])
def test_a_part_that_is_not_there_is_no_fault_of_ours(client, interview, part):
    interview.audio.save("talk.mp3", ContentFile(SOUND))

    answer = client.get(f"{interview.get_absolute_url()}audio/", headers={"Range": part})

    assert answer.status_code in (200, 416)
