"""A place that comes free goes to the first in line, for a limited time, and on to the next."""

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import at_once, hold_at, without_constraints
from training import actions, tasks
from training.actions import Learner, offers
from training.models import Cohort, Enrolment, WaitingListPlace
from training.models.waiting import offer_expires_at
from training.tests.conftest import EARLY

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
UNTIL = EARLY + 48 * HOUR


@pytest.fixture
def waiters(make_user):
    return [make_user(f"waiter{number}@example.org", name=f"W {number}") for number in range(3)]


@pytest.fixture
def wait(make_cohort, contact, enrol_staff, waiters):
    """wait(free=1): a cohort of three places, all taken, three in line; then so many come free."""

    def make(*, free=1, begins_at=NINE, at=EARLY, **cohort_fields):
        cohort = make_cohort(capacity=3, begins_at=begins_at, **cohort_fields)
        booking = enrol_staff(contact, "Ann", "Ben", "Cat", cohort=cohort, at=at)
        for number, user in enumerate(waiters):
            actions.join_waiting_list(cohort=cohort, by=user, at=at + timedelta(seconds=number))
        for place in booking.places[:free]:
            actions.cancel_place(place=place, by=contact, at=at)
        return cohort

    return make


def offered(cohort):
    """Who has an offer, with the number of places."""
    rows = WaitingListPlace.objects.filter(cohort=cohort, offered__gt=0).order_by("pk")
    return [(row.user.name, row.offered) for row in rows]


def row_of(cohort, user):
    return WaitingListPlace.objects.filter(cohort=cohort, user=user).latest("pk")


def accept(cohort, user, terms, *, at=EARLY, number=None, **order):
    waiting = row_of(cohort, user)
    learners = [Learner()] * (number or waiting.offered)
    if not waiting.organisation:
        learners = [Learner(user.name, user.email)]
    return actions.accept_offer(
        waiting=waiting, by=user, learners=learners, terms=terms, at=at, **order
    )


def is_counted(cohort):
    """Whether the places taken are those of learners and those offered."""
    cohort.refresh_from_db()
    rows = WaitingListPlace.objects.filter(cohort=cohort)
    held = sum(row.offered for row in rows)
    return cohort.taken == cohort.enrolments.live().count() + held


def sent(at):
    mail.outbox.clear()
    outbox.deliver_due(at)
    return [(message.to[0], message.subject) for message in mail.outbox]


# --- Until when ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "kept"),
    [
        (30 * 24 * HOUR, 48 * HOUR),
        (96 * HOUR, 48 * HOUR),
        (96 * HOUR - MINUTE, 48 * HOUR - MINUTE / 2),
        (24 * HOUR, 12 * HOUR),
        (2 * HOUR, HOUR),
        (90 * MINUTE, HOUR),
        (HOUR, HOUR),
        (10 * MINUTE, 10 * MINUTE),
    ],
)
def test_an_offer_is_for_48_hours_or_half_of_what_is_left_and_never_past_the_start(left, kept):
    assert offer_expires_at(EARLY, ends_at=EARLY + left) == EARLY + kept


def test_the_limit_is_a_setting(settings):
    settings.WAITING_LIST_OFFER_HOURS = 24

    assert offer_expires_at(EARLY, ends_at=NINE) == EARLY + 24 * HOUR


# --- One after the other ------------------------------------------------------------------


def test_a_free_place_is_offered_to_the_first_who_is_told_until_when(wait, waiters):
    cohort = wait()
    sent(EARLY + MINUTE)

    actions.offer_free_places(at=EARLY)
    actions.offer_free_places(at=EARLY + MINUTE)

    assert offered(cohort) == [("W 0", 1)]
    assert is_counted(cohort)
    assert sent(EARLY + MINUTE) == [
        (waiters[0].email, "A place for you: Clinical audit on Monday 7 June 2027")
    ]
    letter = mail.outbox[0].body
    assert "Answer by: Saturday 10 April 2027, 9:00am" in letter
    assert f"/learning/waiting/{row_of(cohort, waiters[0]).uuid}/offer/" in letter


def test_a_walk_in_cannot_take_the_place_that_is_offered(wait, stranger, enrol_self):
    cohort = wait()
    actions.offer_free_places(at=EARLY)

    with pytest.raises(actions.CohortFull):
        enrol_self(stranger, cohort=cohort)


