"""Calendars elsewhere, with a real CalDAV server: what blocks, is written, and is asked."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from icalendar import Calendar, vCalAddress

from bookings import actions
from bookings.actions import calendar_sync, calendar_writing, connections
from bookings.availability import slot_queries
from bookings.connections import caldav
from bookings.connections.providers import ChangedThere, Credentials
from bookings.emails import invitations
from bookings.models import BusyTime, CalendarConnection, CalendarEntry, CoachingSession
from bookings.tests.radicale import PASSWORD, USER, Radicale
from coaching_portal.common import public_web, vault
from coaching_portal.testing.factories.sessions import open_hours
from coaching_portal.testing.plugin import NINE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = NINE - 5 * DAY
MINUTES = timedelta(minutes=6)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Radicale(tmp_path_factory.mktemp("radicale"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def there(server, settings, coach, request):
    """The coach's calendar on the server, connected and chosen for her sessions."""
    settings.CONNECTIONS_ALSO_TO = [server.netloc]
    name = f"c{abs(hash(request.node.name))}"
    url = server.make_calendar(name)
    open_hours(coach)
    connection = connections.connect(
        coach=coach,
        kind="CALDAV",
        label="Work",
        credentials=Credentials(url, USER, PASSWORD),
        at=AT,
    )
    calendar_sync.sync_due(at=AT)
    calendar = connection.calendars.get()
    choose(connection, calendar)
    provider = caldav.CalDav(Credentials(url, USER, PASSWORD))
    return SimpleNamespace(
        server=server, url=url, connection=connection, calendar=calendar, provider=provider
    )


def choose(connection, calendar, **changes):
    choice = {"blocking": [calendar.pk], "gets_sessions": calendar.pk, "shows": "INITIALS"}
    connections.choose_calendars(connection=connection, at=AT, **choice | changes)


def sync(at=AT):
    CalendarConnection.objects.update(next_sync_at=at)
    assert calendar_sync.sync_due(at=at)


