"""What client and coach are told when a session is booked, moved, cancelled."""

from datetime import timedelta

import icalendar
import pytest

from bookings import actions, emails
from bookings.emails.sessions import UNDO_LASTS
from bookings.models import CalendarConnection, CoachingSession, ConnectedCalendar
from coaching_portal.notifications import outbox
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, book_session
from coaching_portal.testing.plugin import NINE
from profiles.models import DiaryDelegate

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
NOW = WEEKS_AHEAD


def to(user, mailoutbox):
    return [mail for mail in mailoutbox if mail.to == [user.email]]


def invitation(mail):
    [part] = [p for p in mail.message().walk() if p.get_content_type() == "text/calendar"]
    event = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
    return part.get_param("method"), event


def test_a_booking_is_confirmed_to_the_client_and_told_to_the_coach(client_user, coach, mailoutbox):
    book_session(coach, client_user)

    outbox.deliver_due(NOW)

    [confirmation], [news] = to(client_user, mailoutbox), to(coach.user, mailoutbox)
    assert confirmation.subject == "Booked: your session on Monday 7 June 2027 at 9am"
    assert "When: Monday 7 June 2027, 9am to 10am" in confirmation.body
    assert "Time zone: UK time" in confirmation.body
    assert "Price: £75.00" in confirmation.body
    assert "Free to cancel or move until Saturday 5 June 2027, 9:00am" in confirmation.body
    assert news.subject == "Booked: Cleo Client, Monday 7 June 2027 at 9am"


def test_times_are_written_in_the_readers_zone(client_user, coach, mailoutbox):
    client_user.time_zone = "America/New_York"
    client_user.save()
    book_session(coach, client_user)

    outbox.deliver_due(NOW)

    [confirmation] = to(client_user, mailoutbox)
    assert confirmation.subject == "Booked: your session on Monday 7 June 2027 at 4am"
    assert "New York time" in confirmation.body


@pytest.fixture
def writing(coach):
    """A calendar of the coach elsewhere, to which her sessions are written."""
    connection = CalendarConnection.objects.create(
        coach=coach, label="Work", secret=b"x", created_at=NOW, next_sync_at=NOW
    )
    return ConnectedCalendar.objects.create(
        connection=connection, name="Work", can_write=True, gets_sessions=True
    )


def test_what_the_coach_did_is_told_to_the_client_alone(client_user, coach, writing, mailoutbox):
    session = book_session(coach, client_user, by=coach.user)
    outbox.deliver_due(NOW)
    actions.move(session=session, starts_at=NINE + HOUR, by=coach.user, at=NOW)
    outbox.deliver_due(NOW + UNDO_LASTS)
    actions.cancel(session=session, by=coach.user, at=NOW)
    outbox.deliver_due(NOW + UNDO_LASTS)

    assert len(to(client_user, mailoutbox)) == 3
    assert not to(coach.user, mailoutbox)
    assert "Booked by: Una Umber" in mailoutbox[0].body
    assert "Cancelled by: Una Umber" in mailoutbox[2].body


def test_what_a_diary_delegate_books_is_confirmed_to_the_client(
    client_user, coach, make_user, mailoutbox
):
    delegate = make_user("assistant@example.org", name="Dee Delegate")
    DiaryDelegate.objects.create(user=delegate, client=client_user)
    book_session(coach, client_user, by=delegate)

    outbox.deliver_due(NOW)

    assert "Booked by: Dee Delegate" in to(client_user, mailoutbox)[0].body
    assert not to(delegate, mailoutbox)


def test_book_move_cancel_is_one_event_with_sequence_0_1_2(client_user, coach, mailoutbox):
    session = book_session(coach, client_user)
    outbox.deliver_due(NOW)
    actions.move(session=session, starts_at=NINE + HOUR / 2, by=client_user, at=NOW)
    outbox.deliver_due(NOW)
    actions.cancel(session=session, by=client_user, at=NOW)
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


def test_an_invitation_names_the_practice_and_one_guest(client_user, coach, mailoutbox):
    book_session(coach, client_user)

    outbox.deliver_due(NOW)

    mail = to(client_user, mailoutbox)[0]
    _, event = invitation(mail)
    assert event["ORGANIZER"] == "mailto:practice@example.org"
    assert event["ATTENDEE"] == "mailto:client@example.org"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert [name for name, _, _ in mail.attachments] == ["invite.ics"]


def test_each_copy_invites_its_reader_alone(client_user, coach, mailoutbox):
    session = book_session(coach, client_user, by=coach.user)
    outbox.deliver_due(NOW)
    actions.move(session=session, starts_at=NINE + HOUR, by=coach.user, at=NOW)
    outbox.deliver_due(NOW + UNDO_LASTS)
    actions.cancel(session=session, by=client_user, at=NOW)
    outbox.deliver_due(NOW)

    copies = {
        user: [invitation(mail) for mail in to(user, mailoutbox)]
        for user in (client_user, coach.user)
    }

    for user, told in copies.items():
        assert [method for method, _ in told] == ["REQUEST", "REQUEST", "CANCEL"]
        assert [event["SEQUENCE"] for _, event in told] == [0, 1, 2]
        assert {event["ATTENDEE"] for _, event in told} == {f"mailto:{user.email}"}
        assert {event["ORGANIZER"] for _, event in told} == {"mailto:practice@example.org"}
        assert {event["UID"] for _, event in told} == {f"{session.uuid}@testserver"}
    assert {event["SUMMARY"] for _, event in copies[coach.user]} == {
        "Individual coaching with Cleo Client"
    }