def test_an_offer_not_answered_in_48_hours_goes_to_the_next_and_the_first_is_told(wait, waiters):
    cohort = wait()
    actions.offer_free_places(at=EARLY)
    sent(EARLY + MINUTE)

    actions.offer_free_places(at=UNTIL - timedelta(seconds=1))
    assert offered(cohort) == [("W 0", 1)]
    actions.offer_free_places(at=UNTIL)

    assert offered(cohort) == [("W 1", 1)]
    assert row_of(cohort, waiters[0]).status == "LAPSED"
    assert is_counted(cohort)
    assert sorted(sent(UNTIL)) == [
        (waiters[0].email, "Offer ended: Clinical audit on Monday 7 June 2027"),
        (waiters[1].email, "A place for you: Clinical audit on Monday 7 June 2027"),
    ]


def test_whoever_declines_lets_the_next_have_it(wait, waiters):
    cohort = wait()
    actions.offer_free_places(at=EARLY)

    actions.decline_offer(waiting=row_of(cohort, waiters[0]), at=EARLY)
    actions.offer_free_places(at=EARLY + MINUTE)

    assert offered(cohort) == [("W 1", 1)]
    assert row_of(cohort, waiters[0]).status == "DECLINED"
    assert is_counted(cohort)


def test_whoever_accepts_is_enrolled_by_the_terms_accepted_then(wait, waiters, terms):
    cohort = wait()
    actions.offer_free_places(at=EARLY)

    booking = accept(cohort, waiters[0], terms, at=UNTIL - timedelta(seconds=1))

    assert (booking.names_in_words, booking.terms) == ("W 0", terms)
    assert row_of(cohort, waiters[0]).status == "ENROLLED"
    assert is_counted(cohort)
    actions.offer_free_places(at=UNTIL)
    assert offered(cohort) == []


def test_an_offer_that_has_ended_can_be_neither_accepted_nor_declined(
    wait, waiters, terms, enrol_self
):
    cohort = wait()
    actions.offer_free_places(at=EARLY)

    with pytest.raises(actions.OfferEnded):
        accept(cohort, waiters[0], terms, at=UNTIL)
    with pytest.raises(actions.OfferEnded):
        enrol_self(waiters[0], cohort=cohort, at=UNTIL)
    with pytest.raises(actions.OfferEnded):
        actions.decline_offer(waiting=row_of(cohort, waiters[0]), at=UNTIL)
    with pytest.raises(actions.OfferEnded):  # nobody accepts what was not offered
        accept(cohort, waiters[1], terms, number=1)


def test_two_free_places_are_offered_to_the_first_two(wait):
    cohort = wait(free=2)

    actions.offer_free_places(at=EARLY)

    assert offered(cohort) == [("W 0", 1), ("W 1", 1)]


def test_enrolling_the_usual_way_uses_the_offer(wait, waiters, enrol_self):
    cohort = wait()
    actions.offer_free_places(at=EARLY)

    enrol_self(waiters[0], cohort=cohort, at=EARLY + MINUTE)

    assert row_of(cohort, waiters[0]).status == "ENROLLED"
    assert is_counted(cohort)


# --- Several places -----------------------------------------------------------------------


@pytest.fixture
def team(make_contact, make_cohort, enrol_staff, contact):
    """(cohort, contact who waits for three, booking of five that fill it)."""
    user, organisation = make_contact("clinic")
    cohort = make_cohort(capacity=5)
    booking = enrol_staff(contact, "Ann", "Ben", "Cat", "Dee", "Eve", cohort=cohort)
    actions.join_waiting_list(cohort=cohort, by=user, organisation=organisation, places=3, at=EARLY)
    return cohort, user, booking


def free(booking, number):
    for place in booking.places[:number]:
        actions.cancel_place(place=place, by=booking.booked_by, at=EARLY)


@pytest.mark.parametrize(("number", "offer"), [(1, 1), (2, 2), (3, 3), (5, 3)])
def test_as_many_places_are_offered_as_are_free_and_wanted(team, number, offer):
    cohort, user, booking = team
    free(booking, number)

    actions.offer_free_places(at=EARLY)

    assert offered(cohort) == [(user.name, offer)]
    assert is_counted(cohort)
    assert OutgoingMessage.objects.filter(kind="waiting-list-offered").count() == 1


def test_whoever_accepts_a_part_waits_for_the_rest(team, terms):
    cohort, user, booking = team
    free(booking, 2)
    actions.offer_free_places(at=EARLY)

    accept(cohort, user, terms, purchase_order="PO-123456")

    waiting = row_of(cohort, user)
    assert (waiting.is_waiting, waiting.places, waiting.offered) == (True, 1, 0)
    assert is_counted(cohort)


