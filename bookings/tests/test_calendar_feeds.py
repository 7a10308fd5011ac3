"""What calendar programs read at a feed's address, and when they are told that nothing changed."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from bookings import actions
from bookings.actions import feeds
from bookings.calendars.feeds import KEPT_FOR
from bookings.emails import invitations
from bookings.models import CalendarFeed, CoachingSession
from coaching_portal.notifications.sender import practice
from coaching_portal.observability.logs import fields_of
from coaching_portal.observability.redaction import shown_path
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, agreed_programme, book_session
from coaching_portal.testing.plugin import NINE
from profiles.actions import erasure
from profiles.models import DiaryDelegate
from training import actions as training
from training.actions import Learner
from training.models import Cohort, Course, EnrolmentTerms, TeachingSession

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(WEEKS_AHEAD, tick=False)
    return time_machine


@pytest.fixture
def make_feed():
    """make_feed(user, shows="NAMES"): the address of a new feed."""

    def make(user, shows="NAMES", label="Phone"):
        _, token = feeds.make_feed(user=user, label=label, shows=shows, at=WEEKS_AHEAD)
        return reverse("bookings:calendar_feed", args=[token])

    return make


@pytest.fixture
def session(people):
    return book_session(people.coach.coach, people.client)


def read(address, **headers):
    return Client().get(address, headers=headers)


def events_at(address):
    response = read(address)
    assert response.status_code == 200
    return Calendar.from_ical(response.content).walk("VEVENT")


def summaries_at(address):
    return [str(event["SUMMARY"]) for event in events_at(address)]


# --- What it shows -----------------------------------------------------------------------


def test_a_feed_is_a_calendar_with_a_name_that_is_read_again_each_hour(people, session, make_feed):
    response = read(make_feed(people.client))

    calendar = Calendar.from_ical(response.content)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert str(calendar["X-WR-CALNAME"]) == f"{practice().name}: Cleo Client"
    assert calendar["REFRESH-INTERVAL"].dt == HOUR
    assert calendar["VERSION"] == "2.0"


def test_an_event_has_the_uid_and_sequence_of_the_invitation(people, session, make_feed):
    actions.move(session=session, starts_at=NINE + HOUR, by=session.client, at=WEEKS_AHEAD)
    session.refresh_from_db()
    file = invitations.invitation(session, method="REQUEST", at=WEEKS_AHEAD)
    invited = Calendar.from_ical(file).walk("VEVENT")[0]

    event = events_at(make_feed(people.client))[0]

    assert event["SEQUENCE"] == 1
    for name in ("UID", "SEQUENCE", "STATUS"):
        assert event[name] == invited[name]
    for name in ("DTSTART", "DTEND"):
        assert event[name].dt == invited[name].dt


WITH_WHOM = {
    ("client", "BUSY"): "Busy",
    ("client", "INITIALS"): "Session with UU",
    ("client", "NAMES"): "Session with Una Umber",
    ("coach", "BUSY"): "Busy",
    ("coach", "INITIALS"): "Session with CC",
    ("coach", "NAMES"): "Session with Cleo Client",
    ("delegate", "BUSY"): "Busy",
    ("delegate", "INITIALS"): "CC: Session with UU",
    ("delegate", "NAMES"): "Cleo Client: Session with Una Umber",
}


@pytest.mark.parametrize(("person", "shows"), WITH_WHOM)
def test_each_person_reads_with_whom_as_chosen(person, shows, people, session, make_feed):
    address = make_feed(getattr(people, person), shows)

    assert summaries_at(address) == [WITH_WHOM[person, shows]]


@pytest.mark.parametrize("person", ["client", "coach", "delegate"])
def test_a_session_is_shown_without_its_content(person, people, make_feed):
    programme = agreed_programme(people.coach.coach, people.client, title="Leading the ward")
    session = book_session(
        people.coach.coach, people.client, programme=programme, agenda="Rotas", needs="A lift"
    )
    CoachingSession.objects.filter(pk=session.pk).update(
        location="WORKPLACE", location_details="9 Heron Road"
    )

    text = read(make_feed(getattr(people, person))).content.decode()

    assert "Session with" in text
    for word in ("Leading", "Rotas", "lift", "Heron", "75.00", "£", "DESCRIPTION", "ATTENDEE"):
        assert word not in text


def test_a_feed_that_shows_busy_only_has_no_name_location_or_link(people, session, make_feed):
    text = read(make_feed(people.coach, "BUSY")).content.decode()

    for word in ("Cleo", "Session", "LOCATION", "URL", "Video"):
        assert word not in text


def test_strangers_and_holds_are_in_no_feed(people, session, make_feed):
    CoachingSession.objects.create(
        coach=people.coach.coach,
        client=people.client,
        status="HELD",
        starts_at=NINE + DAY,
        ends_at=NINE + DAY + HOUR,
        free_again_at=NINE + DAY + HOUR,
        held_until=NINE,
        rate=75,
        price=75,
    )

    assert events_at(make_feed(people.stranger)) == []
    assert events_at(make_feed(people.other_coach)) == []
    assert len(events_at(make_feed(people.client))) == 1


def test_an_assistant_whom_the_client_removed_reads_nothing(people, session, make_feed):
    address = make_feed(people.delegate)
    assert len(events_at(address)) == 1

    DiaryDelegate.objects.filter(user=people.delegate).delete()

    assert events_at(address) == []


def test_a_cancelled_session_is_shown_as_cancelled_for_60_days(people, session, make_feed, clock):
    address = make_feed(people.client)
    actions.cancel(session=session, by=people.client, at=WEEKS_AHEAD)

    event = events_at(address)[0]
    assert (event["STATUS"], event["SEQUENCE"], event["TRANSP"]) == ("CANCELLED", 1, "TRANSPARENT")
    clock.move_to(WEEKS_AHEAD + KEPT_FOR, tick=False)
    assert len(events_at(address)) == 1
    clock.move_to(WEEKS_AHEAD + KEPT_FOR + DAY, tick=False)
    assert events_at(address) == []


def test_a_session_that_is_over_is_shown_for_60_days(people, session, make_feed, clock):
    address = make_feed(people.client)

    clock.move_to(NINE + KEPT_FOR, tick=False)
    assert len(events_at(address)) == 1
    clock.move_to(NINE + KEPT_FOR + DAY, tick=False)
    assert events_at(address) == []


def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change(people, make_feed):
    """British Summer Time ends on 31 October 2027."""
    starts = [datetime(2027, 10, 29, 8, tzinfo=UTC), datetime(2027, 11, 1, 9, tzinfo=UTC)]
    for start in starts:
        book_session(people.coach.coach, people.client, starts_at=start, at=start - 30 * DAY)

    events = events_at(make_feed(people.client))

    assert [event["DTSTART"].dt for event in events] == starts
    assert [event["DTSTART"].to_ical() for event in events] == [
        b"20271029T080000Z",
        b"20271101T090000Z",
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann; Bob, Cy\\Dee", "Session with Ann; Bob, Cy\\Dee"),
        ("Ünal Çelik " + "Ö" * 120, "Session with Ünal Çelik " + "Ö" * 120),
        ("Eve\r\nATTENDEE:mailto:x@example.org", "Session with Eve ATTENDEE:mailto:x@example.org"),
    ],
)
def test_any_name_is_one_text_of_short_lines(name, shown, people, session, make_feed):
    type(people.client).objects.filter(pk=people.client.pk).update(name=name)
    address = make_feed(people.coach)

    assert summaries_at(address) == [shown]
    lines = read(address).content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75


# --- Courses -----------------------------------------------------------------------------


@pytest.fixture
def place(people):
    """The client's place on a course of two days."""
    course = Course.objects.create(slug="audit", title="Audit", price=295, is_published=True)
    cohort = Cohort.objects.create(
        course=course, capacity=9, status=Cohort.Status.OPEN, venue="Hall"
    )
    for day in range(2):
        start = NINE + day * 7 * DAY
        TeachingSession.objects.create(
            cohort=cohort, starts_at=start, ends_at=start + (3 + day) * HOUR
        )
    booking = training.enrol(
        cohort=cohort,
        by=people.client,
        learners=[Learner("Cleo Client", people.client.email)],
        terms=EnrolmentTerms.current(),
        at=WEEKS_AHEAD,
    )
    return booking.enrolments.get()


