"""A session's calendar file, and the invitations that are mailed: read as calendars read them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from icalendar import Calendar

from bookings import actions
from bookings.models import CoachingSession
from coaching_portal.notifications import outbox
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, book_session, open_hours
from coaching_portal.testing.plugin import NINE
from profiles.models import Organisation

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def download(signed_in, time_machine):
    """download(session, user): the calendar and its only event."""
    time_machine.move_to(WEEKS_AHEAD)

    def get(session, user):
        answer = signed_in(user).get(f"/sessions/{session.uuid}/session.ics")
        assert answer.status_code == 200
        return read(answer.content)

    return get


def read(text):
    calendar = Calendar.from_ical(text)
    assert calendar["VERSION"] == "2.0"
    [event] = calendar.events
    return calendar, event


def mailed(mailoutbox, user):
    """(METHOD, event) of each invitation that was mailed to the user."""
    outbox.deliver_due(WEEKS_AHEAD)
    parts = [
        part
        for mail in mailoutbox
        if mail.to == [user.email]
        for part in mail.message().walk()
        if part.get_content_type() == "text/calendar"
    ]
    found = [(part, *read(part.get_payload(decode=True))) for part in parts]
    assert all(part.get_param("method") == calendar["METHOD"] for part, calendar, _ in found)
    return [(calendar["METHOD"], event) for _, calendar, event in found]


def team_session(coach, **fields):
    open_hours(coach)
    return CoachingSession.objects.create(
        kind="TEAM",
        coach=coach,
        status="BOOKED",
        starts_at=NINE,
        ends_at=NINE + HOUR,
        free_again_at=NINE + HOUR,
        rate=Decimal(75),
        price=Decimal(75),
        **fields,
    )


def test_a_file_publishes_and_asks_nobody_for_an_answer(coach, client_user, download):
    calendar, event = download(book_session(coach, client_user), client_user)

    assert calendar["METHOD"] == "PUBLISH"
    assert "ATTENDEE" not in event
    assert event["ORGANIZER"].startswith("mailto:")
    assert event["STATUS"] == "CONFIRMED"


def test_a_file_says_what_where_how_to_join_and_how_to_change(coach, client_user, download):
    session = book_session(coach, client_user)

    _, event = download(session, client_user)

    page = f"/sessions/{session.uuid}/"
    assert event["URL"].endswith(page)
    assert event["SUMMARY"] == "Individual coaching with Una Umber"
    what, where, joining, changing, reference, url = event["DESCRIPTION"].split("\n")
    assert what == "Individual coaching with Una Umber, 1\u00a0hour"
    assert where == "Where: Video call"
    assert "session’s page, from 10 minutes before the start" in joining
    assert changing == "To move or cancel it, open the session’s page."
    assert reference == f"Reference: {session.reference}"
    assert url == event["URL"]


def test_only_a_video_call_is_joined(coach, client_user, download):
    session = book_session(coach, client_user)
    CoachingSession.objects.update(location="TELEPHONE", location_details="0113 496 0000")

    _, event = download(session, client_user)

    assert "Where: Phone, 0113 496 0000" in event["DESCRIPTION"]
    assert "join" not in event["DESCRIPTION"]


def test_the_coachs_file_names_the_client(coach, client_user, download):
    _, event = download(book_session(coach, client_user), coach.user)

    assert event["SUMMARY"] == "Individual coaching with Cleo Client"


def test_a_team_sessions_file_is_a_file(coach, download):
    organisation = Organisation.objects.create(name="Example Surgery")
    _, named = download(team_session(coach, organisation=organisation), coach.user)
    CoachingSession.objects.update(organisation=None)
    _, bare = download(CoachingSession.objects.get(), coach.user)

    assert named["SUMMARY"] == f"Team coaching with {organisation}"
    assert bare["SUMMARY"] == "Team coaching"
    assert "ATTENDEE" not in bare


def test_a_file_of_what_was_cancelled_says_so_and_of_what_took_place_does_not(
    coach, client_user, download
):
    session = book_session(coach, client_user)
    actions.cancel(session=session, by=client_user, at=WEEKS_AHEAD)
    calendar, cancelled = download(session, client_user)
    CoachingSession.objects.update(status="COMPLETED")
    _, completed = download(session, client_user)

    assert calendar["METHOD"] == "PUBLISH"
    assert cancelled["STATUS"] == "CANCELLED"
    assert "This session is cancelled." in cancelled["DESCRIPTION"]
    assert completed["STATUS"] == "CONFIRMED"


def test_mail_requests_moves_and_cancels_one_entry(coach, client_user, mailoutbox):
    session = book_session(coach, client_user)
    first = mailed(mailoutbox, client_user)
    actions.move(session=session, starts_at=NINE + HOUR, by=client_user, at=WEEKS_AHEAD)
    actions.cancel(session=session, by=client_user, at=WEEKS_AHEAD)
    sent = first + mailed(mailoutbox, client_user)[1:]

    assert [(method, event["SEQUENCE"]) for method, event in sent] == [
        ("REQUEST", 0),
        ("CANCEL", 2),  # the move was overtaken before it was sent
    ]
    assert {event["UID"] for _, event in sent} == {event["UID"] for _, event in first}
    for _, event in sent:
        assert event["ATTENDEE"] == f"mailto:{client_user.email}"
        assert event["ORGANIZER"].startswith("mailto:")
        assert event["DESCRIPTION"].endswith(event["URL"])
    assert sent[-1][1]["STATUS"] == "CANCELLED"
