"""What client and coach are told when a session is booked, moved, cancelled."""

from datetime import timedelta
from decimal import Decimal

import icalendar
import pytest

from bookings import emails
from bookings.models import AgendaItem, CoachingSession
from coaching_portal.notifications import outbox
from coaching_portal.testing import NINE

pytestmark = pytest.mark.django_db

NOW = NINE - timedelta(days=7)


def to(user, mailoutbox):
    return [mail for mail in mailoutbox if mail.to == [user.email]]


def invitation(mail):
    [part] = [p for p in mail.message().walk() if p.get_content_type() == "text/calendar"]
    event = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
    return part.get_param("method"), event


def test_a_booking_is_confirmed_to_the_client_and_told_to_the_coach(
    make_session, client_user, coach, mailoutbox
):
    emails.session_booked(make_session(), by=client_user, at=NOW)

    outbox.deliver_due(NOW)

    [confirmation], [news] = to(client_user, mailoutbox), to(coach.user, mailoutbox)
    assert confirmation.subject == "Booked: your session on Monday 7 June 2027 at 9am"
    assert "When: Monday 7 June 2027, 9am to 10am" in confirmation.body
    assert "Time zone: London time (BST)" in confirmation.body
    assert "Price: £75.00" in confirmation.body
    assert "at no charge until Saturday 5 June 2027 at 9am" in confirmation.body
    assert news.subject == "Booked: Cleo Client, Monday 7 June 2027 at 9am"


def test_times_are_written_in_the_readers_zone(make_session, client_user, mailoutbox):
    client_user.time_zone = "America/New_York"
    client_user.save()
    emails.session_booked(make_session(), by=client_user, at=NOW)

    outbox.deliver_due(NOW)

    [confirmation] = to(client_user, mailoutbox)
    assert confirmation.subject == "Booked: your session on Monday 7 June 2027 at 4am"
    assert "New York time (EDT)" in confirmation.body


def test_what_the_coach_did_is_told_to_the_client_alone(
    make_session, client_user, coach, mailoutbox, move, cancel
):
    session = make_session(booked_by=coach.user)
    emails.session_booked(session, by=coach.user, at=NOW)
    outbox.deliver_due(NOW)
    move(session, NINE + timedelta(hours=1))
    emails.session_moved(session, by=coach.user, at=NOW)
    outbox.deliver_due(NOW)
    cancel(session, coach.user)
    emails.session_cancelled(session, by=coach.user, at=NOW)
    outbox.deliver_due(NOW)

    assert len(to(client_user, mailoutbox)) == 3
    assert not to(coach.user, mailoutbox)
    assert "Booked by: Una Umber" in mailoutbox[0].body
    assert "Cancelled by: Una Umber" in mailoutbox[2].body


def test_what_a_diary_delegate_books_is_confirmed_to_the_client(
    make_session, client_user, make_user, mailoutbox
):
    delegate = make_user("assistant@example.org", name="Dee Delegate")
    emails.session_booked(make_session(booked_by=delegate), by=delegate, at=NOW)

    outbox.deliver_due(NOW)

    assert "Booked by: Dee Delegate" in to(client_user, mailoutbox)[0].body
    assert not to(delegate, mailoutbox)


def test_book_move_cancel_is_one_event_with_sequence_0_1_2(
    make_session, client_user, mailoutbox, move, cancel
):
    session = make_session()
    emails.session_booked(session, by=client_user, at=NOW)
    outbox.deliver_due(NOW)
    move(session, NINE + timedelta(minutes=30))
    emails.session_moved(session, by=client_user, at=NOW)
    outbox.deliver_due(NOW)
    cancel(session, client_user)
    emails.session_cancelled(session, by=client_user, at=NOW)
    outbox.deliver_due(NOW)

    told = [invitation(mail) for mail in to(client_user, mailoutbox)]
    assert [method for method, _ in told] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event["SEQUENCE"] for _, event in told] == [0, 1, 2]
    assert {event["UID"] for _, event in told} == {f"{session.uuid}@testserver"}
    assert [event["STATUS"] for _, event in told] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [event["DTSTART"].to_ical() for _, event in told][:2] == [
        b"20270607T080000Z",
        b"20270607T083000Z",
    ]


def test_an_invitation_names_the_practice_and_one_guest(make_session, client_user, mailoutbox):
    emails.session_booked(make_session(), by=client_user, at=NOW)

    outbox.deliver_due(NOW)

    mail = to(client_user, mailoutbox)[0]
    _, event = invitation(mail)
    assert event["ORGANIZER"] == "mailto:practice@example.org"
    assert event["ATTENDEE"] == "mailto:client@example.org"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert [name for name, _, _ in mail.attachments] == ["invite.ics"]


