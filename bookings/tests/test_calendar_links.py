"""Adding a booked session to a calendar on the web: what its address says, and nothing more."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from bookings.calendars.links import calendar_links
from coaching_portal.testing.factories.sessions import book_session

pytestmark = pytest.mark.django_db

# The first days after the clocks changed, on both sides.
IN_WINTER = datetime(2027, 11, 1, 9, tzinfo=UTC)
IN_SUMMER = datetime(2027, 6, 7, 8, tzinfo=UTC)


def fields(session, name):
    address = dict(calendar_links(session))[name]
    return {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}


@pytest.mark.parametrize("starts_at", [IN_SUMMER, IN_WINTER])
def test_both_calendars_are_given_the_same_instants(coach, client_user, starts_at):
    session = book_session(
        coach, client_user, starts_at=starts_at, at=starts_at - timedelta(days=30)
    )

    google, outlook = fields(session, "Google"), fields(session, "Outlook")

    first, last = google["dates"].split("/")
    assert datetime.strptime(first, "%Y%m%dT%H%M%S%z") == session.starts_at
    assert datetime.strptime(last, "%Y%m%dT%H%M%S%z") == session.ends_at
    assert datetime.fromisoformat(outlook["startdt"]) == session.starts_at
    assert datetime.fromisoformat(outlook["enddt"]) == session.ends_at


def test_they_say_whom_with_and_where_and_nothing_told_in_confidence(coach, client_user):
    session = book_session(coach, client_user, starts_at=IN_SUMMER)
    session.needs = "A quiet room"
    session.save()

    for name in ("Google", "Outlook"):
        words = " ".join(fields(session, name).values())
        assert str(coach) in words
        assert "Video call" in words
        assert f"/sessions/{session.uuid}/" in words
        assert "quiet" not in words
        assert str(client_user) not in words


def test_the_booked_page_offers_them_to_the_client_and_another_session(
    signed_in, coach, client_user
):
    session = book_session(coach, client_user, starts_at=IN_SUMMER)

    page = signed_in(client_user).get(f"/book/{coach.slug}/done/{session.uuid}/").text

    assert "calendar.google.com" in page
    assert "outlook.office.com" in page
    assert f"/sessions/{session.uuid}/session.ics" in page
    assert f'href="/book/{coach.slug}/"' in page