def event(uid, starts_at, hours=1, **lines):
    """An event as another program writes it."""
    more = "".join(f"{name.replace('_', '-')}:{value}\r\n" for name, value in lines.items())
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nDTSTAMP:20270101T000000Z\r\nDTSTART:{starts_at:%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{starts_at + hours * HOUR:%Y%m%dT%H%M%SZ}\r\nSUMMARY:Dentist\r\n{more}"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def put(there, uid, starts_at, **lines):
    return there.provider.write(caldav.event_url(there.url, uid), event(uid, starts_at, **lines))


def busy():
    return list(BusyTime.objects.order_by("starts_at").values_list("starts_at", "ends_at"))


def written(there, session):
    """The session's event as it is there, or None."""
    found = there.provider.read(address_of(there, session))
    return Calendar.from_ical(found.text).walk("VEVENT")[0] if found else None


def address_of(there, session):
    return caldav.event_url(there.url, invitations.uid_of(session.uuid))


def all_there(there):
    return there.provider.events(there.url, AT - 99 * DAY, AT + 99 * DAY)


def change_there(there, session, **changes):
    """Change the event as the coach's calendar program does."""
    found = there.provider.read(address_of(there, session))
    calendar = Calendar.from_ical(found.text)
    entry = calendar.walk("VEVENT")[0]
    for name, value in changes.items():
        entry.pop(name, None)
        entry.add(name, value)
    there.provider.write(found.url, calendar.to_ical().decode(), etag=found.etag)


def move_there(there, session, starts_at):
    change_there(there, session, dtstart=starts_at, dtend=starts_at + HOUR)


# --- Busy times ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_event_there_closes_the_time_here_and_opens_it_when_it_goes(there, coach):
    asked = {"minutes": 60, "since": NINE, "until": NINE + DAY, "at": AT}
    assert NINE + HOUR in slot_queries.open_slots(coach, **asked)
    etag = put(there, "dentist", NINE + HOUR)

    sync()
    assert busy() == [(NINE + HOUR, NINE + 2 * HOUR)]
    assert NINE + HOUR not in slot_queries.open_slots(coach, **asked)

    there.provider.delete(caldav.event_url(there.url, "dentist"), etag=etag)
    sync()
    assert busy() == []
    assert NINE + HOUR in slot_queries.open_slots(coach, **asked)


@pytest.mark.django_db
def test_what_is_free_or_cancelled_there_does_not_block(there):
    put(there, "free", NINE, TRANSP="TRANSPARENT")
    put(there, "cancelled", NINE, STATUS="CANCELLED")

    sync()

    assert busy() == []


@pytest.mark.django_db
def test_a_busy_time_that_stays_keeps_its_row(there):
    put(there, "one", NINE)
    sync()
    row = BusyTime.objects.get().pk

    put(there, "two", NINE + 3 * HOUR)
    sync()

    assert BusyTime.objects.count() == 2
    assert BusyTime.objects.filter(pk=row).exists()


@pytest.mark.django_db
def test_nothing_of_an_event_is_kept_but_its_times(there):
    put(there, "dentist", NINE, DESCRIPTION="Root canal")

    sync()

    row = BusyTime.objects.values().get()
    assert "Dentist" not in str(row)
    assert "Root" not in str(row)


@pytest.mark.django_db
def test_own_sessions_do_not_block(there, make_session):
    make_session(NINE)

    sync()
    sync(AT + MINUTES)

    assert len(all_there(there)) == 1
    assert busy() == []


@pytest.mark.django_db
def test_a_calendar_that_no_longer_blocks_lets_go_of_its_times(there):
    put(there, "dentist", NINE)
    sync()

    choose(there.connection, there.calendar, blocking=[])
    sync()

    assert busy() == []


@pytest.mark.django_db
def test_disconnecting_forgets_busy_times_and_password(there):
    put(there, "dentist", NINE)
    sync()

    connections.disconnect(connection=there.connection)

    assert busy() == []
    assert not CalendarConnection.objects.exists()


@pytest.mark.django_db
def test_the_password_is_stored_encrypted_only(there):
    secret = bytes(CalendarConnection.objects.get().secret)

    assert PASSWORD.encode() not in secret
    assert PASSWORD.encode() in vault.decrypt(secret)


@pytest.mark.django_db
def test_calendars_are_found_from_the_address_of_the_server(server, settings, coach):
    settings.CONNECTIONS_ALSO_TO = [server.netloc]
    url = server.make_calendar("found")

    found = caldav.CalDav(Credentials(server.url, USER, PASSWORD)).calendars()

    assert url in [each.url for each in found]
    assert all(each.can_write for each in found)


# --- Sessions are written -----------------------------------------------------------------


@pytest.mark.django_db
def test_a_session_is_written_moved_and_deleted_there(there, make_session, coach):
    session = make_session(NINE)
    sync()
    found = written(there, session)
    assert found.start == NINE
    assert found["summary"] == "Coaching session: CC"
    assert "attendee" not in found

    actions.move(
        session=session, starts_at=NINE + 4 * HOUR, by=coach.user, at=AT, outside_hours=True
    )
    sync(AT + MINUTES)
    found = written(there, session)
    assert (found.start, found["sequence"]) == (NINE + 4 * HOUR, 1)

    actions.cancel(session=session, by=coach.user, at=AT)
    sync(AT + 2 * MINUTES)
    assert written(there, session) is None
    assert all_there(there) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("shows", "title"),
    [
        ("BUSY", "Coaching session"),
        ("INITIALS", "Coaching session: CC"),
        ("NAMES", "Coaching session: Cleo Client"),
    ],
)
def test_what_is_written_is_what_the_coach_has_chosen(shows, title, there, make_session):
    session = make_session(NINE, needs="Step-free access")
    sync()

    choose(there.connection, there.calendar, shows=shows)
    sync()

    found = written(there, session)
    assert found["summary"] == title
    assert "Step-free" not in str(found.to_ical())


