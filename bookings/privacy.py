"""What coaching keeps about people."""

from datetime import datetime, timedelta
from typing import cast

from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from bookings.actions import programmes
from bookings.emails import invitations
from bookings.models import (
    AcceptanceLink,
    AgendaItem,
    Agreement,
    CalendarConnection,
    CalendarFeed,
    CoachingSession,
    EarlierTimeWish,
    Enquiry,
    MoveRequest,
    PendingBooking,
    Programme,
)
from coaching_portal.common.formatting import when
from coaching_portal.personal_data import privacy
from profiles.models import Coach

DAY = timedelta(days=1)
NO_LONGER_NEEDED = {"needs": "", "location_details": ""}


def register():
    privacy.keep(
        "sessions",
        what="Coaching sessions: when, where, with whom, what happened and what they cost",
        why="You and we have a contract about them; invoices refer to them.",
        how_long="The dates for as long as invoices about them. Needs and location until 30 days "
        "after the session.",
        export=_sessions,
        documents=_calendar_files,
        blockers=_upcoming,
        erase=_erase_sessions,
        withdraw=lambda user, at: (
            CoachingSession.objects.filter(client=user).exclude(needs="").update(needs="")
        ),
    )
    privacy.keep(
        "requests to move",
        what="What you asked for when you wanted another time for a session, and the answer",
        why="For your coach to decide about it.",
        how_long="The times for as long as the session. Reason and answer until 30 days after it.",
        export=_move_requests,
        erase=lambda user, at: MoveRequest.objects.filter(
            Q(requested_by=user) | Q(session__client=user) | Q(session__coach__user=user)
        ).update(reason="", answer=""),
    )
    privacy.keep(
        "agenda",
        what="What you put on the agenda of a session",
        why="You wrote it for your coach and yourself.",
        how_long="Two years after the session.",
        export=_agenda,
        erase=lambda user, at: AgendaItem.objects.filter(
            Q(author=user) | Q(session__client=user)
        ).delete(),
    )
    privacy.keep(
        "programmes",
        what="Programmes: the terms, the review date, extensions, what was decided",
        why="You and we have a contract about them.",
        how_long="For as long as invoices about them.",
        export=_programmes,
        erase=_end_programmes,
        lock=_lock_coaches,
    )
    privacy.keep(
        "agreements",
        what="Which agreement you accepted, when, and from which internet address",
        why="Proof of the contract, for both sides. Claims can be made for six years "
        "(Limitation Act 1980, section 5).",
        how_long="Six years, the internet address one year.",
        export=_agreements,
        erase=lambda user, at: Agreement.objects.filter(accepted_by=user).update(
            accepted_from=None
        ),
    )
    privacy.keep(
        "enquiries",
        what="What you wrote to us before you had an account, or without one",
        why="To answer you.",
        how_long="Two years.",
        export=_enquiries,
        erase=lambda user, at: _enquiries_of(user).delete(),
    )
    privacy.keep(
        "calendar feeds",
        what="Your calendar feeds: name, what each shows, when it was made and last read. "
        "Never its address",
        why="You made them, to see your sessions in your own calendar.",
        how_long="Until you revoke them.",
        export=_feeds,
        erase=lambda user, at: CalendarFeed.objects.of(user).delete(),
    )
    privacy.keep(
        "bookings to be confirmed",
        what="What you chose and typed to book, until you have entered the code that we emailed",
        why="To book for you once we know that the email address is yours.",
        how_long="Until you enter the code, one day at most.",
        export=_pending,
        erase=lambda user, at: PendingBooking.objects.of_email(user.email).delete(),
    )
    privacy.keep(
        "calendar connections",
        what="Calendars that you connect as a coach: name, kind, and when you are busy in them. "
        "Address and sign-in details are encrypted; what an event is about is not kept",
        why="You connected them, so that nobody books you while you are busy.",
        how_long="Until you disconnect them.",
        export=_connections,
        erase=lambda user, at: CalendarConnection.objects.filter(coach__user=user).delete(),
    )
    privacy.keep(
        "earlier times",
        what="Which days and hours would suit you for an earlier session, and what we offered",
        why="You asked us to offer you a time that comes free.",
        how_long="90 days after you have accepted a time, left the list, or the dates are over.",
        export=_wishes,
        erase=_erase_wishes,
    )
    _forget()