def test_a_move_says_what_the_time_was(make_session, client_user, coach, mailoutbox, move):
    session = make_session()
    move(session, NINE + timedelta(days=1))
    emails.session_moved(session, by=client_user, at=NOW)

    outbox.deliver_due(NOW)

    assert len(mailoutbox) == 2
    for mail in mailoutbox:
        assert "8 June 2027 at 9am" in mail.subject
        assert "It was on Monday 7 June 2027 at 9am." in mail.body


@pytest.mark.parametrize(
    ("status", "waived_at", "words"),
    [
        ("CANCELLED", None, "It is not charged."),
        ("CANCELLED_LATE", None, "so it is charged: £75.00."),
        ("CANCELLED_LATE", NINE, "but it is not charged."),
    ],
)
def test_a_cancellation_says_whether_it_is_charged(
    make_session, client_user, mailoutbox, cancel, status, waived_at, words
):
    session = make_session(waived_at=waived_at)
    cancel(session, client_user, status)
    emails.session_cancelled(session, by=client_user, at=NOW)

    outbox.deliver_due(NOW)

    assert [words in mail.body for mail in mailoutbox] == [True, True]


def test_an_introduction_is_free(make_session, client_user, mailoutbox):
    session = make_session(minutes=30, price=Decimal(0), kind="INTRODUCTION")
    emails.session_booked(session, by=client_user, at=NOW)

    outbox.deliver_due(NOW)

    [confirmation] = to(client_user, mailoutbox)
    assert "Price: Free" in confirmation.body
    assert "charged" not in confirmation.body


def test_a_waiver_is_told_to_the_client(make_session, client_user, coach, mailoutbox):
    session = make_session(status="NO_SHOW", waived_at=NINE, waived_by=coach.user)
    emails.charge_waived(session, by=coach.user, at=NOW)

    outbox.deliver_due(NOW)

    assert [mail.to for mail in mailoutbox] == [[client_user.email]]
    assert "waived the charge of £75.00" in mailoutbox[0].body


def test_news_that_a_later_change_overtook_is_not_sent(
    make_session, client_user, mailoutbox, move, cancel
):
    session = make_session()
    emails.session_booked(session, by=client_user, at=NOW)
    move(session, NINE + timedelta(hours=1))
    emails.session_moved(session, by=client_user, at=NOW)
    cancel(session, client_user)
    emails.session_cancelled(session, by=client_user, at=NOW)

    outbox.deliver_due(NOW)

    assert {mail.subject.split(":")[0] for mail in mailoutbox} == {"Cancelled"}


def test_mail_never_says_what_a_session_is_about(
    make_session, client_user, coach, mailoutbox, move, cancel
):
    session = make_session(needs="SECRET-needs", place="WORKPLACE", place_details="1 Example Road")
    AgendaItem.objects.create(session=session, author=client_user, text="SECRET-agenda")
    emails.session_booked(session, by=client_user, at=NOW)
    emails.evening_messages(at=NINE + timedelta(hours=10))
    for hours in (0, 24 * 6, 24 * 7 - 1, 24 * 7 + 10):
        outbox.deliver_due(NOW + timedelta(hours=hours))
    move(session, NINE + timedelta(days=1))
    emails.session_moved(session, by=client_user, at=NOW)
    outbox.deliver_due(NOW)
    cancel(session, client_user)
    emails.session_cancelled(session, by=client_user, at=NOW)
    outbox.deliver_due(NOW)

    assert len(mailoutbox) == 9
    assert not any("SECRET" in mail.message().as_string() for mail in mailoutbox)


def test_the_way_into_a_video_call_stays_behind_the_sign_in(make_session, client_user, mailoutbox):
    session = make_session(place="VIDEO", place_details="https://video.example.org/room")
    emails.session_booked(session, by=client_user, at=NOW)

    outbox.deliver_due(NOW)

    [confirmation] = to(client_user, mailoutbox)
    assert "video.example.org" not in confirmation.message().as_string()
    assert f"http://testserver/sessions/{session.uuid}/" in confirmation.body


def test_names_are_written_as_they_are_in_text_and_escaped_in_html(
    make_session, client_user, coach, mailoutbox
):
    coach.user.name = "Una O'Umber <b>&"
    coach.user.save()
    emails.session_booked(make_session(), by=client_user, at=NOW)

    outbox.deliver_due(NOW)

    [confirmation] = to(client_user, mailoutbox)
    assert "With: Una O'Umber <b>&" in confirmation.body
    [(html, _), _] = confirmation.alternatives
    assert "Una O&#x27;Umber &lt;b&gt;&amp;" in html


def test_a_team_session_has_no_client_to_tell(make_session, coach, mailoutbox):
    session = make_session(kind="TEAM", client=None, status=CoachingSession.Status.BOOKED)
    emails.session_booked(session, by=coach.user, at=NOW)

    outbox.deliver_due(NOW)

    assert not mailoutbox
