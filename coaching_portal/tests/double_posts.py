"""Every form that creates, pays or ends something: who sends it where, and what comes of it.

    @form("bookings:add_agenda", makes=AgendaItem, without_key=2)
    def something_to_talk_about(scene): ...
        return user, path, {"text": "The rota"}

It makes `once` of these. `without_key` is how many there are when it is sent twice without its
key: more where the key alone stands between, as many where a rule of the action does, too.
test_double_posts.py sends each of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse

from bookings.models import (
    AgendaItem,
    Agreement,
    CoachingSession,
    Enquiry,
    Programme,
    Review,
    SessionEvent,
    TimeOff,
)
from bookings.tests import scenes
from coaching_portal.billing import actions as billing
from coaching_portal.billing.charges import Payer
from coaching_portal.billing.models import Allocation, CreditNote, InvoiceLine, Payment
from coaching_portal.billing.tests import ledger
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing import NINE
from profiles.models import Client
from training import actions as training
from training.models import CourseBooking, Enrolment, EnrolmentTerms, WaitingListPlace

NEXT_DAY = NINE + timedelta(days=1)
CAME = {"amount": "40.00", "received_on": "2027-06-07", "method": "CASH"}


@dataclass(frozen=True)
class Form:
    name: str
    makes: Any
    once: int
    without_key: int
    scene: Callable


FORMS: dict[str, Form] = {}


def form(name, *, makes, once=1, without_key):
    def register(scene):
        FORMS[f"{name} {scene.__name__}"] = Form(name, makes, once, without_key, scene)
        return scene

    return register


def to(name, *args, query=""):
    return reverse(name, args=args) + query


# Visitors.


@form("contact", makes=Enquiry, without_key=2)
def a_message(given):
    message = {"name": "Jo Bloggs", "email": "jo@example.org", "message": "Where are you?"}
    return None, to("contact"), message


@form("team_enquiry", makes=Enquiry, without_key=2)
def a_team_that_asks(given):
    team = {"organisation": "Example Trust", "people": "8", "arrangements": "Not sure yet"}
    who = {"name": "Jo Bloggs", "email": "jo@example.org", "message": "Calmer mornings."}
    return None, to("team_enquiry"), {**team, **who, "send": "yes"}


# Clients.


def booked(given, starts_at=NINE, **how):
    return scenes.book_session(given.coach, given.client, starts_at=starts_at, **how)


@form("bookings:details", makes=CoachingSession, without_key=1)
def a_booking(given):
    scenes.open_hours(given.coach)
    return given.client, scenes.details_url(given.coach, NINE), scenes.answers(given.coach)


@form("bookings:move", makes=SessionEvent, without_key=2)
def a_move(given):
    session = booked(given)
    return given.client, to("bookings:move", session.uuid), {"start": NEXT_DAY.isoformat()}


@form("bookings:cancel", makes=SessionEvent, without_key=1)
def a_cancellation(given):
    return given.client, to("bookings:cancel", booked(given).uuid), {"told": "free"}


@form("bookings:add_agenda", makes=AgendaItem, without_key=2)
def something_to_talk_about(given):
    return given.client, to("bookings:add_agenda", booked(given).uuid), {"text": "The rota"}


@form("bookings:remove_agenda", makes=AgendaItem, once=-1, without_key=-1)
def nothing_to_talk_about(given):
    session = booked(given, agenda="The rota")
    item = session.agenda.get()
    return given.client, to("bookings:remove_agenda", session.uuid, item.uuid), {}


@form("bookings:programme_accept", makes=Agreement, without_key=1)
def terms_accepted(given):
    programme = scenes.proposed_programme(given.coach, given.client)
    answer = {"terms_version": 1, "accepts": "on"}
    return given.client, to("bookings:programme_accept", programme.uuid), answer


@form("bookings:programme_decline", makes=OutgoingMessage, without_key=1)
def terms_declined(given):
    programme = scenes.proposed_programme(given.coach, given.client)
    return given.client, to("bookings:programme_decline", programme.uuid), {}


# Coaches.


TERMS = {
    "title": "Leading well",
    "sessions_agreed": 4,
    "minutes": 90,
    "rate": "75.00",
    "cancellation_notice_hours": 48,
    "review_on": "2027-09-01",
}


@form("bookings:programme_propose", makes=Programme, without_key=2)
def a_proposal(given):
    scenes.open_hours(given.coach)
    relation = Client.objects.create(coach=given.coach, user=given.client)
    return given.coach.user, to("bookings:programme_propose", relation.uuid), TERMS


@form("bookings:programme_terms", makes=OutgoingMessage, without_key=2)
def other_terms(given):
    scenes.open_hours(given.coach)
    programme = scenes.proposed_programme(given.coach, given.client)
    return given.coach.user, to("bookings:programme_terms", programme.uuid), TERMS


@form("bookings:programme_review", makes=Review, without_key=2)
def a_review(given):
    programme = scenes.agreed_programme(given.coach, given.client)
    decided = {"outcome": "EXTEND", "sessions_added": 2, "new_review_on": "2027-12-01"}
    return given.coach.user, to("bookings:programme_review", programme.uuid), decided


@form("bookings:programme_review_date", makes=Programme, once=0, without_key=0)
def another_review_date(given):
    programme = scenes.agreed_programme(given.coach, given.client)
    page = to("bookings:programme_review_date", programme.uuid)
    return given.coach.user, page, {"review_on": "2027-10-01"}


@form("bookings:programme_end", makes=OutgoingMessage, without_key=1)
def an_early_end(given):
    programme = scenes.agreed_programme(given.coach, given.client)
    return given.coach.user, to("bookings:programme_end", programme.uuid), {}


@form("bookings:new_time_off", makes=TimeOff, without_key=2)
def time_off(given):
    day = {"starts_on": "2027-06-07", "ends_on": "2027-06-07"}
    return given.coach.user, to("bookings:new_time_off"), day


@form("bookings:time_off", makes=TimeOff, once=0, without_key=0)
def changed_time_off(given):
    off = TimeOff.objects.create(coach=given.coach, starts_at=NINE, ends_at=NEXT_DAY)
    day = {"starts_on": "2027-06-08", "ends_on": "2027-06-08"}
    return given.coach.user, to("bookings:time_off", off.starts_at), day


@form("bookings:end_time_off", makes=TimeOff, once=-1, without_key=-1)
def ended_time_off(given):
    off = TimeOff.objects.create(coach=given.coach, starts_at=NINE, ends_at=NEXT_DAY)
    return given.coach.user, to("bookings:end_time_off", off.starts_at), {}


@form("bookings:confirm_day", makes=SessionEvent, without_key=1)
def a_day_confirmed(given):
    session = booked(given, starts_at=NINE)
    given.clock.move_to(NINE + timedelta(hours=10))
    page = to("bookings:confirm_day", NINE.date())
    return given.coach.user, page, {f"outcome_{session.uuid.hex}": "COMPLETED"}


# Learners and their organisations.


@form("training:check", makes=CourseBooking, without_key=1)
def a_place_for_myself(given):
    given.browser_of(given.client).post(to("training:enrol", given.cohort.code))
    terms = {"version": EnrolmentTerms.current().version, "accepted": "on"}
    return given.client, to("training:check", given.cohort.code), terms


@form("training:check", makes=CourseBooking, without_key=1)
def places_for_staff(given):
    """For people without a name yet, whom no rule would know again."""
    rows = {"organisation": given.organisation.uuid, "purchase_order": "PO-123456"}
    rows |= {"delegate-TOTAL_FORMS": 1, "delegate-INITIAL_FORMS": 0, "delegate-0-later": "on"}
    first_step = to("training:enrol", given.cohort.code, query="?for=team")
    given.browser_of(given.contact).post(first_step, rows)
    terms = {"version": EnrolmentTerms.current().version, "accepted": "on"}
    return given.contact, to("training:check", given.cohort.code), terms


@form("training:waiting_list", makes=WaitingListPlace, without_key=1)
def a_place_in_line(given):
    return given.client, to("training:waiting_list", given.cohort.code), {}


def places(given, *learners):
    return training.enrol(
        cohort=given.cohort,
        by=given.contact,
        learners=list(learners),
        organisation=given.organisation,
        purchase_order="PO-123456",
        terms=EnrolmentTerms.current(),
        at=scenes.WEEKS_AHEAD,
    )


ANN = {"name": "Ann", "email": "ann@trust.example.org"}
BEN = {"name": "Ben", "email": "ben@trust.example.org"}


@form("training:name_place", makes=OutgoingMessage, once=3, without_key=3)
def a_name_for_a_place(given):
    place = places(given, training.Learner()).places[0]
    return given.contact, to("training:name_place", place.uuid), ANN


@form("training:pass_on", makes=Enrolment, without_key=1)
def a_place_passed_on(given):
    place = places(given, training.Learner(**ANN)).places[0]
    return given.contact, to("training:pass_on", place.uuid), BEN


@form("training:cancel_place", makes=OutgoingMessage, once=2, without_key=2)
def a_place_cancelled(given):
    place = places(given, training.Learner(**ANN), training.Learner(**BEN)).places[0]
    return given.contact, to("training:cancel_place", place.uuid), {"fee": fee(place.booking)}


@form("training:cancel_booking", makes=OutgoingMessage, once=2, without_key=2)
def a_booking_cancelled(given):
    booking = places(given, training.Learner(**ANN))
    return given.contact, to("training:cancel_booking", booking.uuid), {"fee": fee(booking)}


def fee(booking):
    return str(booking.fee_if_cancelled(scenes.WEEKS_AHEAD))


# Admins.


def in_the_ledger(given):
    given.clock.move_to(ledger.NOW)
    ledger.set_up_practice()


def an_invoice(given):
    in_the_ledger(given)
    return ledger.issue_to(given.client, (1, "100.00"), by=given.admin)


def some_money(given, invoice=None):
    return billing.record_payment(
        payer=Payer(user=given.client),
        amount=100,
        received_on=ledger.TODAY,
        method="CASH",
        by=given.admin,
        at=ledger.NOW,
        allocate_to=[(invoice, 100)] if invoice else [],
    )


@form("invoicing_draft", makes=InvoiceLine, without_key=1)
def drafts_of_everything(given):
    in_the_ledger(given)
    session = ledger.hold_session(given.coach, given.client)
    charge = {"until": ledger.TODAY.isoformat(), "charge": f"session:{session.uuid}"}
    return given.admin, to("invoicing_draft"), charge


@form("admin:billing_invoice_issue", makes=OutgoingMessage, without_key=1)
def a_draft_issued(given):
    in_the_ledger(given)
    draft = ledger.draft(Payer(user=given.client), (1, "75.00"))
    return given.admin, to("admin:billing_invoice_issue", draft.pk), {}


@form("admin:billing_invoice_credit", makes=CreditNote, without_key=2)
def a_credit(given):
    invoice = an_invoice(given)
    amounts = {f"line_{invoice.lines.get().pk}": "10.00", "reason": "Agreed", "release": "no"}
    return given.admin, to("admin:billing_invoice_credit", invoice.pk), amounts


@form("admin:billing_invoice_pay", makes=Payment, without_key=2)
def a_payment_of_an_invoice(given):
    return given.admin, to("admin:billing_invoice_pay", an_invoice(given).pk), CAME


@form("admin:billing_invoice_send_again", makes=OutgoingMessage, without_key=2)
def an_invoice_sent_again(given):
    return given.admin, to("admin:billing_invoice_send_again", an_invoice(given).pk), {}


@form("admin:billing_payment_add", makes=Payment, without_key=2)
def a_payment(given):
    an_invoice(given)
    payer = {"payer": f"user:{given.client.pk}"}
    return given.admin, to("admin:billing_payment_add"), {**payer, **CAME}


@form("admin:billing_payment_allocate", makes=Allocation, without_key=2)
def an_allocation(given):
    invoice = an_invoice(given)
    payment = some_money(given)
    shares = {f"invoice_{invoice.pk}": "40.00"}
    return given.admin, to("admin:billing_payment_allocate", payment.pk), shares


@form("admin:billing_payment_reverse_payment", makes=Payment, once=0, without_key=0)
def a_payment_reversed(given):
    payment = some_money(given, an_invoice(given))
    page = to("admin:billing_payment_reverse_payment", payment.pk)
    return given.admin, page, {"reason": "Bounced"}


@form("admin:billing_payment_take_back", makes=Allocation, once=0, without_key=0)
def an_allocation_taken_back(given):
    payment = some_money(given, an_invoice(given))
    page = to("admin:billing_payment_take_back", payment.allocations.get().pk)
    return given.admin, page, {}
