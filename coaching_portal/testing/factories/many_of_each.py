"""A practice with as many of everything as asked: what lists, rows and files are drawn from.

`Plenty(people).grow(3)`, and once more to have more. Everything that a page may repeat grows: with
the n-th of a kind come n of what belongs to it, and `newest` holds the newest, which has the most.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.test import Client

from bookings import actions as coaching
from bookings.actions import connections, earlier_times, enquiries, extensions, feeds
from bookings.actions.booking_request import BookingRequest
from bookings.connections.providers import Credentials
from bookings.emails import move_declined, move_requested, series_booked
from bookings.emails.earlier_times import time_offered
from bookings.models import (
    CalendarEntry,
    CoachingSession,
    ConnectedCalendar,
    EmbedOrigin,
    MoveRequest,
)
from coaching_portal.billing import actions as ledger
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import Payment
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage, RefusedAddress
from coaching_portal.testing.factories.ledger import draft, set_up_practice
from coaching_portal.testing.factories.sessions import (
    accepted,
    agreed_programme,
    invited,
    open_hours,
    pending_booking,
    proposed_programme,
)
from profiles.actions import assistant_emails, complaints
from profiles.models import (
    AssistantInvitation,
    CareerEntry,
    Coach,
    DiaryDelegate,
    Interview,
    Leader,
    Membership,
    Organisation,
    Publication,
    Qualification,
    Theme,
    User,
)
from profiles.models.assistants import token_hash
from training import actions as courses
from training.actions import Learner
from training.models import Cohort, Course, EnrolmentTerms, TeachingSession

# Wednesday: Monday and Tuesday of the same week are over, Thursday and Friday are to come.
NOW = datetime(2027, 6, 9, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MIDNIGHT = NOW - 12 * HOUR
LAST_WEEK, MONDAY, TUESDAY = MIDNIGHT - 6 * DAY, MIDNIGHT - 2 * DAY, MIDNIGHT - DAY
THURSDAY, FRIDAY = MIDNIGHT + DAY, MIDNIGHT + 2 * DAY
EARLIER = NOW - 60 * DAY


class Plenty:
    def __init__(self, people):
        self.people, self.size, self.newest = people, 0, {}
        self.coach, self.client = people.coach.coach, people.client
        self.trust = people.organisation
        Organisation.objects.filter(pk=self.trust.pk).update(address="1 Example Road")
        self.trust.refresh_from_db()
        open_hours(self.coach)
        set_up_practice()
        TOTP.activate(self.client, generate_totp_secret())
        RecoveryCodes.activate(self.client)

    def grow(self, number):
        for index in range(self.size, self.size + number):
            for add in (
                _people,
                _profiles,
                _hours,
                _coaching,
                _connections,
                _programmes,
                _training,
                _ledger,
            ):
                add(self, index)
            _messages(self, index)
        self.size += number

    def person(self, kind, index):
        return User.objects.get_or_create(
            email=f"{kind}{index}@example.org", defaults={"name": f"{kind.title()} {index}"}
        )[0]


def _people(plenty, index):
    """An organisation, its people, a group, a browser somewhere, a passkey, and an enquiry."""
    organisation = Organisation.objects.create(name=f"Example Trust {index}")
    member = plenty.person("member", index)
    for each in (organisation, plenty.trust):
        Membership.objects.create(user=member, organisation=each)
    Membership.objects.create(user=plenty.client, organisation=organisation)
    DiaryDelegate.objects.create(user=plenty.people.delegate, client=member)
    _invitations(plenty, index, member)
    Group.objects.create(name=f"Group {index}")
    sign_in(Client(), plenty.client)
    key = Authenticator.objects.create(
        user=plenty.client,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": f"Key {index}", "credential": {"clientExtensionResults": {}}},
    )
    asked = enquiries.submit_enquiry(
        subject="MESSAGE", name="Vi", email="vi@example.org", message="May I?", at=EARLIER
    )
    complaint = complaints.complain(
        name="Vi", email="vi@example.org", message="You wrote to me.", at=EARLIER
    )
    refused = RefusedAddress.objects.create(
        email=f"gone{index}@example.org", refused_at=EARLIER, reply="550 No such person"
    )
    organisation.payment_terms_days = 14  # a second line of its history
    organisation.save()
    plenty.newest |= {
        "organisation": organisation,
        "member": member,
        "enquiry": asked,
        "complaint": complaint,
        "datacomplaint": complaint,
        "refusedaddress": refused,
        "passkey": key,
    }


def _invitations(plenty, index, member):
    """An assistant, one who is invited and one who was, and two who want one's help.

    More than a client may have, so not by the action.
    """
    DiaryDelegate.objects.create(user=member, client=plenty.client)
    ended, _ = _invite(plenty.client, f"ended{index}@example.org", ended_at=NOW)
    invited, token = _invite(plenty.client, f"invited{index}@example.org")
    assistant_emails.assistant_invited(invited, token=token, at=NOW)
    for tell in (assistant_emails.invitation_accepted, assistant_emails.invitation_declined):
        tell(ended, at=NOW)
    assistant_emails.assistant_ended(client=plenty.client, assistant=member, at=NOW)
    for person in (plenty.client, plenty.people.delegate):
        _invite(member, person.email)
    plenty.newest["invitation"] = SimpleNamespace(token=token)


def _invite(client, email, **fields):
    token = f"{client.email} {email}"
    invitation = AssistantInvitation.objects.create(
        client=client,
        name="Ann",
        email=email,
        token_sha256=token_hash(token),
        invited_at=NOW,
        expires_at=NOW + 14 * DAY,
        **fields,
    )
    return invitation, token


def _profiles(plenty, index):
    user = plenty.person("owen", index)
    Coach.objects.create(user=user, slug=f"owen-{index}", is_public=True)
    CareerEntry.objects.create(coach=plenty.coach, title=f"Post {index}")
    Qualification.objects.create(coach=plenty.coach, title=f"Degree {index}")
    Publication.objects.create(coach=plenty.coach, title=f"Paper {index}")
    leader = Leader.objects.create(
        slug=f"lena-{index}",
        name=f"Lena {index}",
        role="Chair",
        state=Leader.State.PUBLISHED,
        public_sources="An example podcast",
    )
    for number in range(index + 1):
        Theme.objects.create(leader=leader, title=f"Theme {number}")
        CareerEntry.objects.create(leader=leader, title=f"Post {number}")
        interview = Interview.objects.create(
            leader=leader,
            slug=f"talk-{number}",
            title=f"Talk {number}",
            is_published=True,
            public_sources="An example podcast",
            published_on=date(2027, 1, 1),
            audio=ContentFile(b"sound", f"talk-{number}.mp3"),
        )
    plenty.newest |= {"leader": leader, "interview": interview}


def _hours(plenty, index):
    shifts = [(time(2 * number), time(2 * number + 1)) for number in range(index + 1)]
    week = {day: [(time(9), time(17))] for day in range(5)} | {5: shifts}
    coaching.set_weekly_hours(coach=plenty.coach, shifts=week)
    on = date(2027, 7, 1) + index * DAY
    coaching.set_date(coach=plenty.coach, date=on, shifts=[(time(10), time(12))])
    off = NOW + (60 + index) * DAY
    coaching.take_time_off(coach=plenty.coach, starts_at=off, ends_at=off + HOUR)
    EmbedOrigin.objects.create(coach=plenty.coach, origin=f"https://site{index}.example.org")
    plenty.newest |= {"date": on, "off": off}


def _connections(plenty, index):
    """A calendar elsewhere with its calendars, and a session that was moved in one of them."""
    connection = connections.connect(
        coach=plenty.coach,
        kind="CALDAV",
        label=f"Work {index}",
        credentials=Credentials("https://cloud.example.com/", "una", "heron"),
        at=NOW,
    )
    for number in range(index + 1):
        calendar = ConnectedCalendar.objects.create(
            connection=connection, url=f"/{number}/", name=f"Calendar {number}"
        )
        CalendarEntry.objects.create(
            calendar=calendar,
            session=CoachingSession.objects.filter(coach=plenty.coach).latest("pk"),
            question="DELETED",
            asked_at=NOW,
        )
    plenty.newest["connection"] = connection


def _coaching(plenty, index):
    """An hour of each day: held, over but not confirmed, and to come, with agenda and history."""
    other = plenty.person("client", index)
    hour = (6 + index) * HOUR
    held = book(plenty, plenty.client, LAST_WEEK + hour)
    coaching.confirm(session=held, by=plenty.coach.user, at=LAST_WEEK + DAY)
    plenty.newest["over"] = book(plenty, other, MONDAY + hour)
    coaching.confirm(
        session=book(plenty, other, TUESDAY + hour), by=plenty.coach.user, at=TUESDAY + DAY
    )
    ahead = book(plenty, plenty.client, THURSDAY + hour)
    move_request = MoveRequest.objects.create(
        session=book(plenty, other, FRIDAY + hour),
        starts_at=FRIDAY + DAY + hour,
        requested_by=other,
        requested_at=EARLIER,
    )
    move_requested(move_request, at=NOW)
    move_declined(move_request, at=NOW)
    for number in range(index + 1):
        coaching.add_to_agenda(session=ahead, text=f"{number}", by=plenty.client, at=EARLIER)
        for outcome in (CoachingSession.Status.NO_SHOW, CoachingSession.Status.COMPLETED):
            coaching.record_outcome(session=held, outcome=outcome, by=plenty.coach.user, at=NOW)
    elsewhere = plenty.person("owen", index).coach
    book(plenty, plenty.client, FRIDAY + hour, coach=elsewhere)
    _, token = feeds.make_feed(
        user=plenty.coach.user, label=f"Phone {index}", shows="NAMES", at=EARLIER
    )
    feeds.make_feed(user=plenty.client, label=f"Phone {index}", shows="BUSY", at=EARLIER)
    _, _, link = pending_booking(plenty.coach, f"visitor{index}@example.org", at=NOW)
    plenty.newest["time_offer"] = _wish(plenty, ahead)
    plenty.newest |= {"held": held, "ahead": ahead, "feed": SimpleNamespace(token=token)}
    plenty.newest |= {"pending": SimpleNamespace(token=link)}
    late = NOW + (20 + index) * DAY
    _, token = invited(plenty.coach, email=f"nell{index}@example.org", starts_at=late, at=NOW)
    to_accept = book(plenty, plenty.client, late + 3 * HOUR)
    CoachingSession.objects.filter(pk=to_accept.pk).update(agreement=None, awaits_acceptance=True)
    plenty.newest |= {"invited": SimpleNamespace(token=token), "to_accept": to_accept}


def _wish(plenty, session):
    """That the session may be earlier, with a time that is offered."""
    wish = earlier_times.wish_for_earlier_time(
        client=plenty.client,
        coach=plenty.coach,
        session=session,
        minutes=60,
        location="VIDEO",
        suitable=earlier_times.Suitable(range(7), time(), time(), NOW.date(), FRIDAY.date()),
        at=EARLIER,
    )
    wish.offered_start, wish.offer_expires_at = THURSDAY, NOW + HOUR
    wish.save()
    time_offered(wish, at=NOW)
    return wish


def sign_in(browser, user):
    """As the form does: the account's page lists this browser from now on."""
    browser.force_login(user)
    UserSession.objects.create(
        user=user, session_key=browser.session.session_key, ip="192.0.2.1", user_agent="Example"
    )