def _forget():
    privacy.register_retention(
        "holds",
        days=1,
        what="Times that were held and not booked",
        find=lambda before: CoachingSession.objects.expired_holds(before),
    )
    privacy.register_retention(
        "pending-bookings",
        days=1,
        what="Bookings whose email address was not proved",
        find=lambda before: PendingBooking.objects.filter(created_at__lt=before),
    )
    privacy.register_retention(
        "earlier-times",
        days=90,
        what="Wishes for an earlier time that have ended",
        find=lambda before: EarlierTimeWish.objects.filter(ended_at__lt=before),
    )
    privacy.register_retention(
        "session-needs",
        days=30,
        what="Needs and location of sessions that are over",
        find=lambda before: CoachingSession.objects.filter(ends_at__lt=before).exclude(
            **NO_LONGER_NEEDED
        ),
        forget=lambda rows: rows.update(**NO_LONGER_NEEDED),
    )
    privacy.register_retention(
        "move-requests",
        days=30,
        what="Reasons and answers of requests to move sessions that are over",
        find=lambda before: MoveRequest.objects.filter(session__ends_at__lt=before).exclude(
            reason="", answer=""
        ),
        forget=lambda rows: rows.update(reason="", answer=""),
    )
    privacy.register_retention(
        "agenda",
        days=730,
        what="Agenda items of sessions that are over",
        find=lambda before: AgendaItem.objects.filter(session__ends_at__lt=before),
    )
    privacy.register_retention(
        "agreement-addresses",
        days=365,
        what="Internet addresses from which agreements were accepted",
        find=lambda before: Agreement.objects.filter(
            accepted_at__lt=before, accepted_from__isnull=False
        ),
        forget=lambda rows: rows.update(accepted_from=None),
    )
    privacy.register_retention(
        "enquiries",
        days=730,
        what="Enquiries",
        find=lambda before: Enquiry.objects.filter(received_at__lt=before),
    )


def _sessions(user):
    own = (
        CoachingSession.objects.without_holds()
        .filter(client=user)
        .for_pages()
        .order_by("starts_at")
    )
    return [
        {
            "reference": session.reference,
            "kind": session.get_kind_display(),
            "coach": str(session.coach),
            "starts": session.starts_at.isoformat(),
            "ends": session.ends_at.isoformat(),
            "state": session.get_status_display(),
            "location": session.get_location_display(),
            "location details": session.location_details,
            "needs": session.needs,
            "price": str(session.price),
            "payer": str(session.organisation or user),
            "purchase order": session.purchase_order,
        }
        for session in own
    ]


def _move_requests(user):
    own = MoveRequest.objects.filter(Q(session__client=user) | Q(requested_by=user))
    return [
        {
            "session": asked.session.reference,
            "asked": asked.requested_at.isoformat(),
            "time asked for": asked.starts_at.isoformat(),
            "reason": asked.reason,
            "state": asked.get_status_display(),
            "answer": asked.answer,
        }
        for asked in own.select_related("session").order_by("pk")
    ]


def _calendar_files(user):
    """The calendar files of sessions that are booked."""
    booked = CoachingSession.objects.filter(client=user, status=CoachingSession.Status.BOOKED)
    for session in booked.for_pages():
        text = invitations.calendar_file(session, at=cast(datetime, session.booked_at))
        yield f"{session.reference}.ics", text.encode()


def _feeds(user):
    return [
        {
            "name": feed.label,
            "shows": feed.get_shows_display(),
            "made": feed.created_at.isoformat(),
            "last read": feed.last_read_at.isoformat() if feed.last_read_at else "",
        }
        for feed in CalendarFeed.objects.of(user)
    ]


def _pending(user):
    return [
        {"asked": pending.created_at.isoformat(), **pending.selection, **pending.answers}
        for pending in PendingBooking.objects.of_email(user.email).order_by("pk")
    ]