def test_a_learner_reads_each_teaching_session_of_a_course(people, place, make_feed):
    first, second = events_at(make_feed(people.client))

    assert first["UID"] == second["UID"] == f"{place.uuid}@testserver"
    assert (first["DTSTART"].dt, first["DTEND"].dt) == (NINE, NINE + 3 * HOUR)
    assert [each.dt for each in first["RDATE"].dts] == [NINE + 7 * DAY]
    assert second["RECURRENCE-ID"].dt == second["DTSTART"].dt == NINE + 7 * DAY
    assert second["DTEND"].dt - second["DTSTART"].dt == 4 * HOUR
    assert first["SUMMARY"] == f"Course {place.cohort.code}"
    assert first["LOCATION"] == "At a venue"


def test_a_course_that_is_cancelled_is_shown_as_cancelled(people, place, make_feed):
    address = make_feed(people.client, "BUSY")
    training.cancel_cohort(cohort=place.cohort, by=people.admin, at=WEEKS_AHEAD)

    (event,) = events_at(address)

    assert (event["STATUS"], event["SEQUENCE"], event["SUMMARY"]) == ("CANCELLED", 2, "Busy")


def test_a_course_is_in_no_feed_but_its_learners(people, place, make_feed):
    for person in (people.stranger, people.delegate, people.coach):
        assert events_at(make_feed(person)) == []


