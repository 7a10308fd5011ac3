"""Rows are locked in one order everywhere, or competing calls would wait for each other for ever.

Every action runs once, and what it locks is read from its SQL. What an action locks again it
holds already.
"""

import inspect
import re
import sys
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

import bookings.actions
import coaching_portal.billing.actions
from bookings.actions import (
    calendar_sync,
    connections,
    embedding,
    enquiries,
    extensions,
    hours,
    locking,
    move_requests,
    outcomes,
    programmes,
)
from bookings.actions.booking_request import BookingRequest
from bookings.connections.providers import Credentials
from bookings.models import BookingRules
from coaching_portal.billing.actions import delete_draft, remove_from_draft
from coaching_portal.billing.billable_items import Payer
from coaching_portal.testing.factories import ledger, sessions
from coaching_portal.testing.plugin import NINE
from coaching_portal.tests.concurrency.double_posts_coaching import NEXT_DAY, booked, invited
from coaching_portal.tests.concurrency.double_posts_training import ANN, places
from coaching_portal.tests.concurrency.test_double_posts import FORMS
from profiles.actions import assistants, complaints, erasure
from training import actions as courses

# As docs/architecture.md and bookings/actions/locking.py have it. An order comes before all.
ORDER = [
    ["coaching_portal_answeredrequest"],
    ["bookings_pendingbooking"],
    ["profiles_coach"],
    ["profiles_user"],
    ["bookings_programme"],
    ["training_cohort"],
    ["bookings_calendarconnection"],
    ["bookings_coachingsession", "training_coursebooking", "training_enrolment"],
    ["billing_payment"],
    ["billing_invoice"],
    ["billing_numberseries"],
]
RANK = {table: rank for rank, tables in enumerate(ORDER) for table in tables}
LOCKS = re.compile(r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE', re.S)


@contextmanager
def watched():
    """Note the tables that are locked, a list for each transaction; undo all at the end."""
    orders = [[]]

    with transaction.atomic():
        depth = len(connection.savepoint_ids)

        def watch(execute, sql, params, many, context):
            if sql.startswith("SAVEPOINT") and len(connection.savepoint_ids) == depth:
                orders.append([])
            elif found := LOCKS.search(sql):
                orders[-1].append(found[1])
            return execute(sql, params, many, context)

        with connection.execute_wrapper(watch):
            yield orders
        transaction.set_rollback(True)


def out_of_order(orders):
    """Those in which a table is locked for the first time after one that comes later.

    A table that has no place in the order is fine alone, and with no other.
    """
    first_times = [list(dict.fromkeys(tables)) for tables in orders]
    return [tables for tables in first_times if len(tables) > 1 and not _is_in_order(tables)]


def _is_in_order(tables):
    ranks = [RANK.get(table) for table in tables]
    return None not in ranks and ranks == sorted(ranks)


def everything_that_no_form_does(given):
    """The actions behind buttons without a key, of tasks and of the admin; each locks something."""
    coach, client, at = given.coach, given.client, sessions.WEEKS_AHEAD
    evening = NINE.replace(hour=20)
    by = {"by": coach.user, "at": evening}

    sessions.open_hours(coach)
    bookings.actions.hold(
        booking_request=BookingRequest(coach, NEXT_DAY, 60), at=at, visitor_key="heron"
    )
    bookings.actions.extend_hold(visitor_key="heron", at=at)
    session = booked(given)
    bookings.actions.confirm(session=session, **by)
    bookings.actions.no_show(session=session, **by)
    bookings.actions.waive(session=session, reason="Ill", **by)
    bookings.actions.record_did_not_take_place(session=session, **by)
    booked(given)
    asked = {"starts_at": NINE.replace(day=9, hour=15), "by": client, "at": NINE.replace(hour=8)}
    move_requests.request_move(session=booked(given, starts_at=NINE.replace(hour=11)), **asked)
    outcomes.complete_unconfirmed(at=NINE.replace(month=8))
    programme = sessions.agreed_programme(coach, client)
    booked(given, starts_at=NINE.replace(hour=12), programme=programme)
    programmes.begin_reviews(at=NINE.replace(year=2028))
    asked = {"programme": programme, "sessions_added": 2, "new_review_on": NINE.date()}
    extensions.decline(extension=extensions.propose(**asked, by=coach.user, at=at), at=at)
    extension = extensions.propose(**asked, by=coach.user, at=at)
    extensions.accept(extension=extension, by=client, at=at)
    finish = {"programme": programme, "outcome": "PAUSE", "by": coach.user, "at": at}
    programmes.record_review(**finish)
    programmes.resume(programme=programme, review_on=NINE.date(), at=at)
    hours.open_bank_holiday(coach=coach, date=NINE.date())
    hours.set_weekly_hours(coach=coach, shifts={})
    hours.set_date(coach=coach, date=NINE.date(), shifts=[])
    hours.copy_week(coach=coach, monday=NINE.date(), to_monday=NINE.date() + timedelta(days=7))
    hours.clear_date(coach=coach, date=NINE.date())
    hours.set_rules(rules=BookingRules.objects.get(coach=coach))
    embedding.set_embed_origins(coach=coach, origins=["https://www.example.org"])
    account = Credentials("https://cloud.example.com/", "una", "heron")
    named = {"kind": "CALDAV", "label": "Work", "credentials": account}
    elsewhere = connections.connect(coach=coach, at=at, **named)
    calendar_sync.save_busy_times(connection=elsewhere, periods=[])
    invitation, _ = invited(given, "bea@example.org")
    assistants.decline_invitation(invitation=invitation, at=NINE)
    complaint = complaints.complain(name="Vi", email="vi@example.org", message="You?", at=at)
    complaints.mark_acknowledged(complaint=complaint, at=at)
    complaints.mark_answered(complaint=complaint, **by)
    asked = {"subject": "MESSAGE", "name": "Vi", "email": "vi@example.org", "message": "May I?"}
    enquiries.mark_answered(enquiry=enquiries.submit_enquiry(**asked, at=at), **by)


def everything_else_of_courses(given):
    at = sessions.WEEKS_AHEAD
    waiting = courses.join_waiting_list(cohort=given.cohort, by=given.client, at=at)
    courses.offer_free_places(at=at)
    courses.offer_free_places(at=at.replace(year=at.year + 2))
    again = {"cohort": given.cohort, "by": given.client, "at": at}
    for answer in (courses.decline_offer, courses.leave_waiting_list):
        waiting = courses.join_waiting_list(**again)
        courses.offer_free_places(at=at)
        answer(waiting=waiting, at=at)
    places(given, courses.Learner(given.client.name, given.client.email), courses.Learner(**ANN))
    given.cohort.enrolments.update(learner=None)
    courses.claim_places(user=given.client)
    courses.announce_changes(cohort=given.cohort, at=at)
    courses.cancel_cohort(cohort=given.cohort, by=given.admin, at=at)


def everything_else_of_the_ledger(given):
    ledger.set_up_practice()
    session = ledger.hold_session(given.coach, given.client)
    billable_items = bookings.invoicing.unbilled(ledger.TODAY)
    order = {"payer": Payer(user=given.client), "billable_items": billable_items, "by": given.admin}
    delete_draft(invoice=coaching_portal.billing.actions.draft_invoice(**order, at=ledger.NOW))
    coaching_portal.billing.actions.draft_invoice(**order, at=ledger.NOW)
    with transaction.atomic():
        session = locking.lock_session(session)
        remove_from_draft(sold_row=session)
    invoice = ledger.issue_to(given.client, by=given.admin)
    why = {"reason": "Agreed", "by": given.admin, "at": ledger.NOW}
    coaching_portal.billing.actions.credit_in_full(invoice=invoice, **why)


def an_erasure(given):
    sessions.agreed_programme(given.coach, given.client)
    erasure.erase(user=given.client, at=sessions.WEEKS_AHEAD)


OTHERS = [
    everything_that_no_form_does,
    everything_else_of_courses,
    everything_else_of_the_ledger,
    an_erasure,
]


def sent(form):
    """A scene in which a form is sent once, as the user of it."""

    def scene(given):
        user, path, values = form.scene(given)
        browser = given.browser_of(user) if user else Client()
        assert browser.post(path, values).status_code == 302

    return scene


SCENES = {name: sent(form) for name, form in FORMS.items()}
SCENES |= {scene.__name__: scene for scene in OTHERS}

HOME = "bookings.actions", "training.actions", "coaching_portal.billing.actions"


def actions_that_lock():
    """The code of every function of the apps' actions that locks something: {code: name}."""
    modules = [module for name, module in sys.modules.items() if name.startswith(HOME)]
    found = {}
    for module in modules:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            code = inspect.unwrap(function).__code__
            if code.co_filename == module.__file__ and "lock" in " ".join(code.co_names):
                found[code] = f"{module.__name__}.{name}"
    return found


@contextmanager
def seen_calling(codes):
    """The codes, among these, that were run."""
    seen = set()
    before = sys.gettrace()
    sys.settrace(lambda frame, event, given: seen.add(frame.f_code))  # of calls only, not of lines
    try:
        yield seen
    finally:
        sys.settrace(before)
        seen &= set(codes)


@pytest.mark.django_db
def test_every_action_locks_rows_in_the_documented_order(given):
    wrong, locking_ones = {}, actions_that_lock()

    with seen_calling(locking_ones) as seen:
        for name, scene in SCENES.items():
            given.clock.move_to(sessions.WEEKS_AHEAD)
            given.browser_of.cache_clear()
            with watched() as orders:
                scene(given)
            if found := out_of_order(orders):
                wrong[name] = found

    assert wrong == {}
    assert {name for code, name in locking_ones.items() if code not in seen} == set()


@pytest.mark.django_db
def test_control_a_programme_before_its_client_is_seen(given):
    programme = sessions.proposed_programme(given.coach, given.client)

    with watched() as orders, transaction.atomic():
        locking.lock_coach(given.coach)
        locking.lock_programme(programme)
        locking.lock_client(given.client)

    assert out_of_order(orders) == [["profiles_coach", "bookings_programme", "profiles_user"]]
