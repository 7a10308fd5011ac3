"""A coach in Chromium: her hours, her week, a day to confirm, a programme up to its review."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from bookings import actions
from bookings.actions.booking_request import BookingRequest
from bookings.models import CoachingSession, Programme
from bookings.presenters.week import code_of
from coaching_portal.common import formatting
from coaching_portal.testing.factories.sessions import accepted, open_hours
from coaching_portal.tests.browser import fill_in, follow, in_every_way, is_at, press, sees

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)


def today():
    return timezone.now().astimezone(LONDON).date()


@pytest.fixture
def yesterday(coach, client_user, make_user):
    """The day before today, on which two clients were expected."""
    open_hours(coach)
    day = today() - DAY
    ann = make_user("ann@example.org", name="Ann Absent")
    for client, hour in ((client_user, 10), (ann, 14)):
        booking_request = BookingRequest(
            coach, datetime.combine(day, time(hour), LONDON), 60, outside_hours=True
        )
        booked_at = timezone.now() - 30 * DAY
        actions.book(
            booking_request=booking_request,
            client=client,
            by=coach.user,
            at=booked_at,
            details=accepted(coach),
        )
    return day


@in_every_way
def test_a_coach_edits_her_hours_and_settles_a_day(arrive, post_office, coach, yesterday, way):
    page = arrive(user=coach.user, **way)
    _open_on_saturdays(page)
    page.goto(f"/calendar/?week={code_of(yesterday)}")
    sees(page, "Cleo Client", "Ann Absent")

    page.goto("/calendar/")
    follow(page, f"{formatting.long_date(yesterday)}: 2 sessions")
    is_at(page, f"Confirm {formatting.long_date(yesterday)}")
    anns = page.get_by_role("group", name="Ann Absent")
    anns.get_by_label("Did not attend: counts and is charged").check()
    press(page, "Confirm all")
    sees(page, "2 sessions are confirmed.")

    page.goto(f"/calendar/?week={code_of(yesterday)}")
    follow(page, "Ann Absent")
    fill_in(page, {"Reason": "Taken ill on the way"})
    press(page, "Do not charge this session")
    sees(page, "The charge is waived.", "charge waived")
    assert "nothing to pay" in _text(post_office.newest_to("ann@example.org"))
    held, missed = CoachingSession.objects.order_by("starts_at")
    assert (held.is_completed, missed.is_waived, missed.is_billable) == (True, True, False)


def _open_on_saturdays(page):
    page.goto("/calendar/hours/")
    follow(page, "Change weekly hours")
    fill_in(
        page,
        {"Saturday, first shift, from": "09:00", "Saturday, first shift, to": "12:30"},
    )
    press(page, "Save weekly hours")
    is_at(page, "Your hours")
    sees(page, "9am to 12:30pm")


@in_every_way
def test_a_programme_is_proposed_accepted_and_comes_to_its_review(
    arrive, post_office, coach, client_user, yesterday, way
):
    page, clients_page = arrive(user=coach.user, **way), arrive(user=client_user, **way)
    _propose(page)
    clients_page.goto(_link_in(post_office.newest_to(client_user.email)))
    fill_in(clients_page, {"I have read the terms": True})
    press(clients_page, "Accept these terms")
    sees(clients_page, "Sessions: 0 of 6 used", "What was agreed")

    page.reload()
    follow(page, "Move the review date")
    fill_in(page, {"Review date": today().isoformat()})
    press(page, "Set the review date")
    sees(page, "Review date set.", formatting.long_date(today()))

    assert Programme.objects.get().status == Programme.Status.IN_REVIEW
    late = datetime.combine(today(), time(23, 59, 59), LONDON)  # notices wait for the morning
    for address in (client_user.email, coach.user.email):
        notice = post_office.newest_to(address, at=late)
        assert "review" in notice["Subject"].lower()
        assert "After the merger" not in notice["Subject"] + _text(notice)


def _propose(page):
    page.goto("/clients/")
    follow(page, "Cleo Client")
    follow(page, "Propose a programme")
    review_on = today() + 90 * DAY
    fill_in(page, {"Title": "After the merger", "Review date": review_on.isoformat()})
    press(page, "Propose these terms")
    sees(page, "Proposed. Cleo Client gets an email with the terms.")
    is_at(page, "After the merger")


def _text(mail):
    return mail.get_body("plain").get_content()


def _link_in(mail):
    return re.search(r"https?://[^/]+(/programmes/\S+)", _text(mail))[1]
