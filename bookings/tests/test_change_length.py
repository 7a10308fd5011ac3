"""A coach makes a session longer or shorter: what is checked, what it costs, who is told."""

import threading
from datetime import timedelta
from decimal import Decimal

import icalendar
import pytest

from bookings import actions
from bookings.actions import locking
from bookings.actions.booking_request import BookingRequest
from bookings.emails.sessions import UNDO_LASTS
from bookings.models import (
    BookingRules,
    BusyTime,
    CoachingSession,
    OccupiedTime,
    TimeOff,
)
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories.ledger import issue_to, set_up_practice
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    agreed_programme,
    answers,
    book_session,
    details_url,
    open_hours,
)
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import (
    Press,
    cookies_of,
    press_at_once,
    without_constraints,
)

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NO_BREAK = "\xa0"


@pytest.fixture(autouse=True)
def _weeks_ahead(time_machine):
    time_machine.move_to(WEEKS_AHEAD)


def change_length(session, minutes, *, at=WEEKS_AHEAD, by=None, **how):
    return actions.change_length(
        session=session, minutes=minutes, by=by or session.coach.user, at=at, **how
    )


def test_a_longer_session_ends_later_and_costs_more(coach, client_user):
    session = book_session(coach, client_user)

    changed = change_length(session, 90)

    changed.refresh_from_db()
    assert (changed.starts_at, changed.minutes) == (NINE, 90)
    assert (changed.rate, changed.price) == (Decimal("75.00"), Decimal("112.50"))
    assert (changed.sequence, changed.uuid) == (1, session.uuid)
    assert changed.free_again_at == changed.ends_at


def test_the_rate_is_the_one_at_which_it_was_booked(coach, client_user):
    session = book_session(coach, client_user)
    coach.hourly_rate = Decimal(200)
    coach.save()

    assert change_length(session, 120).price == Decimal("150.00")


def test_a_shorter_session_costs_less_and_keeps_its_buffer(coach, client_user, stranger):
    open_hours(coach)
    session = book_session(coach, client_user, minutes=90)
    book_session(coach, stranger, starts_at=NINE + 90 * MINUTE)
    BookingRules.objects.update(buffer_minutes=45)

    changed = change_length(session, 75)

    assert (changed.price, changed.free_again_at) == (Decimal("93.75"), NINE + 75 * MINUTE)


def test_a_session_may_end_when_the_next_begins_and_not_later(coach, client_user, stranger):
    session = book_session(coach, client_user)
    book_session(coach, stranger, starts_at=NINE + 90 * MINUTE)

    with pytest.raises(actions.TimeTaken):
        change_length(session, 105)
    assert change_length(session, 90).minutes == 90


def test_its_client_is_in_one_place(coach, client_user, make_user):
    other = type(coach).objects.create(user=make_user("other@example.org"), slug="other")
    session = book_session(coach, client_user)
    book_session(other, client_user, starts_at=NINE + HOUR)

    with pytest.raises(actions.TimeTaken):
        change_length(session, 75)


def test_a_hold_that_has_run_out_is_not_in_the_way(coach, client_user):
    session = book_session(coach, client_user)
    request = BookingRequest(coach, NINE + HOUR, 60)
    actions.hold(booking_request=request, at=WEEKS_AHEAD, visitor_key="heron")

    with pytest.raises(actions.TimeTaken):
        change_length(session, 90)
    assert change_length(session, 90, at=WEEKS_AHEAD + 11 * MINUTE).minutes == 90


def test_it_ends_in_her_hours_unless_she_leaves_them(coach, client_user):
    session = book_session(coach, client_user, starts_at=NINE + 7 * HOUR)

    with pytest.raises(actions.OutsideHours):
        change_length(session, 75)
    assert change_length(session, 75, outside_hours=True).minutes == 75


def test_it_ends_before_her_time_off_unless_she_says_so(coach, client_user):
    session = book_session(coach, client_user)
    TimeOff.objects.create(coach=coach, starts_at=NINE + 90 * MINUTE, ends_at=NINE + 3 * HOUR)

    with pytest.raises(actions.OutsideHours):
        change_length(session, 105)
    assert change_length(session, 90).minutes == 90


def test_what_is_in_another_calendar_is_in_the_way_whatever_she_says(coach, client_user):
    session = book_session(coach, client_user)
    BusyTime.objects.create(coach=coach, starts_at=NINE + 90 * MINUTE, ends_at=NINE + 3 * HOUR)

    with pytest.raises(actions.NotOffered):
        change_length(session, 105, outside_hours=True)
    assert change_length(session, 90).minutes == 90