def test_a_trainer_reads_the_teaching_sessions_without_learners(people, place, make_feed):
    place.cohort.course.trainers.add(people.coach)

    first, second = events_at(make_feed(people.coach))

    assert first["UID"] == second["UID"] == f"teaching-{place.cohort.uuid}@testserver"
    assert [event["DTSTART"].dt for event in (first, second)] == [NINE, NINE + 7 * DAY]
    assert [event["SUMMARY"] for event in (first, second)] == [f"Teaching {place.cohort.code}"] * 2
    assert "Cleo" not in read(make_feed(people.coach)).text
    assert summaries_at(make_feed(people.coach, "BUSY")) == ["Busy"] * 2


def test_a_trainer_reads_no_draft_and_that_a_course_is_cancelled(people, place, make_feed):
    place.cohort.course.trainers.add(people.coach)
    address = make_feed(people.coach)
    training.cancel_cohort(cohort=place.cohort, by=people.admin, at=WEEKS_AHEAD)
    (event,) = events_at(address)
    Cohort.objects.update(status=Cohort.Status.DRAFT)

    assert event["STATUS"] == "CANCELLED"
    assert events_at(address) == []


@pytest.mark.parametrize(("late", "is_shown"), [(timedelta(0), True), (DAY, False)])
def test_what_a_trainer_has_taught_is_shown_for_60_days(
    late, is_shown, people, place, make_feed, clock
):
    place.cohort.course.trainers.add(people.coach)
    address = make_feed(people.coach)

    clock.move_to(NINE + 7 * DAY + KEPT_FOR + late)

    assert bool(events_at(address)) is is_shown


# --- Unchanged: 304 ----------------------------------------------------------------------


def test_what_has_not_changed_is_not_sent_again(people, session, make_feed, clock):
    address = make_feed(people.client)
    first = read(address)
    clock.shift(HOUR)

    for header in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        again = read(address, **header)
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
        assert again["Last-Modified"] == first["Last-Modified"]
    assert "private" in again["Cache-Control"]


def _booked(people, session):
    book_session(people.coach.coach, people.client, starts_at=NINE + DAY)


def _moved(people, session):
    actions.move(session=session, starts_at=NINE + HOUR, by=people.client, at=WEEKS_AHEAD)


def _cancelled(people, session):
    actions.cancel(session=session, by=people.client, at=WEEKS_AHEAD)


def _renamed(people, session):
    people.coach.name = "Una Unwin"
    people.coach.save()


def _enrolled(people, session):
    course = Course.objects.create(slug="audit", title="Audit", price=295, is_published=True)
    cohort = Cohort.objects.create(course=course, capacity=9, status=Cohort.Status.OPEN)
    TeachingSession.objects.create(cohort=cohort, starts_at=NINE + DAY, ends_at=NINE + DAY + HOUR)
    learners = [Learner("Cleo Client", people.client.email)]
    terms = EnrolmentTerms.current()
    training.enrol(cohort=cohort, by=people.client, learners=learners, terms=terms, at=WEEKS_AHEAD)


@pytest.mark.parametrize("change", [_booked, _moved, _cancelled, _renamed, _enrolled])
def test_what_has_changed_is_sent_even_in_the_same_second(change, people, session, make_feed):
    address = make_feed(people.client)
    first = read(address)

    change(people, session)

    for header in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        again = read(address, **header)
        assert again.status_code == 200
        assert again.content != first.content
        assert again["ETag"] != first["ETag"]
        assert again["Last-Modified"] > first["Last-Modified"]


def test_what_a_feed_does_not_show_changes_no_etag(people, session, make_feed, clock):
    address = make_feed(people.client, "BUSY")
    first = read(address)
    _renamed(people, session)
    actions.add_to_agenda(session=session, text="Rotas", by=people.client, at=WEEKS_AHEAD)
    other = book_session(people.other_coach.coach, people.stranger)
    clock.move_to(NINE + 2 * HOUR, tick=False)
    actions.confirm(session=session, by=people.coach, at=NINE + 2 * HOUR)
    actions.confirm(session=other, by=people.other_coach, at=NINE + 2 * HOUR)

    assert read(address, **{"If-None-Match": first["ETag"]}).status_code == 304


