"""What visitors, clients and coaches send."""

from datetime import date, time, timedelta
from urllib.parse import urlencode

from bookings import actions
from bookings.actions import agreement_texts, connections, earlier_times, extensions, feeds
from bookings.connections.providers import Credentials
from bookings.models import (
    AgendaItem,
    Agreement,
    CalendarConnection,
    CalendarEntry,
    CalendarFeed,
    CoachingSession,
    ConnectedCalendar,
    EarlierTimeWish,
    Enquiry,
    Extension,
    MoveRequest,
    Programme,
    SessionEvent,
    TimeOff,
)
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories import sessions
from coaching_portal.testing.plugin import NINE
from coaching_portal.tests.concurrency.double_posts import Forms, to
from profiles.actions import assistants
from profiles.models import AssistantInvitation, Client, DataComplaint, DiaryDelegate

FORMS = Forms()
NEXT_DAY = NINE + timedelta(days=1)


# Visitors.


@FORMS.add("contact", makes=Enquiry, without_key=2)
def a_message(given):
    message = {"name": "Jo Bloggs", "email": "jo@example.org", "message": "Where are you?"}
    return None, to("contact"), message


@FORMS.add("complaint", makes=DataComplaint, without_key=2)
def a_complaint(given):
    complaint = {"name": "Jo Bloggs", "email": "jo@example.org", "message": "You wrote to me."}
    return None, to("complaint"), complaint


@FORMS.add("team_enquiry", makes=Enquiry, without_key=2)
def a_team_that_asks(given):
    team = {"organisation": "Example Trust", "people": "8", "arrangements": "Not sure yet"}
    who = {"name": "Jo Bloggs", "email": "jo@example.org", "message": "Calmer mornings."}
    return None, to("team_enquiry"), {**team, **who, "send": "yes"}


# Clients.


def booked(given, starts_at=NINE, **how):
    return sessions.book_session(given.coach, given.client, starts_at=starts_at, **how)


@FORMS.add("bookings:details", makes=CoachingSession, without_key=1)
def a_booking(given):
    sessions.open_hours(given.coach)
    return given.client, sessions.details_url(given.coach, NINE), sessions.answers(given.coach)


def pending_of(given):
    """A booking to be proved, in a browser in which its client has meanwhile signed in."""
    sessions.open_hours(given.coach)
    browser = given.browser_of(given.client)
    held = browser.session
    held["visitor_key"] = "heron"
    held.save()
    return sessions.pending_booking(given.coach, given.client.email)


@FORMS.add("bookings:prove", makes=CoachingSession, without_key=1)
def a_code(given):
    pending, code, _ = pending_of(given)
    return given.client, to("bookings:prove", pending.uuid), {"code": code}


@FORMS.add("bookings:send_new_code", makes=OutgoingMessage, without_key=2)
def another_code(given):
    pending, _, _ = pending_of(given)
    return given.client, to("bookings:send_new_code", pending.uuid), {}


@FORMS.add("bookings:prove_by_link", makes=CoachingSession, without_key=1)
def a_link(given):
    _, _, token = pending_of(given)
    return None, to("bookings:prove_by_link", token), {}


@FORMS.add("bookings:accept", makes=Agreement, without_key=1)
def an_acceptance(given):
    sessions.open_hours(given.coach)
    session = sessions.booked_by_coach(given.coach, given.client)
    return given.client, to("bookings:accept", session.uuid), _text(given)


@FORMS.add("bookings:accept_by_link", makes=Agreement, without_key=1)
def an_acceptance_by_link(given):
    _, token = sessions.invited(given.coach, email="jo@example.org")
    return None, to("bookings:accept_by_link", token), _text(given)


@FORMS.add("bookings:accept_by_link", makes=Agreement, without_key=1)
def an_acceptance_by_who_has_an_account(given):
    _, token = sessions.invited(given.coach, email=given.client.email)
    return None, to("bookings:accept_by_link", token), _text(given)


def _text(given):
    return {"agreement": agreement_texts.short_form(given.coach).sha256}


@FORMS.add("bookings:move", makes=SessionEvent, without_key=1)
def a_move(given):
    session = booked(given)
    return given.client, to("bookings:move", session.uuid), {"start": NEXT_DAY.isoformat()}


def asked_to_move(given):
    return MoveRequest.objects.create(
        session=booked(given), starts_at=NEXT_DAY, requested_by=given.client, requested_at=NINE
    )


@FORMS.add("bookings:accept_move", makes=SessionEvent, without_key=1)
def a_move_accepted(given):
    return given.coach.user, to("bookings:accept_move", asked_to_move(given).uuid), {}


@FORMS.add("bookings:withdraw_move", makes=MoveRequest.pgh_event_model, without_key=1)
def a_move_no_longer_wanted(given):
    return given.client, to("bookings:withdraw_move", asked_to_move(given).uuid), {}


