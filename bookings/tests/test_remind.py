"""Reminders a day and an hour before, and the coach's evening message."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings import actions, emails
from coaching_portal.notifications import outbox, unsubscribe
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories.sessions import book_session, open_hours
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def reminders(mailoutbox):
    return [mail.subject for mail in mailoutbox if mail.subject.startswith("Your session on")]


def owed():
    return list(
        OutgoingMessage.objects.filter(kind__startswith="session-reminder")
        .order_by("due_at")
        .values_list("kind", flat=True)
    )


def test_a_client_is_reminded_a_day_and_an_hour_before(coach, client_user, mailoutbox):
    book_session(coach, client_user, at=NINE - 7 * DAY)
    outbox.deliver_due(NINE - 7 * DAY)  # a run's clock moves on while it sends the confirmations

    for before in (DAY + timedelta(seconds=1), DAY, HOUR + timedelta(seconds=1), HOUR):
        outbox.deliver_due(NINE - before)
        mailoutbox.append(None)  # marks where each run ends

    runs = [mail and mail.subject for mail in mailoutbox]
    subject = "Your session on Monday 7 June 2027 at 9am"
    assert runs[2:] == [None, subject, None, None, subject, None]


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (DAY + timedelta(minutes=1), ["session-reminder-day", "session-reminder-hour"]),
        (DAY, ["session-reminder-hour"]),
        (5 * HOUR, ["session-reminder-hour"]),
        (HOUR, []),
        (timedelta(minutes=30), []),
    ],
)
def test_who_books_inside_the_window_gets_no_reminder_for_it(coach, client_user, ahead, expected):
    open_hours(coach, minimum_notice_minutes=0)

    book_session(coach, client_user, at=NINE - ahead)

    assert owed() == expected


@pytest.mark.parametrize(
    ("back", "kind"),
    [
        (HOUR + timedelta(minutes=1), "session-reminder-day"),
        (HOUR, "session-reminder-hour"),
        (HOUR / 2, "session-reminder-hour"),
    ],
)
def test_after_an_outage_only_the_nearest_reminder_goes(coach, client_user, mailoutbox, back, kind):
    book_session(coach, client_user, at=NINE - 7 * DAY)
    outbox.deliver_due(NINE - 30 * HOUR)

    outbox.deliver_due(NINE - back)

    assert len(reminders(mailoutbox)) == 1
    sent = OutgoingMessage.objects.filter(kind__startswith="session-reminder", status="SENT")
    assert [message.kind for message in sent] == [kind]


def test_a_moved_session_is_reminded_once_at_its_new_time(coach, client_user, mailoutbox):
    session = book_session(coach, client_user, at=NINE - 7 * DAY)
    outbox.deliver_due(NINE - 7 * DAY)
    actions.move(session=session, starts_at=NINE + 2 * DAY, by=client_user, at=NINE - 6 * DAY)

    outbox.deliver_due(NINE - DAY)
    assert reminders(mailoutbox) == []

    outbox.deliver_due(NINE + DAY)
    assert reminders(mailoutbox) == ["Your session on Wednesday 9 June 2027 at 9am"]


def test_a_session_moved_away_and_back_is_reminded_once_a_day_before(
    coach, client_user, mailoutbox
):
    session = book_session(coach, client_user, at=NINE - 7 * DAY)
    for starts_at in (NINE + DAY, NINE):
        actions.move(session=session, starts_at=starts_at, by=client_user, at=NINE - 6 * DAY)

    outbox.deliver_due(NINE - DAY)

    assert len(reminders(mailoutbox)) == 1


def test_a_cancelled_session_is_not_reminded(coach, client_user, mailoutbox):
    session = book_session(coach, client_user, at=NINE - 7 * DAY)
    actions.cancel(session=session, by=client_user, at=NINE - 6 * DAY)

    outbox.deliver_due(NINE - DAY)

    assert reminders(mailoutbox) == []


def test_a_session_that_has_started_is_not_reminded(coach, client_user, mailoutbox):
    book_session(coach, client_user, at=NINE - 7 * DAY)

    outbox.deliver_due(NINE)

    assert reminders(mailoutbox) == []


def test_each_reminder_can_be_declined_by_itself(coach, client_user, mailoutbox):
    unsubscribe.choose(user=client_user, kind="session-reminder-day", declined=True)
    book_session(coach, client_user, at=NINE - 7 * DAY)

    outbox.deliver_due(NINE - DAY)
    assert reminders(mailoutbox) == []

    outbox.deliver_due(NINE - HOUR)
    assert len(reminders(mailoutbox)) == 1


def test_a_reminder_says_how_to_decline_it_and_a_confirmation_does_not(
    coach, client_user, mailoutbox
):
    book_session(coach, client_user, at=NINE - 7 * DAY)
    outbox.deliver_due(NINE - 7 * DAY)
    outbox.deliver_due(NINE - DAY)

    confirmation, reminder = (mail for mail in mailoutbox if mail.to == [client_user.email])
    assert "List-Unsubscribe" not in confirmation.extra_headers
    url = reminder.extra_headers["List-Unsubscribe"].strip("<>")
    assert url in reminder.body
    assert url in reminder.alternatives[0].content


# --- The coach's evening ------------------------------------------------------------------

# Monday 7 June 2027, 18:00 in London.
SIX = datetime(2027, 6, 7, 17, 0, tzinfo=UTC)


def test_a_coach_hears_each_evening_of_tomorrow_and_of_what_to_confirm(
    make_session, coach, mailoutbox
):
    make_session(NINE)
    make_session(NINE + HOUR, status="COMPLETED")
    make_session(NINE + DAY, location="TELEPHONE")
    make_session(NINE + DAY + 2 * HOUR, status="CANCELLED")
    make_session(NINE + 2 * DAY)

    emails.daily_summaries(at=SIX)
    outbox.deliver_due(SIX)

    [mail] = mailoutbox
    assert mail.to == [coach.user.email]
    assert mail.subject == "Tomorrow, Tuesday 8 June 2027: 1 session"
    assert mail.body.count("Cleo Client") == 2
    assert "9am to 10am: Cleo Client, Phone" in mail.body
    assert "http://testserver/calendar/confirm/2027-06-07/" in mail.body


@pytest.mark.parametrize(("before", "count"), [(timedelta(seconds=1), 0), (timedelta(0), 1)])
def test_the_evening_begins_at_six_in_her_own_zone(make_session, before, count):
    make_session(NINE)

    emails.daily_summaries(at=SIX - before)

    assert OutgoingMessage.objects.count() == count


def test_six_oclock_in_new_york_is_not_six_in_london(make_session, coach):
    coach.time_zone = "America/New_York"
    coach.save()
    make_session(NINE)

    emails.daily_summaries(at=SIX)
    assert OutgoingMessage.objects.count() == 0

    emails.daily_summaries(at=SIX + 5 * HOUR)
    assert OutgoingMessage.objects.count() == 1


def test_one_evening_message_a_day_however_often_it_is_asked_for(make_session, mailoutbox):
    make_session(NINE + DAY)

    for minutes in (0, 10, 20):
        emails.daily_summaries(at=SIX + timedelta(minutes=minutes))
        outbox.deliver_due(SIX + timedelta(minutes=minutes))
    emails.daily_summaries(at=SIX + DAY)
    outbox.deliver_due(SIX + DAY)

    assert [mail.subject for mail in mailoutbox] == [
        "Tomorrow, Tuesday 8 June 2027: 1 session",
        "To confirm: your sessions on Tuesday 8 June 2027",
    ]


def test_an_evening_with_nothing_to_say_is_silent(make_session, coach):
    make_session(NINE + 3 * DAY)

    emails.daily_summaries(at=SIX)

    assert not OutgoingMessage.objects.exists()


def test_an_evening_message_that_has_lost_its_point_is_dropped(coach, client_user, mailoutbox):
    session = book_session(coach, client_user, starts_at=NINE + DAY)
    emails.daily_summaries(at=SIX)
    actions.cancel(session=session, by=client_user, at=SIX)

    outbox.deliver_due(SIX)

    assert [mail.subject.split(":")[0] for mail in mailoutbox] == ["Cancelled", "Cancelled"]


def test_days_are_the_coachs_also_when_the_clocks_go_back(make_session, mailoutbox):
    # Saturday 30 October 2027; Sunday has 25 hours, and ends at midnight GMT.
    late_on_sunday = datetime(2027, 10, 31, 23, 0, tzinfo=UTC)
    make_session(late_on_sunday, minutes=30)
    make_session(late_on_sunday + HOUR)

    emails.daily_summaries(at=datetime(2027, 10, 30, 17, 0, tzinfo=UTC))
    outbox.deliver_due(datetime(2027, 10, 30, 17, 0, tzinfo=UTC))

    assert mailoutbox[0].subject == "Tomorrow, Sunday 31 October 2027: 1 session"
    assert "11pm to 11:30pm" in mailoutbox[0].body


def test_asking_for_evening_messages_costs_a_query_or_two_a_coach(
    make_session, django_assert_max_num_queries
):
    for hours in range(6):
        make_session(NINE + DAY + hours * HOUR)

    with django_assert_max_num_queries(3):
        emails.daily_summaries(at=SIX)
