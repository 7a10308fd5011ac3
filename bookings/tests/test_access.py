"""Who may open the pages of booking and of programmes."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from bookings import actions
from bookings.actions import connections, earlier_times, extensions, feeds
from bookings.connections.providers import Credentials
from bookings.models import (
    CalendarEntry,
    CoachingSession,
    ConnectedCalendar,
    EarlierTimeWish,
    MoveRequest,
    Programme,
)
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    agreed_programme,
    book_session,
    booked_by_coach,
    invited,
    pending_booking,
    proposed_programme,
)
from coaching_portal.testing.matrix import (
    access_test,
    action,
    only,
    open_action,
    open_to_all,
    signed_in,
)
from coaching_portal.testing.plugin import NINE

EVERY_DAY = earlier_times.Suitable(range(7), time(), time(), WEEKS_AHEAD.date(), NINE.date())


@pytest.fixture(autouse=True)
def _weeks_ahead():
    with time_machine.travel(WEEKS_AHEAD):
        yield


@pytest.fixture
def a_coach(people):
    return {"slug": people.coach.coach.slug}


@pytest.fixture
def a_session(people):
    return {"uuid": book_session(people.coach.coach, people.client).uuid}


@pytest.fixture
def a_booking(a_coach, a_session):
    return a_coach | a_session


@pytest.fixture
def an_agenda_item(people, a_session):
    session = CoachingSession.objects.get(**a_session)
    item = session.agenda.create(text="Rotas", author=people.client)
    return a_session | {"item": item.uuid}


@pytest.fixture
def a_proposal(people):
    return {"uuid": proposed_programme(people.coach.coach, people.client).uuid}


@pytest.fixture
def a_programme(people):
    return {"uuid": agreed_programme(people.coach.coach, people.client).uuid}


@pytest.fixture
def a_series(people, a_programme):
    programme = Programme.objects.get(**a_programme)
    session = book_session(people.coach.coach, people.client, programme=programme)
    return {"uuid": session.uuid}


@pytest.fixture
def an_extension(people, a_programme):
    extension = extensions.propose(
        programme=Programme.objects.get(**a_programme),
        sessions_added=2,
        new_review_on=date(2027, 12, 1),
        by=people.coach,
        at=WEEKS_AHEAD,
    )
    return {"uuid": extension.uuid}


@pytest.fixture
def a_day():
    return {"date": date(2027, 6, 7)}


@pytest.fixture
def a_date(people):
    actions.set_date(coach=people.coach.coach, date=date(2027, 6, 7), shifts=[])
    return {"date": date(2027, 6, 7)}


@pytest.fixture
def a_time_off(people):
    end = NINE + timedelta(days=1)
    actions.take_time_off(coach=people.coach.coach, starts_at=NINE, ends_at=end)
    return {"starts_at": NINE}


@pytest.fixture
def a_connection(people):
    connection = connections.connect(
        coach=people.coach.coach,
        kind="CALDAV",
        label="Work",
        credentials=Credentials("https://cloud.example.com/", "una", "heron"),
        at=NINE,
    )
    return {"uuid": connection.uuid}


@pytest.fixture
def a_calendar_question(people, a_connection, a_session):
    """A session that the coach has moved in a calendar elsewhere."""
    calendar = ConnectedCalendar.objects.create(
        connection=people.coach.coach.calendar_connections.get(), name="Work"
    )
    entry = CalendarEntry.objects.create(
        calendar=calendar,
        session=CoachingSession.objects.get(**a_session),
        question="DELETED",
        asked_at=NINE,
    )
    return {"uuid": entry.uuid}


@pytest.fixture
def a_client_file(people):
    return {"uuid": people.client.client_of.get().uuid}


@pytest.fixture
def a_feed(people):
    """One that has just been read: it is kept once an hour when that was, and what was there."""
    _, token = feeds.make_feed(user=people.client, label="Phone", shows="NAMES", at=WEEKS_AHEAD)
    Client().get(reverse("bookings:calendar_feed", args=[token]))
    return {"token": token}


@pytest.fixture
def a_feed_to_revoke(people, a_feed):
    return {"uuid": people.client.calendar_feeds.get().uuid}


@pytest.fixture
def a_move_request(people, a_session):
    asked = MoveRequest.objects.create(
        session=CoachingSession.objects.get(**a_session),
        starts_at=NINE + timedelta(hours=3),
        requested_by=people.client,
        requested_at=WEEKS_AHEAD,
    )
    return {"uuid": asked.uuid}


@pytest.fixture
def a_link(people):
    _, _, token = pending_booking(people.coach.coach, "nell@example.org")
    return {"token": token}


@pytest.fixture
def a_pending_booking(people):
    return {"uuid": pending_booking(people.coach.coach, "nell@example.org")[0].uuid}


@pytest.fixture
def a_cancelled_session(people, a_session):
    session = CoachingSession.objects.get(**a_session)
    actions.cancel(session=session, by=people.coach, at=WEEKS_AHEAD)
    return a_session


@pytest.fixture
def a_link_to_accept(people):
    return {"token": invited(people.coach.coach)[1]}


@pytest.fixture
def a_session_to_accept(people):
    return {"uuid": booked_by_coach(people.coach.coach, people.client).uuid}


@pytest.fixture
def an_invitation(people):
    return {"uuid": invited(people.coach.coach)[0].uuid}


@pytest.fixture
def a_wish(people):
    session = book_session(people.coach.coach, people.client)
    wish = earlier_times.wish_for_earlier_time(
        client=people.client,
        coach=people.coach.coach,
        session=session,
        minutes=60,
        location="VIDEO",
        suitable=EVERY_DAY,
        at=WEEKS_AHEAD,
    )
    return {"uuid": wish.uuid}


@pytest.fixture
def an_offer(a_wish):
    earlier_times.offer_earlier_times(at=WEEKS_AHEAD)
    return {"token": EarlierTimeWish.objects.get(**a_wish).token}


PAGES = {
    "bookings:book": open_to_all("a_coach", form=True),
    # Open to all, but it wants to be asked for a length and dates.
    "bookings:times_json": open_to_all("a_coach", status=400),
    "bookings:embed": open_to_all("a_coach"),
    # Without a chosen time it leads back to choosing one.
    "bookings:details": open_to_all("a_coach", status=302, form=True),
    # Found in the browser in which the time was chosen, and in no other.
    "bookings:prove": open_to_all("a_pending_booking", status=410, form=True),
    "bookings:send_new_code": open_action("a_pending_booking"),
    # The address itself is the proof.
    "bookings:prove_by_link": open_to_all("a_link", form=True),
    "bookings:accept_by_link": open_to_all("a_link_to_accept", form=True),
    "bookings:accept": only("a_session_to_accept", client=200, form=True),
    "bookings:booked": only("a_booking", client=200, delegate=200, coach=200),
    "bookings:sessions": signed_in(),
    "bookings:earlier_times": signed_in(),
    # It wants to be asked for a session or a coach.
    "bookings:new_earlier_time": only(form=True),
    # The address itself is the proof.
    "bookings:earlier_time_offer": open_to_all("an_offer", form=True),
    "bookings:withdraw_earlier_time": action("a_wish", "client"),
    "bookings:session": only("a_session", client=200, delegate=200, coach=200),
    "bookings:move": only("a_session", client=200, delegate=200, coach=200, form=True),
    "bookings:change_length": only("a_session", coach=200, form=True),
    "bookings:cancel": only("a_session", client=200, delegate=200, coach=200, form=True),
    "bookings:accept_move": action("a_move_request", "coach"),
    "bookings:decline_move": action("a_move_request", "coach"),
    "bookings:withdraw_move": action("a_move_request", "client", "delegate"),
    "bookings:session_ics": only("a_session", client=200, delegate=200, coach=200),
    # The address itself is the proof.
    "bookings:calendar_feed": open_to_all("a_feed"),
    "bookings:calendar_feeds": signed_in(form=True),
    "bookings:revoke_feed": action("a_feed_to_revoke", "client"),
    "bookings:add_agenda": action("a_session", "client"),
    "bookings:remove_agenda": action("an_agenda_item", "client"),
    "bookings:confirm": action("a_session", "coach"),
    "bookings:no_show": action("a_session", "coach"),
    "bookings:undo": action("a_cancelled_session", "coach"),
    "bookings:waive": action("a_session", "coach"),
    "bookings:programmes": signed_in(),
    "bookings:programme": only("a_programme", client=200, coach=200),
    "bookings:programme_accept": action("a_proposal", "client"),
    "bookings:programme_decline": action("a_proposal", "client"),
    "bookings:series": only("a_programme", client=200, delegate=200, coach=200, form=True),
    "bookings:series_booked": only("a_series", client=200, delegate=200, coach=200),
    "bookings:series_ics": only("a_series", client=200, delegate=200, coach=200),
    "bookings:extension": only("an_extension", client=200, coach=200),
    "bookings:extension_accept": action("an_extension", "client"),
    "bookings:extension_decline": action("an_extension", "client"),
    "bookings:programme_terms": only("a_proposal", coach=200, form=True),
    "bookings:programme_review": only("a_programme", coach=200, form=True),
    "bookings:programme_review_date": only("a_programme", coach=200, form=True),
    "bookings:programme_end": only("a_programme", coach=200, form=True),
    "bookings:programme_propose": only("a_client_file", coach=200, form=True),
}

COACH_PAGES = {
    # Every coach has these of her own.
    "bookings:calendar": only(coach=200, other_coach=200),
    "bookings:calendar_events": only(coach=400, other_coach=400),
    "bookings:change_time": action("a_session", "coach"),
    "bookings:book_for_client": only(coach=200, other_coach=200, form=True),
    "bookings:confirm_day": only("a_day", coach=200, other_coach=200, form=True),
    "bookings:income": only(coach=200, other_coach=200),
    "bookings:income_by_month": only(coach=200, other_coach=200),
    "bookings:income_by_session": only(coach=200, other_coach=200),
    "bookings:hours": only(coach=200, other_coach=200),
    "bookings:weekly_hours": only(coach=200, other_coach=200, form=True),
    "bookings:new_date": only(coach=200, other_coach=200, form=True),
    "bookings:copy_week": only(coach=200, other_coach=200, form=True),
    "bookings:new_time_off": only(coach=200, other_coach=200, form=True),
    "bookings:rules": only(coach=200, other_coach=200, form=True),
    "bookings:clients": only(coach=200, other_coach=200),
    "bookings:open_bank_holiday": action("a_date", "coach", "other_coach"),  # each her own date
    "bookings:connections": only(coach=200, other_coach=200, form=True),
    "bookings:embed_settings": only(coach=200, other_coach=200, form=True),
    "bookings:clear_date": action("a_date", "coach", "other_coach"),  # each her own date
    # These show or change something of one coach's.
    "bookings:date_hours": only("a_date", coach=200, form=True),
    "bookings:time_off": only("a_time_off", coach=200, form=True),
    "bookings:end_time_off": action("a_time_off", "coach"),
    "bookings:ask_again": action("an_invitation", "coach"),
    "bookings:client": only("a_client_file", coach=200),
    "bookings:connection": only("a_connection", coach=200, form=True),
    "bookings:connection_password": action("a_connection", "coach"),
    "bookings:disconnect": action("a_connection", "coach"),
    "bookings:answer_calendar": action("a_calendar_question", "coach"),
}
PAGES |= COACH_PAGES

test_who_may_do_what = access_test(PAGES)