def test_whoever_accepts_fewer_than_offered_gives_the_others_back(team, terms):
    cohort, user, booking = team
    free(booking, 3)
    actions.offer_free_places(at=EARLY)

    accept(cohort, user, terms, number=2, purchase_order="PO-123456")

    assert row_of(cohort, user).status == "ENROLLED"
    assert Cohort.objects.get(pk=cohort.pk).free == 1
    assert is_counted(cohort)
    with pytest.raises(actions.OfferEnded):
        accept(cohort, user, terms, number=1, purchase_order="PO-123456")


def test_no_more_can_be_accepted_than_are_offered(team, terms):
    cohort, user, booking = team
    free(booking, 2)
    actions.offer_free_places(at=EARLY)

    with pytest.raises(actions.CohortFull, match="Only 2 places"):
        accept(cohort, user, terms, number=3, purchase_order="PO-123456")


def test_whoever_declines_a_part_waits_for_more_and_lets_the_next_have_it(team, waiters):
    cohort, user, booking = team
    actions.join_waiting_list(cohort=cohort, by=waiters[0], at=EARLY + MINUTE)
    free(booking, 1)
    actions.offer_free_places(at=EARLY)

    actions.decline_offer(waiting=row_of(cohort, user), at=EARLY + MINUTE)
    actions.offer_free_places(at=EARLY + MINUTE)

    assert offered(cohort) == [("W 0", 1)]
    assert row_of(cohort, user).is_waiting
    free(booking, 3)
    actions.offer_free_places(at=EARLY + 2 * MINUTE)
    assert offered(cohort) == [(user.name, 2), ("W 0", 1)]
    assert is_counted(cohort)


# --- What happens meanwhile ---------------------------------------------------------------


def test_a_cohort_called_off_ends_the_offer(wait, waiters, terms, admin_user):
    cohort = wait()
    actions.offer_free_places(at=EARLY)

    actions.cancel_cohort(cohort=cohort, by=admin_user, at=EARLY)

    assert (offered(cohort), Cohort.objects.get(pk=cohort.pk).taken) == ([], 0)
    subjects = [subject for address, subject in sent(EARLY) if address == waiters[0].email]
    assert subjects == ["Cancelled: Clinical audit on Monday 7 June 2027"]
    with pytest.raises(actions.EnrolmentClosed):
        accept(cohort, waiters[0], terms, number=1)


def test_whoever_leaves_the_list_gives_the_offer_back(wait, waiters):
    cohort = wait()
    actions.offer_free_places(at=EARLY)

    for _ in range(2):
        actions.leave_waiting_list(waiting=row_of(cohort, waiters[0]), at=EARLY)
    actions.offer_free_places(at=EARLY)

    assert offered(cohort) == [("W 1", 1)]
    assert is_counted(cohort)
    assert waiters[0].email not in dict(sent(EARLY))


def test_someone_whom_another_has_enrolled_meanwhile_waits_no_longer(wait, waiters, contact):
    cohort = wait()
    actions.offer_free_places(at=EARLY)
    place = Enrolment.objects.live().filter(cohort=cohort).first()

    actions.substitute(
        place=place, name="W 0", email=waiters[0].email, by=contact, at=EARLY + MINUTE
    )
    actions.offer_free_places(at=UNTIL)

    assert row_of(cohort, waiters[0]).status == "ENROLLED"
    assert offered(cohort) == [("W 1", 1)]
    assert is_counted(cohort)


def test_someone_who_books_other_dates_keeps_the_offer_and_is_told_of_the_other_place(
    wait, waiters, make_cohort, enrol_self, terms
):
    cohort = wait()
    actions.offer_free_places(at=EARLY)

    enrol_self(waiters[0], cohort=make_cohort(begins_at=NINE + 30 * 24 * HOUR))
    actions.offer_free_places(at=EARLY)

    assert offered(cohort) == [("W 0", 1)]
    accept(cohort, waiters[0], terms)


def test_a_contact_who_is_none_any_more_is_offered_nothing(team):
    cohort, user, booking = team
    free(booking, 1)
    user.memberships.all().delete()

    actions.offer_free_places(at=EARLY)

    assert offered(cohort) == []
    assert row_of(cohort, user).status == "LEFT"


