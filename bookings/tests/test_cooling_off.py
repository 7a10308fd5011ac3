"""A consumer's 14 days end with a London date, for cancelling and for starting early alike."""

from datetime import UTC, datetime

import pytest

from bookings.forms.booking import DetailsForm
from bookings.pricing import booking_rules_for
from bookings.views.booking_selection import BookingSelection
from coaching_portal.testing.factories.sessions import book_session, open_hours

FIRST_OF_JUNE = datetime(2027, 6, 1, 9, tzinfo=UTC)  # 10:00 in London


@pytest.mark.parametrize(("day", "is_asked"), [(15, True), (16, False)])
def test_who_books_for_a_day_inside_them_is_asked_to_start_early(coach, client_user, day, is_asked):
    open_hours(coach)
    selection = BookingSelection(
        coach=coach,
        user=client_user,
        client=client_user,
        rules=booking_rules_for(coach),
        at=FIRST_OF_JUNE,
        minutes=60,
        location="VIDEO",
        starts_at=datetime(2027, 6, day, 14, tzinfo=UTC),
    )

    form = DetailsForm(selection=selection, at=FIRST_OF_JUNE)

    assert ("start_early" in form.fields) == is_asked


def test_whoever_is_asked_could_still_cancel_on_that_day(coach, client_user):
    session = book_session(
        coach,
        client_user,
        starts_at=datetime(2027, 6, 15, 14, tzinfo=UTC),
        at=FIRST_OF_JUNE,
    )

    assert session.in_cooling_off_period(session.starts_at)