def test_two_readers_of_two_versions_are_not_told_which_is_newer(people, session, make_feed):
    read(make_feed(people.client))
    stale = CalendarFeed.objects.get()
    feeds.record_reading(feed=CalendarFeed.objects.get(), version="b" * 64, at=WEEKS_AHEAD)

    assert feeds.record_reading(feed=stale, version="a" * 64, at=WEEKS_AHEAD) is None
    assert CalendarFeed.objects.get().version == "b" * 64


def test_it_is_kept_once_an_hour_when_a_feed_was_read(people, session, make_feed, clock):
    address = make_feed(people.client)
    read(address)
    for minutes, last in ((59, WEEKS_AHEAD), (60, WEEKS_AHEAD + HOUR)):
        clock.move_to(WEEKS_AHEAD + minutes * timedelta(minutes=1), tick=False)
        read(address)
        assert CalendarFeed.objects.get().last_read_at == last


# --- Who may read ------------------------------------------------------------------------


def test_an_address_that_is_revoked_answers_like_one_that_never_was(people, session, make_feed):
    address = make_feed(people.client)
    assert read(address).status_code == 200

    feeds.revoke_feed(feed=CalendarFeed.objects.get())

    revoked, unknown = read(address), read("/calendar/feed/unknown.ics")
    assert (revoked.status_code, unknown.status_code) == (404, 404)
    assert _without_nonce(revoked) == _without_nonce(unknown)


def _without_nonce(response):
    nonce = getattr(response.wsgi_request, "_csp_nonce", None)
    text = response.content.decode()
    return text.replace(str(nonce), "") if nonce else text


def test_unknown_and_revoked_addresses_ask_the_same_of_the_database(people, make_feed):
    address = make_feed(people.client)
    feeds.revoke_feed(feed=CalendarFeed.objects.get())

    read("/calendar/feed/first.ics")  # what is looked up once and kept
    asked = []
    for each in (address, "/calendar/feed/unknown.ics"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            read(each)
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_somebody_who_is_erased_has_no_feed(people, make_feed):
    address = make_feed(people.delegate)

    erasure.erase(user=people.delegate, at=WEEKS_AHEAD)

    assert read(address).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_somebody_whose_account_is_closed_is_read_by_nobody(people, make_feed):
    address = make_feed(people.client)
    type(people.client).objects.filter(pk=people.client.pk).update(is_active=False)

    assert read(address).status_code == 404


def test_who_tries_many_addresses_is_slowed_and_others_still_read(people, session, make_feed):
    address = make_feed(people.client)

    answers = [read(f"/calendar/feed/{number}.ics").status_code for number in range(31)]

    assert answers == [404] * 30 + [429]
    assert read(address).status_code == 200


def test_only_the_hash_of_the_token_is_in_the_database(people, make_feed):
    token = make_feed(people.client).rpartition("/")[2].removesuffix(".ics")
    assert len(token) == 43  # 256 bits

    assert rows_with(CalendarFeed.objects.get().token_sha256)  # the search finds what is there
    assert rows_with(token) == []


def rows_with(word):
    """The tables of the database in which a row has the word in any of its columns."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = []
        for table in tables:
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS shown WHERE shown::text LIKE %s', [f"%{word}%"]
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_no_log_has_the_token(people, session, make_feed, caplog):
    address = make_feed(people.client)
    token = address.rpartition("/")[2].removesuffix(".ics")
    with caplog.at_level(logging.DEBUG):
        response = read(address)
        CalendarFeed.objects.all().delete()
        read(address)

    lines = [str(fields_of(record)) for record in caplog.records]
    assert any("feed" in line for line in lines)
    assert token not in "".join(lines)
    assert shown_path(response.wsgi_request) == "/calendar/feed/<token>.ics"


# --- Many --------------------------------------------------------------------------------


def test_a_feed_asks_the_same_of_the_database_however_long_it_is(people, session, make_feed):
    address = make_feed(people.coach)
    read(address)
    few = _queries(address)
    for number in range(1, 7):
        start = NINE + number * HOUR
        programme = agreed_programme(people.coach.coach, people.client)
        book_session(people.coach.coach, people.client, starts_at=start, programme=programme)
    read(address)

    assert _queries(address) == few
    assert few == {"whole": 8, "unchanged": 5}


def _queries(address):
    with CaptureQueriesContext(connection) as whole:
        response = read(address)
    with CaptureQueriesContext(connection) as unchanged:
        read(address, **{"If-None-Match": response["ETag"]})
    return {"whole": len(whole), "unchanged": len(unchanged)}
