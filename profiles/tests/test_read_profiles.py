"""Leaders and interviews: only what is published can be read."""

from datetime import date
from xml.etree import ElementTree

import pytest
from django.core.files.base import ContentFile

from profiles.models import Interview, Leader

pytestmark = pytest.mark.django_db

PUBLIC = {"public_sources": "An example podcast"}
IN_PUBLIC = PUBLIC | {"is_published": True}
DRAFT, APPROVAL, PUBLISHED, WITHDRAWN = Leader.State


@pytest.fixture
def leader():
    return Leader.objects.create(
        slug="lea-leader",
        name="Lea Leader",
        role="Chair",
        state=PUBLISHED,
        organisation="A Trust",
        **PUBLIC,
    )


@pytest.fixture
def interview(leader):
    return Interview.objects.create(
        leader=leader,
        slug="first",
        title="First things",
        summary="About first things.",
        **IN_PUBLIC,
    )


@pytest.fixture
def files(settings, tmp_path):
    """Files of this test alone."""
    default = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path},
    }
    settings.STORAGES = {**settings.STORAGES, "default": default}


@pytest.fixture
def recording(files, interview):
    interview.audio.save("first.mp3", ContentFile(b"0123456789"))
    return f"{interview.get_absolute_url()}audio/"


def feed(client):
    return ElementTree.fromstring(client.get("/leaders/podcast.xml").content)


def test_a_published_leader_is_read_by_anyone(client, interview):
    page = client.get("/leaders/lea-leader/").content.decode()

    assert "Lea Leader" in page
    assert "First things" in page


@pytest.mark.parametrize("state", [DRAFT, APPROVAL, WITHDRAWN])
def test_a_leader_who_is_not_published_is_not_found(client, interview, state):
    Leader.objects.update(state=state)

    assert client.get("/leaders/lea-leader/").status_code == 404
    assert client.get("/leaders/lea-leader/first/").status_code == 404
    assert "Lea Leader" not in client.get("/leaders/").content.decode()
    assert "First things" not in client.get("/leaders/podcast.xml").content.decode()


def test_an_unpublished_interview_is_not_found(client, interview):
    Interview.objects.update(is_published=False)

    assert client.get("/leaders/lea-leader/first/").status_code == 404
    assert "First things" not in client.get("/leaders/lea-leader/").content.decode()


def test_an_interview_is_found_under_its_own_leader_only(client, interview):
    Leader.objects.create(
        slug="other",
        name="Other",
        role="Chair",
        state=PUBLISHED,
        **PUBLIC,
    )

    assert client.get("/leaders/other/first/").status_code == 404


def test_an_interview_without_sound_or_transcript_shows_neither(client, interview):
    page = client.get(interview.get_absolute_url()).content.decode()

    assert "<audio" not in page
    assert "Transcript" not in page
    assert client.get(f"{interview.get_absolute_url()}audio/").status_code == 404


def test_a_recording_whose_file_is_missing_breaks_no_page(client, recording, interview):
    interview.audio.storage.delete(interview.audio.name)

    assert client.get(recording).status_code == 404
    assert "<audio" not in client.get(interview.get_absolute_url()).content.decode()
    assert feed(client).find("channel/item/enclosure") is None


def test_an_interview_shows_its_transcript_and_the_next_guest(client, interview):
    Interview.objects.update(transcript="One.\n\nTwo.", next_guest="Gus Guest", audio_minutes=75)

    page = client.get(interview.get_absolute_url()).content.decode()

    assert "<p>Two.</p>" in page
    assert "Gus Guest" in page
    assert "1\u00a0hour 15\u00a0minutes" in page


def test_a_page_leads_to_the_next_leader_and_round_again(client, leader):
    Leader.objects.create(
        slug="mo",
        name="Mo",
        role="Chair",
        state=PUBLISHED,
        position=200,
        **PUBLIC,
    )

    assert 'href="/leaders/mo/"' in client.get("/leaders/lea-leader/").content.decode()
    assert 'href="/leaders/lea-leader/"' in client.get("/leaders/mo/").content.decode()


def test_a_script_in_a_leaders_name_is_shown_as_it_was_written(client, interview):
    Leader.objects.update(name="<script>alert(1)</script>")

    for address in ("/leaders/", "/leaders/lea-leader/", interview.get_absolute_url()):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_a_leader_knows_nothing_of_users():
    """A leader may be a client: no field could reveal it."""
    related = {field.related_model for field in Leader._meta.get_fields() if field.related_model}

    assert {model.__name__ for model in related} == {"Theme", "CareerEntry", "Interview"}


def test_the_feed_lists_interviews_the_newest_first_and_undated_ones_last(client, leader):
    for slug, day in (("old", date(2025, 1, 1)), ("new", date(2026, 1, 1)), ("undated", None)):
        Interview.objects.create(
            leader=leader,
            slug=slug,
            title=slug,
            published_on=day,
            **IN_PUBLIC,
        )

    titles = [item.findtext("title") for item in feed(client).iter("item")]

    assert titles == ["Lea Leader: new", "Lea Leader: old", "Lea Leader: undated"]


def test_the_feed_names_the_sound_where_there_is_some(client, interview, recording):
    enclosure = feed(client).find("channel/item/enclosure")

    assert enclosure.get("length") == "10"
    assert enclosure.get("type") == "audio/mpeg"
    assert enclosure.get("url").endswith(recording)


def test_the_feed_lists_an_interview_without_sound(client, interview):
    item = feed(client).find("channel/item")

    assert item.findtext("description") == "About first things."
    assert item.find("enclosure") is None
    assert item.find("pubDate") is None


@pytest.mark.parametrize(
    ("asked", "status", "content", "told"),
    [
        ("", 200, b"0123456789", None),
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=0-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_a_player_can_ask_for_part_of_the_sound(client, recording, asked, status, content, told):
    response = client.get(recording, headers={"range": asked})

    assert response.status_code == status
    assert (response.getvalue() if response.streaming else response.content) == content
    assert response.get("Content-Range") == told


def test_a_leaders_page_takes_the_same_queries_for_many_themes(
    client, leader, django_assert_max_num_queries
):
    for number in range(10):
        leader.themes.create(title=f"Theme {number}")
        Interview.objects.create(
            leader=leader,
            slug=f"i{number}",
            title=f"Interview {number}",
            **IN_PUBLIC,
        )

    client.get("/leaders/")  # makes the practice's record

    with django_assert_max_num_queries(8):
        page = client.get("/leaders/lea-leader/").content.decode()

    assert "Interview 9" in page
