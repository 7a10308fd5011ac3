"""What is owed to whom and when, and what is no longer sent."""

from datetime import timedelta

import pytest
from django.core import mail
from icalendar import Calendar

from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import NINE
from training import actions
from training.models import TeachingSession
from training.tests.conftest import EARLY

WEEK, DAY = timedelta(days=7), timedelta(days=1)


def owed(kind):
    messages = OutgoingMessage.objects.filter(kind=kind).order_by("due_at", "pk")
    return [(message.send_to, message.due_at) for message in messages]


def sent(at, kind=""):
    """What goes out at `at`: (address, subject) of each mail."""
    mail.outbox.clear()
    outbox.deliver_due(at)
    return [(message.to[0], message.subject) for message in mail.outbox]


def test_booking_confirms_invites_and_reminds_a_week_and_a_day_before(contact, enrol_staff):
    enrol_staff(contact, "Ann")

    assert owed("course-booked") == [(contact.email, EARLY)]
    assert owed("course-joining") == [("ann@trust.example.org", EARLY)]
    assert owed("course-reminder") == [
        ("ann@trust.example.org", NINE - WEEK),
        ("ann@trust.example.org", NINE - DAY),
    ]
    assert owed("course-name-delegates") == []


@pytest.mark.parametrize(
    ("before", "reminders"),
    [(WEEK + timedelta(seconds=1), 2), (WEEK, 1), (DAY + timedelta(seconds=1), 1), (DAY, 0)],
)
def test_no_reminder_of_a_day_that_has_passed(client_user, enrol_self, before, reminders):
    enrol_self(client_user, at=NINE - before)

    assert len(owed("course-reminder")) == reminders


def test_mail_says_first_when_and_where_and_carries_the_calendar(make_cohort, contact, enrol_staff):
    cohort = make_cohort(address="1 Example Road\nExampleton", joining_instructions="Bring lunch.")
    enrol_staff(contact, "Ann", None, cohort=cohort)

    assert sent(EARLY) == [
        (contact.email, "Booked: Clinical audit on Monday 7 June 2027"),
        ("ann@trust.example.org", "Joining instructions: Clinical audit on Monday 7 June 2027"),
    ]
    booked, joining = mail.outbox
    assert "Monday 7 June 2027, 9am to 12pm" in joining.body
    assert "UK time" in joining.body
    assert "Example Hall, 1 Example Road, Exampleton" in joining.body
    assert "Bring lunch." in joining.body
    assert "1 delegate still to be named" in booked.body
    assert "£590.00" in booked.body
    assert "£" not in joining.body  # what it costs is between the customer and us
    parts = {part.mimetype: part.content for part in joining.alternatives}
    calendar = Calendar.from_ical(parts["text/calendar; method=REQUEST"])
    assert len(calendar.walk("VEVENT")) == 2
    assert {str(event["SUMMARY"]) for event in calendar.walk("VEVENT")} == {"Clinical audit"}


def test_a_single_teaching_session_is_an_invitation_and_its_cancellation(
    make_cohort, client_user, enrol_self
):
    booking = enrol_self(client_user, cohort=make_cohort(halves=1))
    sent(EARLY)
    invited = _event(mail.outbox[1], "REQUEST")

    actions.cancel_booking(booking=booking, by=client_user, at=EARLY + DAY)
    sent(EARLY + DAY)

    cancelled = _event(mail.outbox[0], "CANCEL")
    assert cancelled["UID"] == invited["UID"]
    assert cancelled["SEQUENCE"] > invited["SEQUENCE"]
    assert cancelled["STATUS"] == "CANCELLED"


def _event(message, method):
    parts = {part.mimetype: part.content for part in message.alternatives}
    return Calendar.from_ical(parts[f"text/calendar; method={method}"]).walk("VEVENT")[0]


def test_new_dates_are_announced_and_reminders_follow_them(cohort, contact, enrol_staff):
    enrol_staff(contact, "Ann", None)
    sent(EARLY)
    for session in TeachingSession.objects.order_by("-starts_at"):
        session.starts_at += WEEK
        session.ends_at += WEEK
        session.save()

    actions.announce_changes(cohort=cohort, at=EARLY + DAY)

    assert sent(EARLY + DAY) == [
        ("ann@trust.example.org", "Changed: Clinical audit on Monday 14 June 2027")
    ]
    assert sent(NINE - WEEK) == [  # fourteen days before; the old reminders are dropped
        (contact.email, "1 delegate to name: Clinical audit on Monday 14 June 2027")
    ]
    assert sent(NINE) == [
        ("ann@trust.example.org", "Reminder: Clinical audit on Monday 14 June 2027")
    ]


def test_delegates_to_name_are_asked_for_two_weeks_before_and_not_once_named(contact, enrol_staff):
    booking = enrol_staff(contact, "Ann", None)
    assert owed("course-name-delegates")[0] == (contact.email, NINE - 2 * WEEK)

    actions.name_learner(
        place=booking.unnamed_places[0], name="Ben", email="ben@x.example.org", by=contact, at=EARLY
    )

    assert not [to for to, subject in sent(NINE - 2 * WEEK) if "to name" in subject]
    assert len(sent(NINE - DAY)) == 2  # a reminder each


def test_who_lost_the_place_is_not_reminded(contact, enrol_staff):
    booking = enrol_staff(contact, "Ann", "Ben")
    ann, ben = booking.places
    actions.cancel_place(place=ann, by=contact, at=EARLY)
    actions.substitute(place=ben, name="Cat", email="cat@x.example.org", by=contact, at=EARLY)
    sent(EARLY)

    assert [to for to, _ in sent(NINE - DAY)] == ["cat@x.example.org"]


def test_joining_instructions_are_not_sent_to_who_lost_the_place_before(contact, enrol_staff):
    booking = enrol_staff(contact, "Ann")
    actions.cancel_place(place=booking.places[0], by=contact, at=EARLY)

    assert sent(EARLY) == [
        ("ann@trust.example.org", "Your place has ended: Clinical audit on Monday 7 June 2027"),
        (contact.email, "Cancelled: place on Clinical audit, Monday 7 June 2027"),
    ]


def test_posting_and_delivering_twice_sends_once(cohort, client_user, enrol_self):
    from training import emails

    booking = enrol_self(client_user)
    emails.places_booked(booking, at=EARLY)

    assert len(sent(EARLY)) == 2
    assert sent(EARLY + DAY) == []


def test_a_course_that_is_over_is_no_longer_confirmed(contact, enrol_staff):
    enrol_staff(contact, "Ann")

    assert sent(NINE + DAY) == []


def test_joining_the_waiting_list_is_confirmed(cohort, client_user):
    actions.join_waiting_list(cohort=cohort, by=client_user, at=EARLY)

    assert sent(EARLY) == [
        (client_user.email, "On the waiting list: Clinical audit on Monday 7 June 2027")
    ]