@pytest.mark.django_db
def test_notes_and_alarms_that_the_coach_adds_there_stay(there, make_session, coach):
    session = make_session(NINE)
    sync()
    change_there(there, session, description="Bring the blue folder")
    sync(AT + MINUTES)

    actions.move(
        session=session, starts_at=NINE + 4 * HOUR, by=coach.user, at=AT, outside_hours=True
    )
    sync(AT + 2 * MINUTES)

    found = written(there, session)
    assert found["description"] == "Bring the blue folder"
    assert found.start == NINE + 4 * HOUR
    assert not CalendarEntry.objects.questions()


@pytest.mark.django_db
def test_another_calendar_that_is_chosen_gets_the_sessions_and_the_first_loses_them(
    there, make_session
):
    session = make_session(NINE)
    sync()
    assert written(there, session)

    choose(there.connection, there.calendar, gets_sessions=None)
    sync()

    assert written(there, session) is None


@pytest.mark.django_db
def test_an_answer_that_was_lost_doubles_nothing(there, make_session, monkeypatch):
    """The server wrote it, and we did not hear: the next sync finds it and makes it ours."""
    session = make_session(NINE)
    real = caldav.CalDav.write

    def lose_answer(self, *args, **kwargs):
        real(self, *args, **kwargs)
        raise public_web.Unreachable("lost")

    monkeypatch.setattr(caldav.CalDav, "write", lose_answer)
    sync()
    assert CalendarEntry.objects.get().sequence_written is None
    monkeypatch.undo()

    sync(AT + MINUTES)

    assert len(all_there(there)) == 1
    entry = CalendarEntry.objects.get()
    assert entry.sequence_written == session.sequence
    assert not entry.question


@pytest.mark.django_db
def test_a_server_that_is_away_loses_and_doubles_none(there, make_session):
    sessions = [make_session(NINE + number * DAY) for number in range(3)]
    there.server.stop()
    try:
        sync()
        connection = CalendarConnection.objects.get()
        assert connection.problem == "UNREACHABLE"
        assert not connection.is_worth_saying(AT + HOUR / 2)
        assert connection.is_worth_saying(AT + HOUR)
    finally:
        there.server.start()

    sync(AT + HOUR)

    assert len(all_there(there)) == len(sessions)
    assert CalendarConnection.objects.get().problem == ""


@pytest.mark.django_db
def test_two_writers_of_one_version_are_told_apart(there):
    """Control: the server itself refuses a second event and a change of what has changed."""
    etag = put(there, "one", NINE)
    with pytest.raises(ChangedThere):
        put(there, "one", NINE)

    url = caldav.event_url(there.url, "one")
    there.provider.write(url, event("one", NINE + HOUR), etag=etag)

    with pytest.raises(ChangedThere):
        there.provider.write(url, event("one", NINE + 2 * HOUR), etag=etag)


# --- What is changed there asks here ------------------------------------------------------


@pytest.fixture
def moved(there, make_session):
    """A session that the coach has moved in her calendar, and was asked about."""
    session = make_session(NINE)
    sync()
    move_there(there, session, NINE + 3 * HOUR)
    sync(AT + MINUTES)
    return session


@pytest.mark.django_db
def test_an_event_moved_there_moves_nothing_and_asks(moved, as_coach):
    entry = CalendarEntry.objects.questions().get()
    assert (entry.question, entry.moved_to) == ("MOVED", NINE + 3 * HOUR)
    assert CoachingSession.objects.get().starts_at == NINE

    page = as_coach.get(reverse("bookings:connections")).content.decode()

    assert "you moved it to Monday 7 June 2027 at 12pm" in page
    assert "Move session" in page