def book(plenty, client, starts_at, *, coach=None, **booking_request):
    coach = coach or plenty.coach
    return coaching.book(
        booking_request=BookingRequest(coach, starts_at, 60, outside_hours=True, **booking_request),
        client=client,
        by=coach.user,
        at=EARLIER,
        details=accepted(coach),
    )


def _programmes(plenty, index):
    """One with as many sessions and reviews, one to be answered, and one of somebody else."""
    agreed = agreed_programme(plenty.coach, plenty.client, sessions=30, at=EARLIER)
    series = []
    for number in range(index + 1):
        ends_at = NOW + (300 + 20 * index + number) * DAY
        session = book(plenty, plenty.client, ends_at, programme=agreed)
        series.append(session)
        extensions.accept(
            extension=_extension(plenty, agreed, number), by=plenty.client, at=EARLIER
        )
    proposed = proposed_programme(plenty.coach, plenty.client, at=EARLIER)
    agreed_programme(plenty.coach, plenty.person("client", index), at=EARLIER)
    extension = _extension(plenty, agreed, index + 1)
    plenty.newest |= {"agreed": agreed, "proposed": proposed, "extension": extension}
    plenty.newest["of_series"] = session
    series_booked(series, by=plenty.client, at=EARLIER)


def _extension(plenty, programme, number):
    return extensions.propose(
        programme=programme,
        sessions_added=1,
        new_review_on=(NOW + (90 + number) * DAY).date(),
        by=plenty.coach.user,
        at=EARLIER,
    )


