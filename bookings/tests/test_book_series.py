"""Several sessions of a programme are booked at once: all of them, or none."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from bookings import actions
from bookings.actions import checks, locking, series
from bookings.actions.booking_request import BookingRequest
from bookings.actions.series import SeriesRequest
from bookings.models import (
    CalendarConnection,
    CoachingSession,
    ConnectedCalendar,
    OccupiedTime,
    Programme,
)
from coaching_portal.common.refusals import Refusal
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    accepted,
    agreed_programme,
    book_session,
    open_hours,
)
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import at_once, hold_at, without_constraints
from profiles.models import DiaryDelegate

pytestmark = pytest.mark.django_db

WEEK, HOUR = timedelta(days=7), timedelta(hours=1)
FORTNIGHTLY = [NINE + 2 * n * WEEK for n in range(3)]
COACH, CLIENT = "bookings_coach_is_in_one_place", "bookings_client_is_in_one_place"
PERSON = "bookings_person_is_in_one_place"


@pytest.fixture
def programme(coach, client_user):
    open_hours(coach)
    agreed = agreed_programme(coach, client_user, sessions=6)
    OutgoingMessage.objects.all().delete()  # about the programme itself
    return agreed


def book(programme, starts, *, by=None, at=WEEKS_AHEAD, **asked):
    request = SeriesRequest(programme, starts, asked.pop("location", "VIDEO"), **asked)
    return actions.book_series(series_request=request, by=by or programme.client, at=at)


def test_each_session_is_a_session_of_its_own(programme, client_user):
    booked = book(programme, FORTNIGHTLY)

    assert [each.starts_at for each in CoachingSession.objects.order_by("starts_at")] == FORTNIGHTLY
    assert len({each.uuid for each in booked}) == 3
    assert {each.status for each in booked} == {"BOOKED"}
    assert {(each.programme, each.client, each.sequence) for each in booked} == {
        (programme, client_user, 0)
    }
    assert {each.agreement for each in booked} == {programme.agreement}
    assert {each.price for each in booked} == {programme.price_of_a_session}
    assert all(each.events.get().what == "BOOKED" for each in booked)


def test_one_is_moved_and_one_cancelled_and_the_third_stays(programme, client_user):
    first, second, third = book(programme, FORTNIGHTLY)

    actions.move(session=first, starts_at=NINE + HOUR, by=client_user, at=WEEKS_AHEAD)
    actions.cancel(session=second, by=client_user, at=WEEKS_AHEAD)

    third.refresh_from_db()
    assert (third.status, third.sequence) == ("BOOKED", 0)
    assert programme.sessions_left == 4


def test_when_one_time_is_taken_nothing_is_booked(programme, make_user, coach):
    book_session(coach, make_user("other@example.org"), starts_at=FORTNIGHTLY[1])

    with pytest.raises(actions.TimeTaken, match=r"Monday 21 June 2027 at 9am: .*Nothing has been"):
        book(programme, FORTNIGHTLY)

    assert programme.sessions.count() == 0
    assert not OutgoingMessage.objects.filter(kind="series-booked").exists()


def test_a_time_that_single_bookings_do_not_offer_is_refused(programme):
    sunday = NINE - timedelta(days=1)

    with pytest.raises(actions.NotOffered):
        book(programme, [NINE, sunday])

    assert programme.sessions.count() == 0


def test_as_many_as_are_left_are_booked(programme):
    assert len(book(programme, [NINE + n * HOUR for n in range(6)])) == 6


def test_one_more_than_are_left_is_refused(programme):
    with pytest.raises(actions.AllowanceUsed, match=r"6 sessions are left .* you have chosen 7"):
        book(programme, [NINE + n * HOUR for n in range(7)])

    assert programme.sessions.count() == 0


def test_the_limit_of_open_sessions_is_for_single_ones_only(programme, settings):
    settings.MOST_OPEN_SESSIONS = settings.MOST_OPEN_SESSIONS_AT_FIRST = 1

    assert len(book(programme, FORTNIGHTLY)) == 3


def test_the_coachs_limits_count_what_the_series_itself_books(programme, coach):
    open_hours(coach, most_sessions_a_day=1)

    with pytest.raises(actions.NotOffered):
        book(programme, [NINE, NINE + HOUR])

    assert programme.sessions.count() == 0


def test_the_same_time_twice_is_refused(programme):
    with pytest.raises(actions.TimeTaken):
        book(programme, [NINE, NINE])


def test_nothing_chosen_is_refused(programme):
    with pytest.raises(series.NothingChosen):
        book(programme, [])


def test_more_than_may_be_booked_at_once_are_refused(programme):
    with pytest.raises(series.TooManyAtOnce):
        book(programme, [NINE] * (series.MOST_AT_ONCE + 1))


def test_a_programme_that_is_paused_is_refused(programme):
    Programme.objects.update(status="PAUSED")

    with pytest.raises(Refusal):
        book(programme, FORTNIGHTLY)


def test_the_time_that_the_client_holds_is_theirs(programme, coach, client_user):
    actions.hold(
        booking_request=BookingRequest(coach, NINE, 60, programme=programme),
        client=client_user,
        by=client_user,
        visitor_key="heron",
        at=WEEKS_AHEAD,
    )

    assert len(book(programme, FORTNIGHTLY)) == 3
    assert not CoachingSession.objects.filter(status="HELD").exists()


def test_the_clock_of_the_first_time_is_kept_across_the_change(programme):
    before = datetime(2027, 10, 25, 8, tzinfo=UTC)
    after = datetime(2027, 11, 1, 9, tzinfo=UTC)

    assert len(book(programme, [before, after], at=before - 30 * timedelta(days=1))) == 2


def test_needs_that_are_known_are_kept_with_each_session(programme, client_user):
    client_user.needs = "A quiet room"
    client_user.save()

    assert {each.needs for each in book(programme, FORTNIGHTLY)} == {"A quiet room"}


# --- What is sent -------------------------------------------------------------------------


def to(user, mailoutbox):
    return [mail for mail in mailoutbox if mail.to == [user.email]]


def events_in(mail):
    [file] = [each for each in mail.attachments if each[0] == "sessions.ics"]
    return icalendar.Calendar.from_ical(file[1]).walk("VEVENT")


def test_each_side_gets_one_email_with_all_dates(programme, coach, client_user, mailoutbox):
    booked = book(programme, FORTNIGHTLY)

    outbox.deliver_due(WEEKS_AHEAD)

    [confirmation], [news] = to(client_user, mailoutbox), to(coach.user, mailoutbox)
    assert confirmation.subject == "Booked: 3 sessions from Monday 7 June 2027 at 9am"
    for day in ("Monday 7 June 2027, 9am to 10am", "Monday 21 June", "Monday 5 July"):
        assert day in confirmation.body
    assert "Price: £75.00 each" in confirmation.body
    assert news.subject == "Booked: Cleo Client, 3 sessions from Monday 7 June 2027 at 9am"
    assert {event["UID"].split("@")[0] for event in events_in(confirmation)} == {
        str(each.uuid) for each in booked
    }
    assert [event["SEQUENCE"] for event in events_in(news)] == [0, 0, 0]


def test_the_file_has_the_events_that_later_emails_change(programme, client_user, mailoutbox):
    first, *_ = book(programme, FORTNIGHTLY)
    outbox.deliver_due(WEEKS_AHEAD)
    actions.move(session=first, starts_at=NINE + HOUR, by=client_user, at=WEEKS_AHEAD)
    outbox.deliver_due(WEEKS_AHEAD)

    confirmation, moved = to(client_user, mailoutbox)
    [part] = [p for p in moved.message().walk() if p.get_content_type() == "text/calendar"]
    event = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
    assert event["UID"] == events_in(confirmation)[0]["UID"]
    assert event["SEQUENCE"] == 1


def test_a_session_cancelled_before_the_email_goes_is_left_out(programme, client_user, mailoutbox):
    first, *_ = book(programme, FORTNIGHTLY)
    actions.cancel(session=first, by=client_user, at=WEEKS_AHEAD)

    outbox.deliver_due(WEEKS_AHEAD)

    [confirmation] = [m for m in to(client_user, mailoutbox) if "2 sessions" in m.subject]
    assert len(events_in(confirmation)) == 2


def test_when_all_are_cancelled_no_confirmation_goes(programme, client_user, mailoutbox):
    for each in book(programme, FORTNIGHTLY):
        actions.cancel(session=each, by=client_user, at=WEEKS_AHEAD)

    outbox.deliver_due(WEEKS_AHEAD)

    assert not [mail for mail in mailoutbox if "sessions from" in mail.subject]


def write_elsewhere(coach):
    """A connection writes the coach's sessions to a calendar of hers."""
    connection = CalendarConnection.objects.create(
        coach=coach, label="Work", secret=b"x", created_at=WEEKS_AHEAD, next_sync_at=WEEKS_AHEAD
    )
    ConnectedCalendar.objects.create(
        connection=connection, name="Work", can_write=True, gets_sessions=True
    )