@pytest.mark.django_db
def test_the_coach_moves_the_session_as_there(moved, there, coach):
    entry = CalendarEntry.objects.get()

    connections.move_as_there(entry=entry, by=coach.user, at=AT)
    sync(AT + 2 * MINUTES)

    assert CoachingSession.objects.get().starts_at == NINE + 3 * HOUR
    assert written(there, moved).start == NINE + 3 * HOUR
    assert written(there, moved)["sequence"] == 1
    assert not CalendarEntry.objects.questions()


@pytest.mark.django_db
def test_the_coach_leaves_the_session_and_her_calendar_is_set_right(moved, there):
    connections.keep_session(entry=CalendarEntry.objects.get())
    sync(AT + 2 * MINUTES)
    sync(AT + 3 * MINUTES)

    assert CoachingSession.objects.get().starts_at == NINE
    assert written(there, moved).start == NINE
    assert not CalendarEntry.objects.questions()


@pytest.mark.django_db
def test_an_event_moved_back_there_asks_nothing_any_more(moved, there):
    move_there(there, moved, NINE)

    sync(AT + 2 * MINUTES)

    assert not CalendarEntry.objects.questions()


@pytest.mark.django_db
def test_a_question_is_answered_once(moved):
    entry = CalendarEntry.objects.get()
    connections.keep_session(entry=entry)

    with pytest.raises(connections.AlreadyAnswered):
        connections.keep_session(entry=entry)


@pytest.fixture
def deleted(there, make_session):
    session = make_session(NINE)
    sync()
    found = there.provider.read(address_of(there, session))
    there.provider.delete(found.url, etag=found.etag)
    sync(AT + MINUTES)
    return session


@pytest.mark.django_db
def test_an_event_deleted_there_cancels_nothing_and_asks(deleted, as_coach):
    assert CalendarEntry.objects.questions().get().question == "DELETED"
    assert CoachingSession.objects.get().is_booked

    page = as_coach.get(reverse("bookings:connections")).content.decode()

    assert "you deleted it in" in page
    assert "Cancel session" in page


@pytest.mark.django_db
def test_the_coach_cancels_as_there(deleted, there, coach):
    connections.cancel_as_there(entry=CalendarEntry.objects.get(), by=coach.user, at=AT)
    sync(AT + 2 * MINUTES)

    assert CoachingSession.objects.get().status == "CANCELLED"
    assert written(there, deleted) is None
    assert not CalendarEntry.objects.questions()


@pytest.mark.django_db
def test_the_coach_leaves_it_booked_and_it_is_written_again(deleted, there):
    connections.keep_session(entry=CalendarEntry.objects.get())
    sync(AT + 2 * MINUTES)
    sync(AT + 3 * MINUTES)

    assert written(there, deleted).start == NINE
    assert not CalendarEntry.objects.questions()


@pytest.mark.django_db
def test_moved_on_both_sides_asks_and_writes_over_nothing(there, make_session, coach):
    session = make_session(NINE)
    sync()
    move_there(there, session, NINE + 3 * HOUR)
    actions.move(
        session=session, starts_at=NINE + 5 * HOUR, by=coach.user, at=AT, outside_hours=True
    )

    sync(AT + MINUTES)

    assert CalendarEntry.objects.questions().get().moved_to == NINE + 3 * HOUR
    assert written(there, session).start == NINE + 3 * HOUR


@pytest.mark.django_db
def test_cancelled_here_while_it_asks_is_deleted_there(moved, there, coach):
    actions.cancel(session=moved, by=coach.user, at=AT)

    sync(AT + 2 * MINUTES)

    assert written(there, moved) is None
    assert not CalendarEntry.objects.questions()