@FORMS.add("bookings:decline_move", makes=OutgoingMessage, without_key=1)
def a_move_declined(given):
    return given.coach.user, to("bookings:decline_move", asked_to_move(given).uuid), {}


@FORMS.add("bookings:change_length", makes=SessionEvent, without_key=1)
def a_longer_session(given):
    session = booked(given)
    return given.coach.user, to("bookings:change_length", session.uuid), {"minutes": "90"}


@FORMS.add("bookings:cancel", makes=SessionEvent, without_key=1)
def a_cancellation(given):
    return given.client, to("bookings:cancel", booked(given).uuid), {"told": "free"}


@FORMS.add("bookings:add_agenda", makes=AgendaItem, without_key=2)
def something_to_talk_about(given):
    return given.client, to("bookings:add_agenda", booked(given).uuid), {"text": "The rota"}


@FORMS.add("bookings:remove_agenda", makes=AgendaItem, once=-1, without_key=-1)
def nothing_to_talk_about(given):
    session = booked(given, agenda="The rota")
    item = session.agenda.get()
    return given.client, to("bookings:remove_agenda", session.uuid, item.uuid), {}


@FORMS.add("bookings:calendar_feeds", makes=CalendarFeed, without_key=2)
def a_calendar_feed(given):
    return given.client, to("bookings:calendar_feeds"), {"label": "Phone", "shows": "BUSY"}


@FORMS.add("bookings:revoke_feed", makes=CalendarFeed, once=-1, without_key=-1)
def a_calendar_feed_revoked(given):
    feed, _ = feeds.make_feed(user=given.client, label="Phone", shows="BUSY", at=NINE)
    return given.client, to("bookings:revoke_feed", feed.uuid), {}


def invited(given, email="ann@example.org"):
    Client.objects.get_or_create(user=given.client, coach=given.coach)
    return assistants.invite_assistant(client=given.client, name="Ann", email=email, at=NINE)


@FORMS.add("profiles:assistants", makes=AssistantInvitation, without_key=1)
def an_assistant_invited(given):
    Client.objects.get_or_create(user=given.client, coach=given.coach)
    return given.client, to("profiles:assistants"), {"name": "Ann", "email": "ann@example.org"}


@FORMS.add("profiles:accept_by_link", makes=DiaryDelegate, without_key=1)
def an_invitation_accepted_by_link(given):
    _, token = invited(given)
    return None, to("profiles:accept_by_link", token), {"answer": "accept"}


@FORMS.add("profiles:answer_invitation", makes=DiaryDelegate, without_key=1)
def an_invitation_accepted(given):
    invitation, _ = invited(given, given.coach.user.email)
    return given.coach.user, to("profiles:answer_invitation", invitation.uuid), {"answer": "accept"}


@FORMS.add("profiles:withdraw_invitation", makes=OutgoingMessage, once=0, without_key=0)
def an_invitation_withdrawn(given):
    invitation, _ = invited(given)
    return given.client, to("profiles:withdraw_invitation", invitation.uuid), {}


def assisted(given):
    return DiaryDelegate.objects.create(user=given.admin, client=given.client)


@FORMS.add("profiles:end_assistant", makes=DiaryDelegate, once=-1, without_key=-1)
def an_assistant_ended(given):
    assistant = assisted(given).user
    return given.client, to("profiles:end_assistant", assistant.uuid), {}


@FORMS.add("profiles:stop_assisting", makes=DiaryDelegate, once=-1, without_key=-1)
def assisting_stopped(given):
    client = assisted(given).client
    return given.admin, to("profiles:stop_assisting", client.uuid), {}


@FORMS.add("bookings:programme_accept", makes=Agreement, without_key=1)
def terms_accepted(given):
    programme = sessions.proposed_programme(given.coach, given.client)
    answer = {"terms_version": 1, "accepts": "on"}
    return given.client, to("bookings:programme_accept", programme.uuid), answer


@FORMS.add("bookings:programme_decline", makes=OutgoingMessage, without_key=1)
def terms_declined(given):
    programme = sessions.proposed_programme(given.coach, given.client)
    return given.client, to("bookings:programme_decline", programme.uuid), {}


@FORMS.add("bookings:series", makes=CoachingSession, once=2, without_key=2)
def a_series(given):
    sessions.open_hours(given.coach)
    programme = sessions.agreed_programme(given.coach, given.client)
    query = "?" + urlencode({"start": NINE.isoformat(), "every": "1", "number": "2"})
    return given.client, to("bookings:series", programme.uuid, query=query), {}