def test_a_session_outside_her_hours_may_always_be_shorter(coach, client_user):
    session = book_session(coach, client_user, minutes=90)
    evening = NINE + 10 * HOUR
    move = {"session": session, "starts_at": evening, "by": coach.user, "at": WEEKS_AHEAD}
    session = actions.move(**move, outside_hours=True)

    assert change_length(session, 60).minutes == 60


def test_until_its_start_and_not_after(coach, client_user):
    session = book_session(coach, client_user)

    with pytest.raises(actions.AlreadyStarted):
        change_length(session, 90, at=NINE)
    assert change_length(session, 90, at=NINE - timedelta(seconds=1)).minutes == 90


def test_what_is_cancelled_keeps_its_length(coach, client_user):
    session = book_session(coach, client_user)
    actions.cancel(session=session, by=client_user, at=WEEKS_AHEAD)

    with pytest.raises(actions.NotBooked):
        change_length(session, 90)


def test_only_to_another_length_that_is_offered(coach, client_user):
    session = book_session(coach, client_user)

    for minutes in (30, 60, 61, 600):
        with pytest.raises(actions.LengthStays):
            change_length(session, minutes)


def test_a_free_conversation_keeps_its_length(coach, client_user):
    session = book_session(coach, client_user, minutes=30)

    with pytest.raises(actions.LengthStays):
        change_length(session, 60)


def test_only_the_coach_changes_it(coach, client_user):
    session = book_session(coach, client_user)

    with pytest.raises(actions.LengthStays):
        change_length(session, 90, by=client_user)


def test_what_is_on_an_invoice_keeps_its_length(coach, client_user, admin_user):
    session = book_session(coach, client_user)
    set_up_practice()
    invoice = issue_to(client_user, (1, "75.00"), by=admin_user)
    session.invoice_line = invoice.lines.get()
    session.save()

    with pytest.raises(actions.LengthStays):
        change_length(session, 90)


def test_a_session_of_a_programme_is_as_long_as_the_programme_says(coach, client_user):
    programme = agreed_programme(coach, client_user, rate=Decimal(90))
    session = book_session(coach, client_user, programme=programme)

    with pytest.raises(actions.LengthStays):
        change_length(session, 90)
    longer = NINE + 90 * MINUTE
    CoachingSession.objects.update(ends_at=longer, free_again_at=longer, price=Decimal(135))
    assert change_length(session, 60).price == Decimal("90.00")


# What is told.


def test_both_are_told_once_with_a_rising_sequence(coach, client_user, mailoutbox):
    session = book_session(coach, client_user, by=coach.user)
    outbox.deliver_due(WEEKS_AHEAD)
    mailoutbox.clear()

    change_length(session, 90)
    outbox.deliver_due(WEEKS_AHEAD + UNDO_LASTS)

    news, copy = sorted(mailoutbox, key=lambda mail: mail.to != [client_user.email])
    assert (news.to, copy.to) == ([client_user.email], [coach.user.email])
    assert "1 hour 30 minutes long" in copy.subject.replace(NO_BREAK, " ")
    for mail in (news, copy):
        [part] = [p for p in mail.message().walk() if p.get_content_type() == "text/calendar"]
        event = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
        assert (part.get_param("method"), event["SEQUENCE"]) == ("REQUEST", 1)
        assert event["DTEND"].dt - event["DTSTART"].dt == 90 * MINUTE
    subject, body = (text.replace(NO_BREAK, " ") for text in (news.subject, news.body))
    assert subject == (
        "Changed: your session on Monday 7 June 2027 at 9am is now 1 hour 30 minutes long"
    )
    assert "9am to 10:30am" in body
    assert "Price: £112.50" in body
    assert "It was 1 hour, £75.00." in body


def test_the_client_is_reminded_once(coach, client_user):
    session = book_session(coach, client_user)
    change_length(session, 90)

    outbox.deliver_due(NINE - 24 * HOUR)

    reminders = OutgoingMessage.objects.filter(kind="session-reminder-day")
    assert sorted(reminders.values_list("occasion", "status")) == [("0", "DROPPED"), ("1", "SENT")]


def test_the_history_says_what_it_was(coach, client_user):
    session = book_session(coach, client_user)

    change_length(session, 90)

    event = session.events.latest("pk")
    assert (event.what, event.by) == ("LENGTH", coach.user)
    assert event.note == f"It was 1{NO_BREAK}hour, £75.00"


