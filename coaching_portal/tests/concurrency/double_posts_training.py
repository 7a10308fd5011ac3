"""What learners and training contacts send."""

from coaching_portal.billing import actions as billing
from coaching_portal.billing import invoicing_run
from coaching_portal.billing.models import CreditNote
from coaching_portal.common.dates import london_date
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories import ledger, sessions
from coaching_portal.tests.concurrency.double_posts import Forms, to
from training import actions as training
from training.invoicing import unbilled
from training.models import CourseBooking, Enrolment, EnrolmentTerms, WaitingListPlace

FORMS = Forms()


@FORMS.add("training:check", makes=CourseBooking, without_key=1)
def a_place_for_myself(given):
    given.browser_of(given.client).post(to("training:enrol", given.cohort.code))
    terms = {"version": EnrolmentTerms.current().version, "accepted": "on"}
    return given.client, to("training:check", given.cohort.code), terms


@FORMS.add("training:check", makes=CourseBooking, without_key=1)
def places_for_staff(given):
    """For people without a name yet, whom no rule would know again."""
    rows = {"organisation": given.organisation.uuid, "purchase_order": "PO-123456"}
    rows |= {"delegate-TOTAL_FORMS": 1, "delegate-INITIAL_FORMS": 0, "delegate-0-later": "on"}
    first_step = to("training:enrol", given.cohort.code, query="?for=team")
    given.browser_of(given.contact).post(first_step, rows)
    terms = {"version": EnrolmentTerms.current().version, "accepted": "on"}
    return given.contact, to("training:check", given.cohort.code), terms


@FORMS.add("training:waiting_list", makes=WaitingListPlace, without_key=1)
def a_place_in_line(given):
    return given.client, to("training:waiting_list", given.cohort.code), {}


def offer(given):
    """The client waits and is offered one of the places that are free."""
    waiting = training.join_waiting_list(
        cohort=given.cohort, by=given.client, at=sessions.WEEKS_AHEAD
    )
    training.offer_free_places(at=sessions.WEEKS_AHEAD)
    return waiting


@FORMS.add("training:offer", makes=CourseBooking, without_key=1)
def an_offer_accepted(given):
    terms = {"version": EnrolmentTerms.current().version, "accepted": "on"}
    return given.client, to("training:offer", offer(given).uuid), terms


@FORMS.add("training:decline_offer", makes=WaitingListPlace, once=0, without_key=0)
def an_offer_declined(given):
    return given.client, to("training:decline_offer", offer(given).uuid), {}


def places(given, *learners):
    return training.enrol(
        cohort=given.cohort,
        by=given.contact,
        learners=list(learners),
        organisation=given.organisation,
        purchase_order="PO-123456",
        terms=EnrolmentTerms.current(),
        at=sessions.WEEKS_AHEAD,
    )


ANN = {"name": "Ann", "email": "ann@trust.example.org"}
BEN = {"name": "Ben", "email": "ben@trust.example.org"}


@FORMS.add("training:name_place", makes=OutgoingMessage, once=3, without_key=3)
def a_name_for_a_place(given):
    place = places(given, training.Learner()).places[0]
    return given.contact, to("training:name_place", place.uuid), ANN


@FORMS.add("training:pass_on", makes=Enrolment, without_key=1)
def a_place_passed_on(given):
    place = places(given, training.Learner(**ANN)).places[0]
    return given.contact, to("training:pass_on", place.uuid), BEN


@FORMS.add("training:cancel_place", makes=OutgoingMessage, once=2, without_key=2)
def a_place_cancelled(given):
    place = places(given, training.Learner(**ANN), training.Learner(**BEN)).places[0]
    return given.contact, to("training:cancel_place", place.uuid), {"fee": fee(place.booking)}


@FORMS.add("training:cancel_booking", makes=OutgoingMessage, once=2, without_key=2)
def a_booking_cancelled(given):
    booking = places(given, training.Learner(**ANN))
    return given.contact, to("training:cancel_booking", booking.uuid), {"fee": fee(booking)}


def fee(booking):
    return str(booking.fee_if_cancelled(sessions.WEEKS_AHEAD))


@FORMS.add("admin:training_cohort_credits", makes=CreditNote, without_key=1)
def credit_notes_for_a_cancelled_course_date(given):
    """Worked out once nobody else can credit, so it is done once without a key, too."""
    ledger.set_up_practice()
    places(given, training.Learner(**ANN))
    at = sessions.WEEKS_AHEAD
    until = london_date(at)
    drafts = invoicing_run.make_drafts(read=lambda: unbilled(until), by=given.admin, at=at)
    for draft in drafts:
        billing.issue(invoice=draft, by=given.admin, at=at)
    training.cancel_cohort(cohort=given.cohort, by=given.admin, at=at)
    return given.admin, to("admin:training_cohort_credits", given.cohort.pk), {}
