"""Calendars elsewhere with real parallel connections, each race with a control that shows it."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction
from icalendar import Calendar, Event

from bookings import actions
from bookings.actions import calendar_sync, connections
from bookings.actions.booking_request import BookingRequest
from bookings.connections.caldav import event_url
from bookings.connections.providers import CalendarThere, ChangedThere, Credentials, EventThere
from bookings.emails.invitations import uid_of
from bookings.models import BusyTime, CalendarConnection, CalendarEntry, CoachingSession
from coaching_portal.common.refusals import Refusal
from coaching_portal.testing.factories.sessions import accepted, book_session, open_hours
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import at_once, hold_at, start_competing_call

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = NINE - 5 * DAY

pytestmark = pytest.mark.django_db(transaction=True)


class Server:
    """A calendar server in memory, with the ETags of CalDAV; `meanwhile` is called in a read."""

    url = "https://cloud.example.com/work/"

    def __init__(self):
        self.texts, self.number, self.reads, self.meanwhile = {}, 0, 0, None
        self.lock = threading.Lock()

    def calendars(self):
        return [CalendarThere(self.url, "Work", can_write=True)]

    def version(self, calendar, known=""):
        return str(self.number)

    def events(self, calendar, since, until):
        self.reads += 1
        with self.lock:
            found = [EventThere(url, *kept) for url, kept in self.texts.items()]
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            [answer] = at_once([meanwhile])
            assert not isinstance(answer, Exception), answer
        return found

    def read(self, url):
        with self.lock:
            return EventThere(url, *self.texts[url]) if url in self.texts else None

    def write(self, url, text, *, etag=""):
        with self.lock:
            if self._etag(url) != etag:
                raise ChangedThere
            self.number += 1
            self.texts[url] = (f'"{self.number}"', text)
            return self._etag(url)

    def delete(self, url, *, etag):
        with self.lock:
            if self._etag(url) not in (etag, ""):
                raise ChangedThere
            self.number += 1
            self.texts.pop(url, None)

    def _etag(self, url):
        return self.texts[url][0] if url in self.texts else ""

    @property
    def all(self):
        """(UID, start) of each event, the first one first."""
        calendars = [Calendar.from_ical(text) for _, text in self.texts.values()]
        rows = [event for calendar in calendars for event in calendar.events]
        return [(str(each["UID"]), each.start) for each in sorted(rows, key=lambda row: row.start)]


@pytest.fixture
def server(monkeypatch, coach):
    """The coach's calendar, connected, read once, and chosen for her sessions."""
    server = Server()
    monkeypatch.setattr(calendar_sync, "provider_for", lambda connection: server)
    open_hours(coach)
    connection = connections.connect(
        coach=coach, kind="CALDAV", label="Work", credentials=Credentials(server.url), at=AT
    )
    calendar_sync.sync_due(at=AT)
    calendar = connection.calendars.get()
    connections.choose_calendars(
        connection=connection,
        blocking=[calendar.pk],
        gets_sessions=calendar.pk,
        shows="BUSY",
        at=AT,
    )
    server.reads = 0
    return server


def connection_of(coach):
    return CalendarConnection.objects.select_related("coach__user").get(coach=coach)


def put(server, uid, starts_at):
    url = event_url(server.url, uid)
    found = server.read(url)
    text = event_text(uid, starts_at)
    server.write(url, text, etag=found.etag if found else "")


def event_text(uid, starts_at):
    event = Event(uid=uid, dtstamp=AT)
    event.start, event.end = starts_at, starts_at + HOUR
    calendar = Calendar(version="2.0", prodid="-//Other//EN")
    calendar.add_component(event)
    return calendar.to_ical().decode()


def due():
    CalendarConnection.objects.update(next_sync_at=AT)


def sync_due():
    return calendar_sync.sync_due(at=AT)


def busy():
    return list(BusyTime.objects.values_list("starts_at", "ends_at"))


def book(coach, client):
    return actions.book(
        booking_request=BookingRequest(coach, NINE, 60),
        client=client,
        by=client,
        at=AT,
        details=accepted(coach),
    )


# --- Two workers --------------------------------------------------------------------------


def test_of_two_workers_one_asks_a_connection(server, coach, client_user):
    session = book_session(coach, client_user)
    put(server, "dentist", NINE + DAY)
    due()

    asked = at_once([sync_due, sync_due])

    assert sorted(asked) == [0, 1]
    assert server.reads == 1
    assert server.all == [(uid_of(session.uuid), NINE), ("dentist", NINE + DAY)]
    assert busy() == [(NINE + DAY, NINE + DAY + HOUR)]


def test_two_that_ask_after_all_double_nothing(server, coach, client_user):
    """Control: no claim keeps them apart, as after three minutes; ETags and locks still do."""
    session = book_session(coach, client_user)
    put(server, "dentist", NINE + DAY)
    found = [connection_of(coach), connection_of(coach)]

    at_once([lambda each=each: calendar_sync.sync(connection=each, at=AT) for each in found])

    assert server.reads == 2
    assert server.all == [(uid_of(session.uuid), NINE), ("dentist", NINE + DAY)]
    assert busy() == [(NINE + DAY, NINE + DAY + HOUR)]
    assert CalendarEntry.objects.count() == 1
    due()
    sync_due()
    assert CalendarEntry.objects.get().sequence_written == session.sequence


def saving(coach, starts_at):
    connection, periods = connection_of(coach), [(starts_at, starts_at + HOUR)]
    return lambda: calendar_sync.save_busy_times(connection=connection, periods=periods)


def test_two_that_save_the_same_busy_time_save_one(server, coach):
    at_once([saving(coach, NINE), saving(coach, NINE)])

    assert busy() == [(NINE, NINE + HOUR)]


