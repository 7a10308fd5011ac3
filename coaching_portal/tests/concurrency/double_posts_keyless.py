"""What needs no key, because sent twice, or three times at once, it does what it does once."""

from datetime import date, timedelta

from bookings.actions import hours
from bookings.models import (
    BookingRules,
    CoachingSession,
    DateOverride,
    SessionEvent,
    WeeklyHours,
)
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import InvoiceDocument
from coaching_portal.notifications import unsubscribe
from coaching_portal.notifications.kinds import with_unsubscribe
from coaching_portal.notifications.models import MessagePreference
from coaching_portal.testing.factories import ledger, sessions
from coaching_portal.testing.plugin import NINE
from coaching_portal.tests.concurrency.double_posts import Forms, to
from coaching_portal.tests.concurrency.double_posts_billing import in_the_ledger
from coaching_portal.tests.concurrency.double_posts_coaching import booked
from training import actions as training
from training.models import Enrolment, WaitingListPlace

FORMS = Forms()


@FORMS.add("bookings:book", makes=CoachingSession)
def a_hold(given):
    sessions.open_hours(given.coach)
    page = to("bookings:book", given.coach.slug, query="?minutes=60")
    return given.client, page, {"start": NINE.isoformat()}


def over(given):
    session = booked(given)
    given.clock.move_to(NINE + timedelta(hours=10))
    return session


@FORMS.add("bookings:confirm", makes=SessionEvent)
def it_took_place(given):
    return given.coach.user, to("bookings:confirm", over(given).uuid), {}


@FORMS.add("bookings:change_time", makes=SessionEvent)
def a_session_that_is_dropped(given):
    path = to("bookings:change_time", booked(given).uuid)
    return given.coach.user, path, {"starts_at": "2027-06-08T10:00:00"}


@FORMS.add("bookings:no_show", makes=SessionEvent)
def nobody_came(given):
    return given.coach.user, to("bookings:no_show", over(given).uuid), {}


@FORMS.add("bookings:waive", makes=SessionEvent)
def a_charge_waived(given):
    session = over(given)
    given.browser_of(given.coach.user).post(to("bookings:no_show", session.uuid))
    return given.coach.user, to("bookings:waive", session.uuid), {"reason": "Ill"}


@FORMS.add("bookings:weekly_hours", makes=WeeklyHours)
def the_week(given):
    return (
        given.coach.user,
        to("bookings:weekly_hours"),
        {
            "day0_0_starts": "09:00",
            "day0_0_ends": "12:30",
        },
    )


@FORMS.add("bookings:new_date", makes=DateOverride)
def a_date_closed(given):
    return given.coach.user, to("bookings:new_date"), {"date": "2027-06-08", "kind": "closed"}


@FORMS.add("bookings:clear_date", makes=DateOverride, once=-1)
def a_date_cleared(given):
    hours.set_date(coach=given.coach, date=NINE.date(), shifts=[])
    return given.coach.user, to("bookings:clear_date", NINE.date()), {}


@FORMS.add("bookings:open_bank_holiday", makes=DateOverride)
def a_bank_holiday_opened(given):
    sessions.open_hours(given.coach)
    return given.coach.user, to("bookings:open_bank_holiday", date(2027, 8, 30)), {}


@FORMS.add("bookings:copy_week", makes=DateOverride)
def a_week_copied(given):
    hours.set_date(coach=given.coach, date=date(2027, 6, 8), shifts=[])
    week = {"copy_from": "2027-06-08", "copy_to": "2027-06-15"}
    return given.coach.user, to("bookings:copy_week"), week


@FORMS.add("bookings:rules", makes=BookingRules)
def the_first_rules(given):
    rules = {"accepts_bookings": "on", "lengths": ["60", "90"], "offers_video": "on"}
    numbers = {"grid_minutes": "15", "buffer_minutes": "10", "notice_hours": "1.5"}
    limits = {"horizon_days": "60", "cancellation_notice_hours": "24"}
    return given.coach.user, to("bookings:rules"), {**rules, **numbers, **limits}


@FORMS.add("notifications:preferences", makes=MessagePreference, once=len(with_unsubscribe()))
def nothing_wanted(given):
    return given.client, to("notifications:preferences"), {}


@FORMS.add("notifications:decline", makes=MessagePreference)
def one_kind_declined(given):
    token = unsubscribe.token_of(given.client, with_unsubscribe()[0].name)
    return None, to("notifications:decline", token), {}


@FORMS.add("training:leave_waiting", makes=WaitingListPlace, once=0)
def a_line_left(given):
    at = sessions.WEEKS_AHEAD
    waiting = training.join_waiting_list(cohort=given.cohort, by=given.client, at=at)
    return given.client, to("training:leave_waiting", waiting.uuid), {}


@FORMS.add("training:enrol", makes=Enrolment, once=0)
def the_first_step(given):
    return given.client, to("training:enrol", given.cohort.code), {}


@FORMS.add("invoicing_issue", makes=InvoiceDocument)
def all_drafts_issued(given):
    in_the_ledger(given)
    draft = ledger.draft(Payer(user=given.client), (1, "75.00"))
    return given.admin, to("invoicing_issue"), {"draft": draft.pk}


@FORMS.add("profiles:account_details", makes=Enrolment, once=0)
def my_details(given):
    values = {"name": "Cleo Client", "time_zone": "Europe/London", "phone": "", "needs": ""}
    return given.client, to("profiles:account_details"), values
