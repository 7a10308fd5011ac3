"""Months of coaching in every state: booked, moved, cancelled, missed, held, to be confirmed.

Everything goes through the real actions at moments of the past, when the times were open.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import F

from bookings import actions
from bookings.actions import agreement_texts
from bookings.actions.booking_request import Acceptance, BookingRequest, Details
from bookings.availability import slot_queries
from bookings.models import CoachingSession
from coaching_portal.example_data.people import coach, organisation, person
from coaching_portal.notifications.models import OutgoingMessage
from profiles.models import Membership

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BOOKED_AHEAD = 21 * DAY
Location = CoachingSession.Location

TRUST = "Example Hospitals NHS Trust"
COUNCIL = "Example Borough Council"
SCHOOL = "Example High School"


@dataclass(frozen=True)
class Story:
    """One client: with whom, where, who pays, and what happened so many days from now."""

    client: str
    sessions: dict[int, str]
    minutes: int = 60
    coach: str = "coach"
    location: str = Location.VIDEO
    location_details: str = ""
    payer: str = ""
    purchase_order: str = ""
    needs: str = ""
    agenda: tuple[str, ...] = field(default=())


STORIES = (
    Story(
        "client",
        {
            -75: "held",
            -54: "held",
            -40: "moved",
            -26: "held",
            -12: "late",
            3: "booked",
            17: "booked",
        },
        minutes=90,
        agenda=("Saying no without feeling that I let the team down", "What to hand over first"),
    ),
    Story("nadia", {-80: "intro", -70: "held", -56: "held", -30: "held", 9: "booked"}, minutes=75),
    Story("ben", {-66: "held", -45: "missed", -24: "held", 12: "booked"}),
    Story("grace", {-62: "held", -41: "cancelled", -34: "held", -13: "held"}, minutes=120),
    Story(
        "imran",
        {-58: "held", -37: "held", -16: "held", 5: "booked"},
        payer=TRUST,
        purchase_order="PO-118203",
    ),
    Story(
        "joan",
        {-50: "held", -29: "late", -15: "held"},
        payer=TRUST,  # which asks for a purchase order: its invoice waits for one
        location=Location.TELEPHONE,
        location_details="01632 960011",
    ),
    Story("kofi", {-65: "held", -44: "held", -23: "missed", 19: "booked"}, payer=COUNCIL),
    Story("lena", {-61: "intro", -47: "held", -33: "waived", -19: "held", 8: "booked"}),
    Story(
        "marek",
        {-57: "held", -36: "held", -9: "held"},
        coach="coach2",
        minutes=90,
        needs="I lip-read: please face the camera.",
    ),
    Story("olive", {-49: "held", -28: "called off", -20: "held", 11: "booked"}, coach="coach2"),
    Story("priya", {-52: "held", -31: "held", -10: "held"}, coach="coach2", payer=SCHOOL),
    Story(
        "rosa", {-43: "intro", -35: "held", -14: "held", 16: "booked"}, location=Location.PRACTICE
    ),
    Story("sam", {6: "intro booked"}),
)


def load(at):
    if CoachingSession.objects.exists():
        return
    organisation(COUNCIL, payables_email="payables.council@example.org")
    organisation(SCHOOL, payables_email="bursar@example.org")
    for story in STORIES:
        _tell(story, at)
    _one_to_confirm_today(at)
    as_if_delivered(at)


def _tell(story, at):
    client = person(story.client)
    if story.payer:
        Membership.objects.get_or_create(
            user=client, organisation=organisation(story.payer), role=Membership.Role.MEMBER
        )
    for days, outcome in sorted(story.sessions.items()):
        session = _book(story, client, at + days * DAY, at, minutes=_minutes(story, outcome))
        OUTCOMES[outcome](session)


def _minutes(story, outcome):
    return 30 if outcome.startswith("intro") else story.minutes


def _book(story, client, around, at, *, minutes):
    """The first time that was open around that day, booked three weeks ahead (or just now)."""
    booked_at = min(around - BOOKED_AHEAD, at - DAY)
    their_coach = coach(story.coach)
    starts = slot_queries.open_slots(
        their_coach, minutes=minutes, since=around, until=around + 7 * DAY, at=booked_at
    )
    starts_at = starts[len(story.client) % len(starts)]
    programme = _programme_of(client, minutes, booked_at)
    return actions.book(
        booking_request=BookingRequest(
            their_coach, starts_at, minutes, story.location, programme=programme
        ),
        client=client,
        by=client,
        at=booked_at,
        details=_details(story, their_coach),
    )


def _programme_of(client, minutes, booked_at):
    """The programme that the client had agreed by then, where its sessions are as long."""
    running = client.programmes.bookable().filter(minutes=minutes)
    return running.filter(agreement__accepted_at__lte=booked_at).first()


def _details(story, their_coach):
    return Details(
        location_details=story.location_details,
        organisation=organisation(story.payer) if story.payer else None,
        purchase_order=story.purchase_order,
        needs=story.needs,
        agenda="\n".join(story.agenda),
        acceptance=Acceptance(agreement_texts.short_form(their_coach), "192.0.2.7"),
    )


def _confirm(session):
    actions.confirm(session=session, by=session.coach.user, at=session.ends_at + HOUR)


def _miss(session):
    actions.no_show(session=session, by=session.coach.user, at=session.ends_at + HOUR)


def _waive(session):
    _miss(session)
    at = session.ends_at + DAY
    actions.waive(session=session, by=session.coach.user, at=at, reason="Taken ill that morning")


def _cancel(session):
    actions.cancel(session=session, by=session.client, at=session.starts_at - 5 * DAY)


def _cancel_late(session):
    actions.cancel(session=session, by=session.client, at=session.starts_at - 6 * HOUR)


def _call_off(session):
    actions.cancel(session=session, by=session.coach.user, at=session.starts_at - 20 * HOUR)


def _move(session):
    """To the next open time of the same week, then held."""
    at = session.starts_at - 9 * DAY
    starts = slot_queries.open_slots(
        session.coach,
        minutes=session.minutes,
        since=session.starts_at + HOUR,
        until=session.starts_at + 6 * DAY,
        at=at,
        requester=slot_queries.Requester(moving=session),
    )
    _confirm(actions.move(session=session, starts_at=starts[0], by=session.client, at=at))


def _leave_booked(session):
    pass


OUTCOMES = {
    "held": _confirm,
    "missed": _miss,
    "waived": _waive,
    "cancelled": _cancel,
    "late": _cancel_late,
    "called off": _call_off,
    "moved": _move,
    "booked": _leave_booked,
    "intro": _confirm,
    "intro booked": _leave_booked,
}


def _one_to_confirm_today(at):
    """A session that ended just now, booked by the coach for the hour that suited her client."""
    tracy = coach()
    starts_at = (at - 2 * HOUR).replace(minute=0, second=0, microsecond=0)
    actions.book(
        booking_request=BookingRequest(tracy, starts_at, 60, outside_hours=True),
        client=person("ben"),
        by=tracy.user,
        at=at - 16 * DAY,
    )


def as_if_delivered(at):
    """The mail of past months went out in its time: nobody is sent it when the example starts."""
    waiting = OutgoingMessage.objects.filter(status=OutgoingMessage.Status.WAITING)
    waiting.filter(due_at__lt=at - DAY / 2).update(
        status=OutgoingMessage.Status.SENT, settled_at=F("due_at")
    )