def test_control_without_the_coachs_row_they_save_two(server, coach, monkeypatch):
    monkeypatch.setattr(calendar_sync, "lock_coach", lambda coach: coach)
    hold_at(monkeypatch, BusyTime.objects, "bulk_create", 2)

    at_once([saving(coach, NINE), saving(coach, NINE)])

    assert busy() == [(NINE, NINE + HOUR)] * 2


# --- Disconnected meanwhile ---------------------------------------------------------------


def test_a_connection_that_ends_while_it_is_read_leaves_nothing(server, coach, client_user):
    book_session(coach, client_user)
    put(server, "dentist", NINE + DAY)
    connection = connection_of(coach)
    server.meanwhile = lambda: connections.disconnect(connection=connection)
    due()

    assert sync_due() == 1

    assert not CalendarConnection.objects.exists()
    assert busy() == []
    assert server.all == [("dentist", NINE + DAY)]


def test_control_one_that_stays_connected_is_read_and_written(server, coach, client_user):
    session = book_session(coach, client_user)
    put(server, "dentist", NINE + DAY)
    server.meanwhile = lambda: None
    due()

    assert sync_due() == 1

    assert busy() == [(NINE + DAY, NINE + DAY + HOUR)]
    assert server.all == [(uid_of(session.uuid), NINE), ("dentist", NINE + DAY)]


def test_ending_and_reading_at_once_leave_nothing(server, coach, client_user):
    book_session(coach, client_user)
    put(server, "dentist", NINE + DAY)
    connection = connection_of(coach)
    due()

    at_once([sync_due, lambda: connections.disconnect(connection=connection)])

    assert not CalendarConnection.objects.exists()
    assert not CalendarEntry.objects.exists()
    assert busy() == []


# --- Moved on both sides ------------------------------------------------------------------


@pytest.fixture
def written(server, coach, client_user):
    """A session that is in the calendar there."""
    session = book_session(coach, client_user)
    due()
    sync_due()
    return session


@pytest.mark.parametrize("answer", [connections.keep_session, None])
def test_moved_here_while_it_is_read_as_moved_there_asks_and_ends_alike(
    answer, written, server, coach
):
    uid = uid_of(written.uuid)
    put(server, uid, NINE + 3 * HOUR)
    server.meanwhile = lambda: actions.move(
        session=written, starts_at=NINE + 5 * HOUR, by=coach.user, at=AT
    )
    due()
    sync_due()

    assert CoachingSession.objects.get().starts_at == NINE + 5 * HOUR
    assert server.all == [(uid, NINE + 3 * HOUR)]  # nothing is written over
    entry = CalendarEntry.objects.questions().get()
    assert entry.moved_to == NINE + 3 * HOUR

    if answer:
        answer(entry=entry)
    else:
        connections.move_as_there(entry=entry, by=coach.user, at=AT)
    for _ in range(2):
        due()
        sync_due()

    session = CoachingSession.objects.get()
    assert session.starts_at == NINE + (5 if answer else 3) * HOUR
    assert server.all == [(uid, session.starts_at)]
    assert not CalendarEntry.objects.questions()


def test_control_moved_here_alone_is_written_there(written, server, coach):
    server.meanwhile = None
    actions.move(session=written, starts_at=NINE + 5 * HOUR, by=coach.user, at=AT)
    due()
    sync_due()

    assert server.all == [(uid_of(written.uuid), NINE + 5 * HOUR)]


def test_two_answers_at_once_move_the_session_once(written, server, coach):
    put(server, uid_of(written.uuid), NINE + 3 * HOUR)
    due()
    sync_due()
    entries = [CalendarEntry.objects.questions().get() for _ in range(2)]

    def follow(entry):
        return lambda: connections.move_as_there(entry=entry, by=coach.user, at=AT)

    answers = at_once([follow(entry) for entry in entries])

    session = CoachingSession.objects.get()
    assert (session.starts_at, session.sequence) == (NINE + 3 * HOUR, 1)
    assert [answer for answer in answers if answer is None] == [None]


# --- A booking while a busy time arrives --------------------------------------------------


def test_a_busy_time_that_comes_first_wins(server, coach, client_user):
    with transaction.atomic():
        saving(coach, NINE)()
        booking = start_competing_call(lambda: book(coach, client_user))

    assert isinstance(booking.result(), Refusal)
    assert not CoachingSession.objects.exists()
    assert busy() == [(NINE, NINE + HOUR)]


def test_control_without_the_coachs_row_both_have_the_time(server, coach, client_user, monkeypatch):
    monkeypatch.setattr(calendar_sync, "lock_coach", lambda coach: coach)
    with transaction.atomic():
        saving(coach, NINE)()
        booking = start_competing_call(lambda: book(coach, client_user))

    assert isinstance(booking.result(), CoachingSession)
    assert busy() == [(NINE, NINE + HOUR)]


def test_a_booking_that_comes_first_stays_and_the_busy_time_is_kept(server, coach, client_user):
    with transaction.atomic():
        book(coach, client_user)
        arrival = start_competing_call(saving(coach, NINE))

    assert arrival.result() is None
    assert CoachingSession.objects.get().is_booked
    assert busy() == [(NINE, NINE + HOUR)]


def test_at_once_one_of_them_is_first(server, coach, client_user):
    put(server, "dentist", NINE)
    due()

    _, answer = at_once([sync_due, lambda: book(coach, client_user)])

    was_booked = isinstance(answer, CoachingSession)
    assert was_booked or isinstance(answer, Refusal)
    assert CoachingSession.objects.count() == was_booked
    assert busy() == [(NINE, NINE + HOUR)]