def wish_of(given):
    """A client's, for an earlier time than the session that they have."""
    session = booked(given, starts_at=NINE + timedelta(days=14))
    return earlier_times.wish_for_earlier_time(
        client=given.client,
        coach=given.coach,
        session=session,
        minutes=60,
        location="VIDEO",
        suitable=earlier_times.Suitable(
            range(7), time(), time(), sessions.WEEKS_AHEAD.date(), NINE.date()
        ),
        at=sessions.WEEKS_AHEAD,
    )


@FORMS.add("bookings:new_earlier_time", makes=EarlierTimeWish, without_key=1)
def a_wish(given):
    sessions.open_hours(given.coach)
    wish = {"weekdays": ["0"], "from_time": "09:00", "until_time": "17:00"}
    dates = {"first_on": "2027-05-10", "last_on": "2027-06-01"}
    new = {"minutes": "60", "location": "VIDEO"}
    query = f"?coach={given.coach.slug}"
    return given.client, to("bookings:new_earlier_time", query=query), wish | dates | new


@FORMS.add("bookings:withdraw_earlier_time", makes=EarlierTimeWish, once=0, without_key=0)
def a_wish_withdrawn(given):
    return given.client, to("bookings:withdraw_earlier_time", wish_of(given).uuid), {}


@FORMS.add("bookings:earlier_time_offer", makes=SessionEvent, without_key=1)
def an_earlier_time_accepted(given):
    wish = wish_of(given)
    earlier_times.offer_earlier_times(at=sessions.WEEKS_AHEAD)
    wish.refresh_from_db()
    return None, to("bookings:earlier_time_offer", wish.token), {"accept": "yes"}


@FORMS.add("bookings:earlier_time_offer", makes=SessionEvent, once=0, without_key=0)
def an_earlier_time_declined(given):
    wish = wish_of(given)
    earlier_times.offer_earlier_times(at=sessions.WEEKS_AHEAD)
    wish.refresh_from_db()
    return None, to("bookings:earlier_time_offer", wish.token), {"decline": "yes"}


@FORMS.add("bookings:earlier_time_offer", makes=CoachingSession, once=0, without_key=0)
def a_new_time_accepted(given):
    sessions.open_hours(given.coach)
    wish = earlier_times.wish_for_earlier_time(
        client=given.client,
        coach=given.coach,
        minutes=60,
        location="VIDEO",
        suitable=earlier_times.Suitable(
            range(7), time(), time(), sessions.WEEKS_AHEAD.date(), NINE.date()
        ),
        at=sessions.WEEKS_AHEAD,
    )
    earlier_times.offer_earlier_times(at=sessions.WEEKS_AHEAD)
    wish.refresh_from_db()
    return None, to("bookings:earlier_time_offer", wish.token), {"accept": "yes"}


def proposed_extension(given):
    return extensions.propose(
        programme=sessions.agreed_programme(given.coach, given.client),
        sessions_added=2,
        new_review_on=date(2027, 12, 1),
        by=given.coach.user,
        at=sessions.WEEKS_AHEAD,
    )


@FORMS.add("bookings:extension_accept", makes=Agreement, without_key=1)
def an_extension_accepted(given):
    extension = proposed_extension(given)
    return given.client, to("bookings:extension_accept", extension.uuid), {"accepts": "on"}


@FORMS.add("bookings:extension_decline", makes=OutgoingMessage, without_key=1)
def an_extension_declined(given):
    return given.client, to("bookings:extension_decline", proposed_extension(given).uuid), {}


# Coaches.


ACCOUNT = {
    "label": "Work",
    "kind": "CALDAV",
    "address": "https://cloud.example.com/",
    "username": "una",
    "password": "heron",
}


def connection_of(given):
    return connections.connect(
        coach=given.coach,
        kind="CALDAV",
        label="Work",
        credentials=Credentials("https://cloud.example.com/", "una", "heron"),
        at=NINE,
    )


def calendar_of(given):
    return ConnectedCalendar.objects.create(
        connection=connection_of(given), name="Work", can_write=True
    )


@FORMS.add("bookings:connections", makes=CalendarConnection, without_key=2)
def a_connection(given):
    return given.coach.user, to("bookings:connections"), ACCOUNT


@FORMS.add("bookings:disconnect", makes=CalendarConnection, once=-1, without_key=-1)
def a_connection_ended(given):
    return given.coach.user, to("bookings:disconnect", connection_of(given).uuid), {}


@FORMS.add("bookings:connection_password", makes=CalendarConnection, once=0, without_key=0)
def a_new_password(given):
    url = to("bookings:connection_password", connection_of(given).uuid)
    return given.coach.user, url, {"password": "another"}


@FORMS.add("bookings:connection", makes=ConnectedCalendar, once=0, without_key=0)
def calendars_chosen(given):
    calendar = calendar_of(given)
    url = to("bookings:connection", calendar.connection.uuid)
    return given.coach.user, url, {"blocking": [calendar.pk], "shows": "BUSY"}