def answer_there(there, session, answer, email):
    """What a server writes into the event once an attendee has answered."""
    attendee = vCalAddress(f"mailto:{email}")
    attendee.params["PARTSTAT"] = answer
    change_there(there, session, attendee=attendee)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("ACCEPTED", "Cleo Client accepted in the calendar"),
        ("TENTATIVE", "Cleo Client answered “perhaps” in the calendar"),
        ("DECLINED", "Cleo Client declined in the calendar"),
        ("NEEDS-ACTION", ""),
        ("X-ODD", ""),
    ],
)
def test_a_clients_reply_is_shown_to_the_coach_and_does_nothing(
    answer, words, there, make_session, as_coach
):
    session = make_session(NINE)
    sync()
    answer_there(there, session, answer, session.client.email)

    sync(AT + MINUTES)

    page = as_coach.get(session.get_absolute_url()).text
    assert words in page
    assert ("in the calendar" in page) is bool(words)
    assert CoachingSession.objects.get().is_booked
    assert not CalendarEntry.objects.questions()


@pytest.mark.django_db
def test_a_reply_is_shown_to_its_coach_alone(there, make_session, signed_in, client_user):
    session = make_session(NINE)
    CalendarEntry.objects.create(session=session, calendar=there.calendar, reply="DECLINED")

    assert "in the calendar" not in signed_in(client_user).get(session.get_absolute_url()).text


@pytest.mark.django_db
def test_somebody_elses_reply_is_not_the_clients(there, make_session):
    session = make_session(NINE)
    sync()
    answer_there(there, session, "DECLINED", "somebody@example.org")

    sync(AT + MINUTES)

    assert CalendarEntry.objects.get().reply == ""


@pytest.mark.django_db
def test_a_reply_is_about_one_time(there, make_session, coach):
    session = make_session(NINE)
    sync()
    answer_there(there, session, "DECLINED", session.client.email)
    sync(AT + MINUTES)
    assert CalendarEntry.objects.get().reply == "DECLINED"

    actions.move(
        session=session, starts_at=NINE + 4 * HOUR, by=coach.user, at=AT, outside_hours=True
    )
    sync(AT + 2 * MINUTES)
    sync(AT + 3 * MINUTES)

    assert CalendarEntry.objects.get().reply == ""
    assert written(there, session)["attendee"].params["PARTSTAT"] == "NEEDS-ACTION"


# --- Failure ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_changed_password_is_said_plainly_and_a_new_one_mends_it(there, as_coach):
    put(there, "dentist", NINE)
    sync()
    there.server.set_password("another one")
    try:
        sync(AT + MINUTES)
        connection = CalendarConnection.objects.get()
        assert connection.problem == "PASSWORD"
        assert busy()  # what was read last goes on blocking
        page = as_coach.get(reverse("bookings:connections")).content.decode()
        assert "The password no longer works" in page

        connections.change_password(
            connection=connection, password="another one", at=AT + 2 * MINUTES
        )
        assert calendar_sync.sync_due(at=AT + 2 * MINUTES) == 1
        assert CalendarConnection.objects.get().problem == ""
    finally:
        there.server.set_password(PASSWORD)


@pytest.mark.django_db
def test_failures_are_tried_less_and_less_often(there):
    waits = []
    there.server.set_password("another one")
    try:
        at = AT
        CalendarConnection.objects.update(next_sync_at=at)
        for _ in range(9):
            calendar_sync.sync_due(at=at)
            following = CalendarConnection.objects.get().next_sync_at
            waits.append((following - at) / timedelta(minutes=1))
            at = following
    finally:
        there.server.set_password(PASSWORD)

    assert waits == [5, 10, 20, 40, 80, 160, 320, 360, 360]


@pytest.mark.django_db
def test_a_sync_claims_its_connection(there):
    CalendarConnection.objects.update(next_sync_at=AT)

    assert calendar_sync._claim(AT)
    assert calendar_sync._claim(AT) is None


@pytest.mark.django_db
def test_an_event_is_written_at_its_own_address(make_session):
    text = calendar_writing.event_text(make_session(NINE), shows="BUSY", at=AT)

    assert Calendar.from_ical(text).walk("VEVENT")[0]["uid"].endswith("@testserver")