def test_what_the_coach_books_is_sent_to_her_for_her_calendar(
    programme, coach, client_user, mailoutbox
):
    book(programme, FORTNIGHTLY, by=coach.user)
    outbox.deliver_due(WEEKS_AHEAD)

    [confirmation], [news] = to(client_user, mailoutbox), to(coach.user, mailoutbox)
    assert "Booked by: Una Umber" in confirmation.body
    assert len(events_in(news)) == 3


def test_what_the_coach_books_is_told_to_the_client_alone_where_it_is_written_to_her_calendar(
    programme, coach, client_user, mailoutbox
):
    write_elsewhere(coach)
    book(programme, FORTNIGHTLY, by=coach.user)
    outbox.deliver_due(WEEKS_AHEAD)

    assert to(client_user, mailoutbox)
    assert not to(coach.user, mailoutbox)


def test_a_coach_whose_calendar_is_written_to_gets_no_file(programme, coach, mailoutbox):
    write_elsewhere(coach)
    book(programme, FORTNIGHTLY)
    outbox.deliver_due(WEEKS_AHEAD)

    [news] = to(coach.user, mailoutbox)
    assert not news.attachments
    assert "adds them all" not in news.body


def test_each_session_is_reminded_of(programme):
    book(programme, FORTNIGHTLY)

    assert OutgoingMessage.objects.filter(kind="session-reminder-day").count() == 3