def test_a_closed_account_is_offered_nothing(wait, waiters):
    cohort = wait()
    waiters[0].is_active = False
    waiters[0].save()

    actions.offer_free_places(at=EARLY)

    assert offered(cohort) == [("W 1", 1)]


def test_nothing_is_offered_once_enrolment_has_closed_and_the_list_ends_at_the_start(wait, waiters):
    cohort = wait(enrolment_closes_at=NINE - 24 * HOUR)

    actions.offer_free_places(at=NINE - 24 * HOUR)
    assert (offered(cohort), row_of(cohort, waiters[0]).is_waiting) == ([], True)
    actions.offer_free_places(at=NINE)

    assert {row.status for row in cohort.waiting_list.all()} == {"CLOSED"}
    assert is_counted(cohort)


def test_a_mail_that_comes_too_late_is_not_sent(wait, waiters):
    wait()
    sent(EARLY + MINUTE)
    actions.offer_free_places(at=EARLY + MINUTE)

    assert sent(UNTIL + MINUTE) == []


def test_the_task_offers_what_is_free(make_cohort, contact, waiters, enrol_staff):
    now = timezone.now()
    cohort = make_cohort(capacity=1, begins_at=now + timedelta(days=60))
    booking = enrol_staff(contact, "Ann", cohort=cohort, at=now)
    actions.join_waiting_list(cohort=cohort, by=waiters[0], at=now)
    actions.cancel_booking(booking=booking, by=contact, at=now)

    tasks.offer_free_places()

    assert offered(cohort) == [("W 0", 1)]


def test_the_database_refuses_an_offer_without_an_end_or_of_too_many(wait, waiters):
    rows = WaitingListPlace.objects.filter(pk=row_of(wait(), waiters[0]).pk)

    for wrong in (
        {"offered": 1},
        {"offered": 2, "offered_at": EARLY, "offer_expires_at": UNTIL},
        {"offered": 1, "offered_at": EARLY, "offer_expires_at": EARLY},
        {"offered": 1, "offered_at": EARLY, "offer_expires_at": UNTIL, "status": "LEFT"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)


# --- Competing calls -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_job_eight_times_at_once_makes_one_offer_to_the_first(wait, waiters):
    cohort = wait()

    at_once([partial(actions.offer_free_places, at=EARLY)] * 8)

    assert offered(cohort) == [("W 0", 1)]
    assert OutgoingMessage.objects.filter(kind="waiting-list-offered").count() == 1
    assert is_counted(cohort)


@pytest.fixture
def without_turns(monkeypatch):
    """Nobody waits for the cohort's row; each counts the place that was free when they looked."""

    def count_as_seen(cohort, number):
        return Cohort.objects.filter(pk=cohort.pk).update(taken=F("taken") + number)

    monkeypatch.setattr(offers, "lock_cohort", lambda pk: Cohort.objects.get(pk=pk))
    monkeypatch.setattr(offers, "_count_as_taken", count_as_seen)
    hold_at(monkeypatch, offers, "_free", 8)


@pytest.mark.django_db(transaction=True)
def test_control_without_turns_and_constraint_the_place_is_counted_by_each(wait, without_turns):
    cohort = wait()

    with without_constraints(Cohort, "training_cohort_has_no_more_learners_than_places"):
        at_once([partial(actions.offer_free_places, at=EARLY)] * 8)

        cohort.refresh_from_db()
        assert cohort.taken > cohort.capacity


@pytest.mark.django_db(transaction=True)
def test_an_offer_accepted_in_eight_windows_is_one_place(wait, waiters, terms):
    cohort = wait()
    actions.offer_free_places(at=EARLY)

    answers = at_once([partial(accept, cohort, waiters[0], terms)] * 8)

    assert sum(isinstance(answer, actions.OfferEnded) for answer in answers) == 7
    assert cohort.enrolments.live().filter(email=waiters[0].email).count() == 1
    assert is_counted(cohort)


@pytest.mark.django_db(transaction=True)
def test_an_offer_accepted_as_it_ends_is_one_persons_only(wait, waiters, terms):
    for _ in range(3):
        cohort = wait()
        actions.offer_free_places(at=EARLY)

        answers = at_once(
            [
                partial(accept, cohort, waiters[0], terms, at=UNTIL - MINUTE),
                partial(actions.offer_free_places, at=UNTIL),
            ]
        )

        is_accepted = not isinstance(answers[0], actions.OfferEnded)
        assert offered(cohort) == ([] if is_accepted else [("W 1", 1)])
        assert is_counted(cohort)
