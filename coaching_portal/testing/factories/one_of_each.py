"""A small portal with something at every address, for attacks that go to all of them.

`build(at)` makes it through the example's subjects and the real actions.
"""

from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db.models import F
from django.urls import reverse

from bookings import actions
from bookings.actions import connections, earlier_times, enquiries, extensions, feeds
from bookings.actions.booking_request import BookingRequest
from bookings.availability import slot_queries
from bookings.connections.providers import Credentials
from bookings.models import (
    CalendarConnection,
    CalendarEntry,
    ConnectedCalendar,
    EarlierTimeWish,
    MoveRequest,
    Programme,
)
from coaching_portal.billing import actions as ledger_actions
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import Allocation, Payment
from coaching_portal.example_data import hours, people, profiles, programmes, training
from coaching_portal.example_data.people import coach, person
from coaching_portal.notifications import unsubscribe
from coaching_portal.notifications.models import RefusedAddress
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.sessions import accepted, invited, pending_booking
from coaching_portal.tests.security.test_access import EVERY, OURS
from profiles.actions import assistants, complaints, consents
from profiles.models import Client, Interview
from training import actions as courses
from training.models import Cohort, CourseBooking, Enrolment, WaitingListPlace

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Who opens which pages; other pages are for everybody.
READERS = {
    "client": "book details sessions session session_ics move cancel booked add_agenda"
    " calendar_feeds revoke_feed remove_agenda accept withdraw_consent withdraw_move programmes"
    " programme_accept programme_decline extension extension_accept extension_decline"
    " series series_booked series_ics earlier_times new_earlier_time withdraw_earlier_time"
    " invoices invoice invoice_pdf credit_note_pdf assistants withdraw_invitation end_assistant",
    "delegate": "stop_assisting answer_invitation",
    "anonymous": "accept_by_link",
    "coach": "calendar book_for_client ask_again confirm_day hours weekly_hours new_date"
    " new_time_off date_hours time_off copy_week rules clients clear_date open_bank_holiday"
    " end_time_off client confirm no_show undo waive programme programme_terms programme_review"
    " programme_review_date programme_end"
    " programme_propose connections connection connection_password disconnect"
    " answer_calendar accept_move decline_move embed_settings change_time change_length"
    " calendar_events income income_by_month income_by_session",
    "contact": "enrol check waiting_list learning booking booked cancel_booking name_place"
    " pass_on cancel_place",
    "nadia": "place_ics",
    "gwen": "offer decline_offer leave_waiting",
    "admin": "invoicing invoicing_draft invoicing_issue",
}


@dataclass
class World:
    """`kwargs` of addresses by the page's name; `rows` of the admin by where it shows them."""

    kwargs: dict
    rows: dict

    def address(self, name):
        return reverse(name, kwargs=self.kwargs.get(name))

    def ours(self):
        """{name: address} of every page outside the admin's own and django-allauth's."""
        return {name: self.address(name) for _, name, _ in OURS if not name.startswith("invoicing")}

    def admins(self):
        """{pattern: address} of every address in the admin, with rows that are there."""
        return {each: self._admins(each) for each, _, _ in EVERY if each.startswith("admin/")}

    def _admins(self, pattern):
        places = [place for place in self.rows if pattern.startswith(place)]
        row = self.rows[max(places, key=len)] if places else ""
        content_type = ContentType.objects.get(app_label="profiles", model="leader").pk
        for part, value in {
            "<path:content_type_id>": content_type,
            "<path:object_id>": row or self.rows["admin/profiles/leader/"],
            "<int:pk>": row,
            "<id>": row,
            "<str:name>": "1",
            "^(?P<app_label>": "",
            "(?P<url>.*)$": "no-such-page",
        }.items():
            pattern = pattern.replace(part, str(value))
        return "/" + pattern.split("|")[0].rstrip(")$/") + "/"


