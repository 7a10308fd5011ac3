"""A place on a course in a calendar: one UID, and an event for each teaching session."""

from datetime import timedelta

import pytest
from django.core import mail
from icalendar import Calendar

from coaching_portal.notifications import outbox
from training import actions
from training.tests.conftest import EARLY

pytestmark = pytest.mark.django_db


def events_of(text, method):
    calendar = Calendar.from_ical(text)
    assert calendar["METHOD"] == method
    return calendar.events


def periods(events):
    return [(event["DTSTART"].dt, event["DTEND"].dt) for event in events]


@pytest.fixture
def place(client_user, make_cohort, enrol_self):
    """On a course of two half days."""
    return enrol_self(client_user, cohort=make_cohort()).live_places[0]


@pytest.fixture
def taught(place):
    return [(each.starts_at, each.ends_at) for each in place.cohort.sessions]


def assert_one_entry(events, taught):
    """The first recurs at the starts of the others, which have their own ends."""
    first, *others = events
    assert len({event["UID"] for event in events}) == 1
    assert periods(events) == taught
    assert [moment.dt for moment in first["RDATE"].dts] == [start for start, _ in taught[1:]]
    assert [event["RECURRENCE-ID"].dt for event in others] == [start for start, _ in taught[1:]]
    assert all(event["DTSTART"].dt.utcoffset() == timedelta(0) for event in events)


def test_a_file_publishes_every_day_under_one_uid(signed_in, client_user, place, taught):
    answer = signed_in(client_user).get(f"/learning/places/{place.uuid}/course.ics")

    events = events_of(answer.content, "PUBLISH")
    assert_one_entry(events, taught)
    for event in events:
        assert "ATTENDEE" not in event
        assert event["ORGANIZER"].startswith("mailto:")
        assert event["URL"].endswith("/learning/")
        what, where, changing, url = event["DESCRIPTION"].split("\n")
        assert what == f"Clinical audit, {place.cohort.code}"
        assert where.startswith("Where: Example Hall")
        assert "can cancel it or pass it on" in changing
        assert url == event["URL"]


def test_an_online_course_says_how_to_join(signed_in, client_user, place):
    place.cohort.setting, place.cohort.room_url = "ONLINE", "https://video.example.org/r"
    place.cohort.save()

    answer = signed_in(client_user).get(f"/learning/places/{place.uuid}/course.ics")

    event = events_of(answer.content, "PUBLISH")[0]
    assert "How to join: https://video.example.org/r" in event["DESCRIPTION"]


def test_mail_requests_and_cancels_all_days_as_one(client_user, place, taught):
    outbox.deliver_due(EARLY)
    requested = events_of(_mailed("REQUEST"), "REQUEST")
    mail.outbox.clear()
    actions.cancel_booking(booking=place.booking, by=client_user, at=EARLY)
    outbox.deliver_due(EARLY)
    [cancelled] = events_of(_mailed("CANCEL"), "CANCEL")

    assert_one_entry(requested, taught)
    assert all(event["ATTENDEE"] == f"mailto:{client_user.email}" for event in requested)
    assert cancelled["UID"] == requested[0]["UID"]
    assert "RECURRENCE-ID" not in cancelled
    assert cancelled["STATUS"] == "CANCELLED"
    assert cancelled["SEQUENCE"] > requested[0]["SEQUENCE"]


def _mailed(method):
    [text] = [
        part.content
        for message in mail.outbox
        for part in message.alternatives
        if part.mimetype == f"text/calendar; method={method}"
    ]
    return text