def _training(plenty, index):
    """A cohort in which one place is taken, as many are bought by a contact, and people wait."""
    main = Course.objects.get_or_create(
        slug="audit", defaults={"title": "Audit", "price": 295, "is_published": True}
    )[0]
    main.trainers.add(plenty.person("member", index))
    Course.objects.create(
        slug=f"audit-{index}", title=f"Audit {index}", price=295, is_published=True
    )
    cohort = Cohort.objects.create(course=main, capacity=40, status=Cohort.Status.OPEN)
    for number in range(index + 1):
        starts_at = NOW + (60 + number) * DAY
        TeachingSession.objects.create(
            cohort=cohort, starts_at=starts_at, ends_at=starts_at + 3 * HOUR
        )
        courses.join_waiting_list(cohort=cohort, by=plenty.person("member", number), at=EARLIER)
    contact = plenty.people.contact
    _enrol(cohort, plenty.client, [Learner("Cleo", plenty.client.email)])
    staff = [Learner(f"Ann {number}", f"ann{number}@example.org") for number in range(index + 1)]
    booking = _enrol(
        cohort, contact, [*staff, Learner()], organisation=plenty.trust, purchase_order="PO-1"
    )
    waiting = courses.join_waiting_list(cohort=cohort, by=contact, at=EARLIER)
    courses.offer_free_places(at=NOW)
    EnrolmentTerms.objects.create(version=index + 2, body="Terms")
    plenty.newest |= {"course": main, "cohort": cohort, "booking": booking, "offer": waiting}