def reader_of(name):
    """Who is shown the page of that name: the role of somebody, or anonymous."""
    namespace, _, page = name.rpartition(":")
    for reader, pages in READERS.items():
        if page in pages.split() and not (page == "booked" and reader != _booker(namespace)):
            return reader
    return "client" if namespace in ("profiles", "notifications") else "anonymous"


def _booker(namespace):
    return "contact" if namespace == "training" else "client"


def build(at):
    for subject in (people, profiles, hours, programmes, training):
        subject.load(at)
    _signed_in_somewhere(person("client"))
    consents.record_needs(user=person("client"), needs="A quiet room", at=at)
    made = {**_coaching(at), **_assistants(at), **_training(at), **_public(at), **_ledger(at)}
    rows = {
        f"admin/{model._meta.app_label}/{model._meta.model_name}/": _some_row(model)
        for model in admin.site._registry
    }
    rows |= {
        "admin/billing/invoice/": made.pop("an issued invoice"),
        "admin/billing/payment/allocations/": Allocation.objects.all()[0].pk,
    }
    return World(made, rows)


def _signed_in_somewhere(user):
    """With a second factor, on a device that names itself."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})
    UserSession.objects.create(user=user, ip="192.0.2.1", session_key="heron", user_agent="Bird")


def _some_row(model):
    if model is Group and not Group.objects.exists():
        Group.objects.create(name="Office")
    row = model._default_manager.order_by("pk").first()
    return row.pk if row else 1


def _coaching(at):
    ahead, over, missed = (_book(at, weeks=weeks) for weeks in (2, -2, -3))
    actions.no_show(session=missed, by=coach().user, at=at)
    undone = actions.cancel(session=_book(at, weeks=5), by=coach().user, at=at)
    item = actions.add_to_agenda(session=ahead, text="Rotas", by=ahead.client, at=at)
    day = (at + 30 * DAY).date()
    actions.set_date(coach=coach(), date=day, shifts=[])
    off = actions.take_time_off(
        coach=coach(), starts_at=at + 40 * DAY, ends_at=at + 41 * DAY, reason="Away"
    )
    agreed = Programme.objects.get(title="Leading a busy team")
    proposed = Programme.objects.get(title="After the reorganisation")
    extension = extensions.propose(
        programme=agreed,
        sessions_added=2,
        new_review_on=(at + 200 * DAY).date(),
        by=coach().user,
        at=at,
    )
    file = Client.objects.get(user=ahead.client)
    feed, token = feeds.make_feed(user=ahead.client, label="Phone", shows="NAMES", at=at)
    pending, _, link = pending_booking(
        coach(), "visitor@example.org", starts_at=at + 21 * DAY, at=at
    )
    evening = at.replace(hour=20, minute=0, second=0, microsecond=0)
    asked, token_to_accept = invited(coach(), starts_at=evening + 22 * DAY, at=at)
    to_accept = _book(at, weeks=4)
    to_accept.agreement, to_accept.awaits_acceptance = None, True
    to_accept.save()
    practitioner = {"slug": coach().slug}
    entry = _calendar_entry(ahead, at)
    of_programme = _book(at, weeks=4, programme=agreed)
    move_request = MoveRequest.objects.create(
        session=ahead,
        starts_at=ahead.starts_at + HOUR,
        reason="Ill",
        requested_by=ahead.client,
        requested_at=at,
    )
    wish = _wish(ahead, at)
    return {
        **_pages(
            "bookings",
            "connection connection_password disconnect",
            uuid=entry.calendar.connection.uuid,
        ),
        "bookings:answer_calendar": {"uuid": entry.uuid},
        **_pages("bookings", "accept_move decline_move withdraw_move", uuid=move_request.uuid),
        **_pages("bookings", "session move cancel session_ics add_agenda", uuid=ahead.uuid),
        **_pages("bookings", "change_time change_length", uuid=ahead.uuid),
        **_pages("bookings", "confirm no_show", uuid=over.uuid),
        **_pages("bookings", "book details times_json embed", **practitioner),
        **_pages("bookings", "programme_accept programme_decline", uuid=proposed.uuid),
        "bookings:series": {"uuid": agreed.uuid},
        "bookings:withdraw_earlier_time": {"uuid": wish.uuid},
        "bookings:earlier_time_offer": {"token": wish.token},
        **_pages("bookings", "series_booked series_ics", uuid=of_programme.uuid),
        **_pages("bookings", "programme programme_end", uuid=agreed.uuid),
        **_pages("bookings", "programme_review programme_review_date", uuid=agreed.uuid),
        **_pages("bookings", "extension extension_accept extension_decline", uuid=extension.uuid),
        **_pages("bookings", "client programme_propose", uuid=file.uuid),
        **_pages("bookings", "date_hours clear_date open_bank_holiday", date=day),
        **_pages("bookings", "time_off end_time_off", starts_at=off.starts_at),
        "bookings:calendar_feed": {"token": token},
        "bookings:revoke_feed": {"uuid": feed.uuid},
        "bookings:prove": {"uuid": pending.uuid},
        "bookings:send_new_code": {"uuid": pending.uuid},
        "bookings:prove_by_link": {"token": link},
        "bookings:accept_by_link": {"token": token_to_accept},
        "bookings:ask_again": {"uuid": asked.uuid},
        "bookings:accept": {"uuid": to_accept.uuid},
        "coach": practitioner,
        "bookings:booked": practitioner | {"uuid": ahead.uuid},
        "bookings:remove_agenda": {"uuid": ahead.uuid, "item": item.uuid},
        "bookings:confirm_day": {"date": over.starts_at.date()},
        "bookings:waive": {"uuid": missed.uuid},
        "bookings:undo": {"uuid": undone.uuid},
        "bookings:programme_terms": {"uuid": proposed.uuid},
    }


def _wish(session, at):
    """That the session may be earlier, and a time that is offered meanwhile."""
    wish = earlier_times.wish_for_earlier_time(
        client=session.client,
        coach=coach(),
        session=session,
        minutes=60,
        location="VIDEO",
        suitable=earlier_times.Suitable(
            range(7), time(), time(), at.date(), session.starts_at.date()
        ),
        at=at,
    )
    earlier_times.offer_to(wish=wish, at=at)
    return EarlierTimeWish.objects.get(pk=wish.pk)


def _calendar_entry(session, at):
    """A session in a calendar elsewhere, where the coach has moved it."""
    connection = connections.connect(
        coach=coach(),
        kind="CALDAV",
        label="Work",
        credentials=Credentials("https://cloud.example.com/", "tracy", "heron"),
        at=at,
    )
    CalendarConnection.objects.update(next_sync_at=at + 900 * DAY)  # nobody is asked
    calendar = ConnectedCalendar.objects.create(
        connection=connection, name="Work", can_write=True, gets_sessions=True
    )
    return CalendarEntry.objects.create(
        calendar=calendar,
        session=session,
        sequence_written=session.sequence,
        question="MOVED",
        moved_to=session.starts_at + HOUR,
        asked_at=at,
    )


def _pages(namespace, names, **kwargs):
    return {f"{namespace}:{name}": kwargs for name in names.split()}


def _book(at, *, weeks, programme=None):
    """A session with the client so many weeks from now, booked a month before it."""
    around = at + weeks * 7 * DAY
    booked_at = min(at, around - 30 * DAY)
    minutes = programme.minutes if programme else 60
    starts_at = slot_queries.open_slots(
        coach(), minutes=minutes, since=around, until=around + 7 * DAY, at=booked_at
    )[0]
    return actions.book(
        booking_request=BookingRequest(coach(), starts_at, minutes, programme=programme),
        client=person("client"),
        by=person("client"),
        at=booked_at,
        details=accepted(coach(), needs="A quiet room"),
    )


def _assistants(at):
    """The client's assistant, one invited, and an invitation to the assistant by somebody else."""
    client, other = person("client"), person("nadia")
    Client.objects.get_or_create(user=other, coach=coach())
    invite = assistants.invite_assistant
    invited, token = invite(client=client, name="Ann", email="ann@example.org", at=at)
    to_assistant, _ = invite(client=other, name="Dee", email=person("delegate").email, at=at)
    return {
        "profiles:accept_by_link": {"token": token},
        "profiles:withdraw_invitation": {"uuid": invited.uuid},
        "profiles:answer_invitation": {"uuid": to_assistant.uuid},
        "profiles:end_assistant": {"uuid": person("delegate").uuid},
        "profiles:stop_assisting": {"uuid": client.uuid},
    }