def _connections(user):
    own = CalendarConnection.objects.filter(coach__user=user).order_by("pk")
    return [
        {
            "name": connection.label,
            "kind": connection.get_kind_display(),
            "made": connection.created_at.isoformat(),
            "last read": connection.synced_at.isoformat() if connection.synced_at else "",
            "busy": [
                [start.isoformat(), end.isoformat()]
                for start, end in connection.busy_times.order_by("starts_at").values_list(
                    "starts_at", "ends_at"
                )
            ],
        }
        for connection in own
    ]


def _wishes(user):
    own = EarlierTimeWish.objects.filter(client=user).with_details().in_line()
    return [
        {
            "coach": str(wish.coach),
            "session": wish.session.reference if wish.session else "",
            "minutes": wish.minutes,
            "location": wish.get_location_display(),
            "days": ", ".join(wish.weekday_names),
            "hours": [wish.from_time.isoformat(), wish.until_time.isoformat()],
            "dates": [wish.first_on.isoformat(), wish.last_on.isoformat()],
            "state": wish.get_status_display(),
            "asked": wish.created_at.isoformat(),
            "declined or not answered": [each.isoformat() for each in wish.passed_over],
        }
        for wish in own
    ]


def _erase_wishes(user, at):
    for wish in EarlierTimeWish.objects.filter(client=user):
        wish.holds.delete()
        wish.delete()


def _upcoming(user, at):
    for session in CoachingSession.objects.filter(client=user).upcoming(at):
        yield privacy.ErasureBlocker(
            f"A session is booked for {when(session.starts_at, user.time_zone)}: cancel it first.",
            reverse("bookings:cancel", args=[session.uuid]),
        )


def _erase_sessions(user, at):
    CoachingSession.objects.filter(client=user, status=CoachingSession.Status.HELD).delete()
    CoachingSession.objects.filter(client=user).update(**NO_LONGER_NEEDED)
    AcceptanceLink.objects.filter(session__client=user).delete()


def _agenda(user):
    own = AgendaItem.objects.filter(author=user).select_related("session").order_by("pk")
    return [
        {
            "session": item.session.reference,
            "written": item.created_at.isoformat(),
            "text": item.text,
        }
        for item in own
    ]


def _programmes(user):
    return [
        {
            "title": programme.title,
            "coach": str(programme.coach),
            "state": programme.get_status_display(),
            "proposed": programme.proposed_at.isoformat(),
            "review": programme.review_on.isoformat(),
            **programme.terms(),
            "extensions": [
                {
                    "state": extension.get_status_display(),
                    "proposed": extension.proposed_at.isoformat(),
                    "sessions added": extension.sessions_added,
                    "next review": extension.new_review_on.isoformat(),
                }
                for extension in programme.extensions.order_by("pk")
            ],
        }
        for programme in Programme.objects.filter(client=user).for_pages().order_by("pk")
    ]


def _lock_coaches(user):
    """Of the programmes that will be ended: a coach's row comes before a client's."""
    coaches = Coach.objects.filter(pk__in=Programme.objects.filter(client=user).values("coach"))
    list(coaches.order_by("pk").select_for_update(no_key=True))


def _end_programmes(user, at):
    for programme in Programme.objects.filter(client=user).open().select_related("coach"):
        if programme.can_be_ended:
            programmes.end(programme=programme, at=at)


def _agreements(user):
    own = Agreement.objects.filter(accepted_by=user).select_related("text").order_by("pk")
    return [
        {
            "agreement": str(agreement.text),
            "accepted": agreement.accepted_at.isoformat(),
            "from": agreement.accepted_from or "",
            "text": agreement.text.body,
            "fingerprint (SHA-256)": agreement.sha256,
        }
        for agreement in own
    ]


def _enquiries_of(user):
    # Not `iexact`, which compares in capitals: there a dotless ı is an I, and another person's.
    return Enquiry.objects.alias(address=Lower("email")).filter(address=user.email)


def _enquiries(user):
    own = _enquiries_of(user).order_by("pk")
    return [
        {
            "reference": enquiry.reference,
            "received": enquiry.received_at.isoformat(),
            "name": enquiry.name,
            "phone": enquiry.phone,
            "organisation": enquiry.organisation,
            "message": enquiry.message,
            "when and where": enquiry.arrangements,
        }
        for enquiry in own
    ]