@FORMS.add("bookings:answer_calendar", makes=OutgoingMessage, once=1, without_key=1)
def a_calendar_followed(given):
    """Its session is cancelled, as in the calendar that gets them: the client is told once."""
    calendar = calendar_of(given)
    calendar.can_write = calendar.gets_sessions = True
    calendar.save()
    entry = CalendarEntry.objects.create(
        calendar=calendar, session=booked(given), question="DELETED", asked_at=NINE
    )
    url = to("bookings:answer_calendar", entry.uuid)
    return given.coach.user, url, {"answer": "follow"}


TERMS = {
    "title": "Leading well",
    "sessions_agreed": 4,
    "minutes": 90,
    "rate": "75.00",
    "cancellation_notice_hours": 48,
    "review_on": "2027-09-01",
}


@FORMS.add("bookings:programme_propose", makes=Programme, without_key=2)
def a_proposal(given):
    sessions.open_hours(given.coach)
    relation = Client.objects.create(coach=given.coach, user=given.client)
    return given.coach.user, to("bookings:programme_propose", relation.uuid), TERMS


@FORMS.add("bookings:programme_terms", makes=OutgoingMessage, without_key=2)
def other_terms(given):
    sessions.open_hours(given.coach)
    programme = sessions.proposed_programme(given.coach, given.client)
    return given.coach.user, to("bookings:programme_terms", programme.uuid), TERMS


@FORMS.add("bookings:programme_review", makes=Extension, without_key=2)
def a_review(given):
    programme = sessions.agreed_programme(given.coach, given.client)
    decided = {"outcome": "EXTEND", "sessions_added": 2, "new_review_on": "2027-12-01"}
    return given.coach.user, to("bookings:programme_review", programme.uuid), decided


@FORMS.add("bookings:programme_review_date", makes=Programme, once=0, without_key=0)
def another_review_date(given):
    programme = sessions.agreed_programme(given.coach, given.client)
    page = to("bookings:programme_review_date", programme.uuid)
    return given.coach.user, page, {"review_on": "2027-10-01"}


@FORMS.add("bookings:programme_end", makes=OutgoingMessage, without_key=1)
def an_early_end(given):
    programme = sessions.agreed_programme(given.coach, given.client)
    return given.coach.user, to("bookings:programme_end", programme.uuid), {}


@FORMS.add("bookings:new_time_off", makes=TimeOff, without_key=2)
def time_off(given):
    day = {"starts_on": "2027-06-07", "ends_on": "2027-06-07"}
    return given.coach.user, to("bookings:new_time_off"), day


@FORMS.add("bookings:time_off", makes=TimeOff, once=0, without_key=0)
def changed_time_off(given):
    off = TimeOff.objects.create(coach=given.coach, starts_at=NINE, ends_at=NEXT_DAY)
    day = {"starts_on": "2027-06-08", "ends_on": "2027-06-08"}
    return given.coach.user, to("bookings:time_off", off.starts_at), day


@FORMS.add("bookings:end_time_off", makes=TimeOff, once=-1, without_key=-1)
def ended_time_off(given):
    off = TimeOff.objects.create(coach=given.coach, starts_at=NINE, ends_at=NEXT_DAY)
    return given.coach.user, to("bookings:end_time_off", off.starts_at), {}


@FORMS.add("bookings:confirm_day", makes=SessionEvent, without_key=1)
def a_day_confirmed(given):
    session = booked(given, starts_at=NINE)
    given.clock.move_to(NINE + timedelta(hours=10))
    page = to("bookings:confirm_day", NINE.date())
    return given.coach.user, page, {f"outcome_{session.uuid.hex}": "COMPLETED"}


@FORMS.add("bookings:book_for_client", makes=CoachingSession, without_key=1)
def a_booking_for_somebody_new(given):
    sessions.open_hours(given.coach)
    told = {"name": "Nell New", "email": "nell@example.org", "tell": "on", "location": "VIDEO"}
    when = {"date": NINE.date().isoformat(), "time": "09:00", "minutes": "60"}
    return given.coach.user, to("bookings:book_for_client", query="?client=new"), told | when


@FORMS.add("bookings:ask_again", makes=OutgoingMessage, without_key=2)
def another_link_to_accept(given):
    session, _ = sessions.invited(given.coach)
    return given.coach.user, to("bookings:ask_again", session.uuid), {}


@FORMS.add("bookings:undo", makes=SessionEvent, without_key=1)
def an_undo(given):
    session = booked(given)
    actions.cancel(session=session, by=given.coach.user, at=sessions.WEEKS_AHEAD)
    return given.coach.user, to("bookings:undo", session.uuid), {}