def _training(at):
    cohort = Cohort.objects.get(course__slug="clinical-audit")
    full = Cohort.objects.get(course__slug="root-cause-analysis")
    booking = CourseBooking.objects.get(cohort=cohort, booked_by=person("contact"))
    named = Enrolment.objects.get(booking=booking, email="nadia@example.org")
    unnamed = Enrolment.objects.get(booking=booking, name="")
    waiting = WaitingListPlace.objects.get(cohort=full, user=person("gwen"))
    Cohort.objects.filter(pk=full.pk).update(capacity=F("capacity") + 1)
    courses.offer_free_places(at=at)
    return {
        "training:course": {"slug": "clinical-audit"},
        **_pages("training", "cohort enrol check", code=cohort.code),
        "training:waiting_list": {"code": full.code},
        **_pages("training", "booking booked cancel_booking", uuid=booking.uuid),
        **_pages("training", "pass_on cancel_place place_ics", uuid=named.uuid),
        "training:name_place": {"uuid": unnamed.uuid},
        **_pages("training", "offer decline_offer leave_waiting", uuid=waiting.uuid),
    }


def _public(at):
    enquiry = enquiries.submit_enquiry(
        subject="MESSAGE", name="Vi", email="vi@example.org", message="May I?", at=at
    )
    complaint = complaints.complain(
        name="Vi", email="vi@example.org", message="You wrote to me.", at=at
    )
    RefusedAddress.objects.create(email="gone@example.org", refused_at=at, reply="550 Unknown")
    interview = Interview.objects.select_related("leader")[0]
    interview.audio.save("talk.mp3", ContentFile(b"ID3" + bytes(200)))
    place = {"slug": interview.leader.slug, "interview": interview.slug}
    token = unsubscribe.token_of(person("client"), "session-reminder-day")
    return {
        "withdraw_consent": {"uuid": person("client").consents.first().uuid},
        "enquiry_received": {"uuid": enquiry.uuid},
        "complaint_received": {"uuid": complaint.uuid},
        "profiles:leader": {"slug": interview.leader.slug},
        "profiles:interview": place,
        "profiles:interview_audio": place,
        "notifications:decline": {"token": token},
    }


def _ledger(at):
    """An issued invoice with a payment of a part, one that was credited, and a draft."""
    ledger.set_up_practice()
    client, office = person("client"), person("admin")
    invoice = ledger.issue_to(client, by=office, at=at)
    credited = ledger.issue_to(client, by=office, at=at)
    note = ledger_actions.credit_in_full(invoice=credited, reason="Mistake", by=office, at=at)
    ledger.draft(Payer(user=client), (1, "75.00"), at=at)
    ledger_actions.record_payment(
        payer=Payer(user=client),
        amount=Decimal("25.00"),
        received_on=at.date(),
        method=Payment.Method.values[0],
        by=office,
        at=at,
        allocate_to=[(invoice, Decimal("25.00"))],
    )
    one = {"uuid": invoice.uuid}
    return {
        "billing:invoice": one,
        "billing:invoice_pdf": one,
        "billing:credit_note_pdf": {"uuid": credited.uuid, "credit_note": note.uuid},
        "an issued invoice": invoice.pk,
    }