def test_an_assistant_books_for_the_client(programme, make_user, client_user):
    assistant = make_user("assistant@example.org")
    DiaryDelegate.objects.create(user=assistant, client=client_user)

    booked = book(programme, FORTNIGHTLY, by=assistant)

    assert {(each.client, each.booked_by) for each in booked} == {(client_user, assistant)}


# --- At one moment ------------------------------------------------------------------------


def series_of(programme, starts=FORTNIGHTLY):
    return lambda: book(programme, starts)


def single_of(coach, client, starts_at):
    def call():
        return actions.book(
            booking_request=BookingRequest(coach, starts_at, 60),
            client=client,
            by=client,
            at=WEEKS_AHEAD,
            details=accepted(coach),
        )

    return call


def whole(answers):
    return [answer for answer in answers if not isinstance(answer, Exception)]


@pytest.fixture
def without_turns(monkeypatch):
    """Nobody waits for the coach's, the client's or the programme's row."""
    for name in ("lock_coach", "lock_client", "lock_programme"):
        monkeypatch.setattr(locking, name, lambda row: row)


@pytest.mark.django_db(transaction=True)
def test_a_series_and_single_bookings_of_one_of_its_times(programme, coach, make_user):
    others = [make_user(f"walk-in{number}@example.org") for number in range(5)]
    walk_ins = [single_of(coach, each, FORTNIGHTLY[1]) for each in others]

    answers = at_once([series_of(programme), *walk_ins])

    assert len(whole(answers)) == 1
    assert all(
        isinstance(each, actions.TimeTaken) for each in answers if each not in whole(answers)
    )
    assert CoachingSession.objects.count() == (3 if whole(answers[:1]) else 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_series_that_share_a_time_one_is_booked_whole(programme, coach, make_user):
    other = agreed_programme(coach, make_user("other@example.org"), sessions=6)
    shifted = [start + 2 * WEEK for start in FORTNIGHTLY]

    answers = at_once([series_of(programme), series_of(other, shifted)])

    assert len(whole(answers)) == 1
    assert CoachingSession.objects.count() == 3
    assert CoachingSession.objects.values("programme").distinct().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_series_of_a_programme_with_four_sessions_left_one_is_booked(coach, client_user):
    open_hours(coach)
    programme = agreed_programme(coach, client_user, sessions=4)
    later = [start + WEEK for start in FORTNIGHTLY]

    answers = at_once([series_of(programme), series_of(programme, later)])

    assert [type(each) for each in answers if isinstance(each, Exception)] == [
        actions.AllowanceUsed
    ]
    assert CoachingSession.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_control_without_locks_and_constraints_a_time_is_booked_twice(
    programme, coach, make_user, without_turns, monkeypatch
):
    walk_in = single_of(coach, make_user("walk-in@example.org"), NINE)
    hold_at(monkeypatch, checks, "check_offer", 2)

    with (
        without_constraints(CoachingSession, COACH, CLIENT),
        without_constraints(OccupiedTime, PERSON),
    ):
        answers = at_once([series_of(programme, [NINE]), walk_in])
        assert CoachingSession.objects.filter(starts_at=NINE).count() == 2
    assert len(whole(answers)) == 2


@pytest.mark.django_db(transaction=True)
def test_control_without_locks_a_programme_gives_more_than_was_agreed(
    coach, client_user, without_turns, monkeypatch
):
    open_hours(coach)
    programme = agreed_programme(coach, client_user, sessions=4)
    later = [start + WEEK for start in FORTNIGHTLY]
    hold_at(monkeypatch, series, "_check_allowance", 2)
    monkeypatch.setattr(checks, "_check_allowance", lambda *each: None)

    at_once([series_of(programme), series_of(programme, later)])

    assert CoachingSession.objects.count() == 6