# The page.


@pytest.fixture
def page(coach, client_user):
    return f"/sessions/{book_session(coach, client_user).uuid}/length/"


def test_the_page_offers_each_other_length_with_its_price(as_coach, page):
    text = as_coach.get(page).text.replace(NO_BREAK, " ").replace("&nbsp;", " ")

    assert "1 hour 30 minutes, until 10:30am, £112.50" in text
    assert "1 hour, until" not in text


def test_the_page_changes_the_length_and_says_so(as_coach, page):
    answer = as_coach.post(page, {"minutes": "90"}, follow=True)

    assert CoachingSession.objects.get().minutes == 90
    assert "The session is now 1 hour 30 minutes long." in answer.text.replace(NO_BREAK, " ")


def test_a_refusal_is_said_in_the_form(as_coach, coach, stranger, page):
    book_session(coach, stranger, starts_at=NINE + HOUR)

    text = as_coach.post(page, {"minutes": "90"}).text

    assert "There is a problem" in text
    assert "That time has just been taken." in text
    assert 'value="90"' in text


def test_without_a_choice_it_asks_for_one(as_coach, page):
    assert "Choose a length." in as_coach.post(page, {"minutes": ""}).text


def test_the_coach_leaves_her_hours_by_a_tick(as_coach, coach, client_user):
    session = book_session(coach, client_user, starts_at=NINE + 7 * HOUR)
    page = f"/sessions/{session.uuid}/length/"

    assert "outside your hours" in as_coach.post(page, {"minutes": "75"}).text
    as_coach.post(page, {"minutes": "75", "outside_hours": "on"})

    session.refresh_from_db()
    assert session.minutes == 75


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"status": "CANCELLED"}, "It is no longer booked."),
        ({"kind": "INTRODUCTION"}, "A free first conversation keeps its length."),
        ({"starts_at": WEEKS_AHEAD - MINUTE}, "It has already started."),
    ],
)
def test_the_page_says_why_it_cannot_be_changed(as_coach, page, changed, words):
    CoachingSession.objects.update(**changed)

    assert words in as_coach.get(page).text


def test_the_sessions_page_leads_there_for_the_coach_alone(as_coach, signed_in, page):
    session = CoachingSession.objects.get()

    assert page in as_coach.get(session.get_absolute_url()).text
    as_client = signed_in(session.client)
    assert page not in as_client.get(session.get_absolute_url()).text
    assert as_client.get(page).status_code == 404


# At once.


def longer_and_booked(coach, client_user, stranger):
    """A session from nine to ten that gets longer, and a booking from ten by somebody else."""
    open_hours(coach)
    session = book_session(coach, client_user)
    longer = Press(f"/sessions/{session.uuid}/length/", {"minutes": "90"}, cookies_of(coach.user))
    at_ten = details_url(coach, NINE + HOUR)
    return [longer, Press(at_ten, answers(coach), cookies_of(stranger))]


def overlapping():
    nine, *later = CoachingSession.objects.live().order_by("starts_at")
    return any(each.starts_at < nine.ends_at for each in later)


@pytest.mark.django_db(transaction=True)
def test_a_longer_session_and_a_booking_at_its_new_end_do_not_both_win(
    live_server, coach, client_user, stranger
):
    presses = longer_and_booked(coach, client_user, stranger)

    answered = press_at_once(live_server.url, presses)

    # The form says in its page why not, the booking by a 409.
    assert [answer.status for answer in answered] in ([302, 409], [200, 302])
    assert not overlapping()


def _save_when_both_have_looked(monkeypatch):
    meeting, save = threading.Barrier(2, timeout=20), CoachingSession.save

    def meet(session, *args, **kwargs):
        meeting.wait()
        return save(session, *args, **kwargs)

    monkeypatch.setattr(CoachingSession, "save", meet)


@pytest.mark.django_db(transaction=True)
def test_control_without_turns_and_constraint_both_win(
    live_server, coach, client_user, stranger, monkeypatch
):
    presses = longer_and_booked(coach, client_user, stranger)
    for name in ("lock_coach", "lock_client", "lock_programme"):
        monkeypatch.setattr(locking, name, lambda row: row)
    _save_when_both_have_looked(monkeypatch)

    coachs, persons = "bookings_coach_is_in_one_place", "bookings_person_is_in_one_place"
    with without_constraints(OccupiedTime, persons), without_constraints(CoachingSession, coachs):
        press_at_once(live_server.url, presses)

        assert overlapping()