def _enrol(cohort, by, learners, **payer):
    return courses.enrol(
        cohort=cohort, by=by, learners=learners, terms=EnrolmentTerms.current(), at=EARLIER, **payer
    )


def _ledger(plenty, index):
    """An invoice with as many lines, paid in part by as many payments, and credited as often."""
    admin, payer = plenty.people.admin, Payer(user=plenty.client)
    lines = [(1, "75.00")] * (index + 1)
    issued = ledger.issue(invoice=draft(payer, *lines, at=NOW), by=admin, at=NOW)
    for number in range(index + 1):
        note = ledger.credit(
            invoice=issued,
            amounts={issued.lines.all()[0]: Decimal(1)},
            reason=f"Mistake {number}",
            by=admin,
            at=NOW,
        )
        paid = _pay(payer, admin, [issued])
    every = plenty.client.invoices.issued()
    plenty.newest["payment"] = _pay(payer, admin, every)
    for organisation in (plenty.trust, plenty.newest["organisation"]):
        waiting = draft(Payer(organisation=organisation), *lines, at=NOW)
    plenty.newest |= {"invoice": issued, "note": note, "draft": waiting, "paid": paid}


def _pay(payer, admin, invoices):
    return ledger.record_payment(
        payer=payer,
        amount=Decimal(50),
        received_on=NOW.date(),
        method=Payment.Method.BANK_TRANSFER,
        by=admin,
        at=NOW,
        allocate_to=[(invoice, Decimal(1)) for invoice in invoices],
    )


def _messages(plenty, index):
    """As if delivered; the newest has been asked for again and again."""
    OutgoingMessage.objects.filter(status="WAITING").update(status="SENT", settled_at=NOW)
    message = OutgoingMessage.objects.latest("pk")
    for _ in range(index + 1):
        outbox.send_again(message=message, by=plenty.people.admin, at=NOW)
        OutgoingMessage.objects.filter(pk=message.pk).update(status="SENT", settled_at=NOW)
    plenty.newest["message"] = message