def test_a_coach_whose_calendar_is_written_to_is_told_without_an_invitation(
    client_user, coach, writing, mailoutbox
):
    book_session(coach, client_user)

    outbox.deliver_due(NOW)

    [confirmation], [news] = to(client_user, mailoutbox), to(coach.user, mailoutbox)
    assert invitation(confirmation)[0] == "REQUEST"
    assert not news.attachments


def test_a_calendar_that_only_blocks_leaves_the_invitation(client_user, coach, writing, mailoutbox):
    ConnectedCalendar.objects.update(gets_sessions=False)
    book_session(coach, client_user)

    outbox.deliver_due(NOW)

    assert invitation(to(coach.user, mailoutbox)[0])[0] == "REQUEST"


def test_a_move_says_what_the_time_was(client_user, coach, mailoutbox):
    session = book_session(coach, client_user)
    actions.move(session=session, starts_at=NINE + 24 * HOUR, by=client_user, at=NOW)

    outbox.deliver_due(NOW)

    assert len(mailoutbox) == 2
    for mail in mailoutbox:
        assert "8 June 2027 at 9am" in mail.subject
        assert "It was on Monday 7 June 2027 at 9am." in mail.body


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (48 * HOUR, "Nothing is charged."),
        (48 * HOUR - timedelta(seconds=1), "£75.00 will be charged to "),
    ],
)
def test_a_cancellation_says_whether_it_is_charged(client_user, coach, mailoutbox, before, words):
    session = book_session(coach, client_user)
    actions.cancel(session=session, by=client_user, at=NINE - before)

    outbox.deliver_due(NINE - before)

    cancellations = [mail for mail in mailoutbox if mail.subject.startswith("Cancelled")]
    assert [words in mail.body for mail in cancellations] == [True, True]


def test_a_late_cancellation_already_waived_says_so(client_user, coach, mailoutbox):
    session = book_session(coach, client_user)
    actions.cancel(session=session, by=client_user, at=NINE - HOUR)
    actions.waive(session=session, by=coach.user, reason="Her train", at=NINE - HOUR)

    outbox.deliver_due(NINE - HOUR + UNDO_LASTS)

    bodies = [mail.body for mail in to(client_user, mailoutbox)]
    assert "Nothing is charged." in bodies[0]
    assert "waived the charge of £75.00" in bodies[1]
    assert "Her train" not in "".join(bodies)


def test_an_introduction_is_free(client_user, coach, mailoutbox):
    book_session(coach, client_user, minutes=30)

    outbox.deliver_due(NOW)

    [confirmation] = to(client_user, mailoutbox)
    assert "Price: Free" in confirmation.body
    assert "this conversation costs nothing" in confirmation.body
    assert "charged" not in confirmation.body


def test_news_that_a_later_change_overtook_is_not_sent(client_user, coach, mailoutbox):
    session = book_session(coach, client_user)
    actions.move(session=session, starts_at=NINE + HOUR, by=client_user, at=NOW)
    actions.cancel(session=session, by=client_user, at=NOW)

    outbox.deliver_due(NOW)

    assert {mail.subject.split(":")[0] for mail in mailoutbox} == {"Cancelled"}


def test_mail_never_says_what_a_session_is_about(client_user, coach, mailoutbox):
    session = book_session(coach, client_user, needs="SECRET-needs", agenda="SECRET-agenda")
    for before in (720, 24, 1):
        outbox.deliver_due(NINE - before * HOUR)
    emails.daily_summaries(at=NINE + 10 * HOUR)
    outbox.deliver_due(NINE + 10 * HOUR)
    actions.move(session=session, starts_at=NINE + 24 * HOUR, by=client_user, at=NOW)
    outbox.deliver_due(NOW)
    actions.cancel(session=session, by=client_user, at=NOW)
    outbox.deliver_due(NOW)

    assert len(mailoutbox) == 9
    assert not any("SECRET" in mail.message().as_string() for mail in mailoutbox)


def test_the_way_into_a_video_call_stays_behind_the_sign_in(make_session, client_user, mailoutbox):
    session = make_session(location="VIDEO", location_details="https://video.example.org/room")
    emails.session_booked(session, by=client_user, at=NOW)

    outbox.deliver_due(NOW)

    [confirmation] = to(client_user, mailoutbox)
    assert "video.example.org" not in confirmation.message().as_string()
    assert f"http://testserver/sessions/{session.uuid}/" in confirmation.body


def test_names_are_written_as_they_are_in_text_and_escaped_in_html(client_user, coach, mailoutbox):
    coach.user.name = "Una O'Umber <b>&"
    coach.user.save()
    book_session(coach, client_user)

    outbox.deliver_due(NOW)

    [confirmation] = to(client_user, mailoutbox)
    assert "With: Una O'Umber <b>&" in confirmation.body
    [(html, _), _] = confirmation.alternatives
    assert "Una O&#x27;Umber &lt;b&gt;&amp;" in html


def test_a_team_session_has_its_coach_to_invite_alone(make_session, coach, mailoutbox):
    session = make_session(kind="TEAM", client=None, status=CoachingSession.Status.BOOKED)
    emails.session_booked(session, by=coach.user, at=NOW)

    outbox.deliver_due(NOW)

    [mail] = mailoutbox
    assert mail.to == [coach.user.email]
    assert invitation(mail)[1]["ATTENDEE"] == f"mailto:{coach.user.email}"
