from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from bookings import actions
from bookings.actions import programmes
from bookings.models import Agreement, Programme
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    agreed_programme,
    book_session,
    proposed_programme,
)
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db

TODAY = WEEKS_AHEAD.date()


def kinds_for(user):
    return list(OutgoingMessage.objects.filter(recipient=user).values_list("kind", flat=True))


def test_accepting_freezes_the_terms_and_says_which_text(coach, client_user):
    programme = agreed_programme(coach, client_user, sessions=6)

    agreement = programme.agreement
    assert programme.status == Programme.Status.AGREED
    assert agreement.sha256 == programme.text.sha256
    assert agreement.terms["sessions"] == 6
    assert agreement.terms["rate"] == "75.00"
    assert agreement.accepted_by == client_user


def test_a_raised_rate_does_not_reach_an_agreed_programme(coach, client_user):
    programme = agreed_programme(coach, client_user)
    coach.hourly_rate = Decimal("85.00")
    coach.save()

    session = book_session(coach, client_user, programme=programme)

    assert (session.rate, session.price) == (Decimal("75.00"), Decimal("75.00"))


def test_accepted_terms_cannot_be_changed_even_in_the_database(coach, client_user):
    programme = agreed_programme(coach, client_user)

    with pytest.raises(DatabaseError), transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(rate=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Agreement.objects.filter(pk=programme.agreement_id).update(sha256="0" * 64)


def test_the_coach_is_told_of_acceptance_and_refusal(coach, client_user):
    agreed_programme(coach, client_user)
    declined = proposed_programme(coach, client_user)
    programmes.decline(programme=declined, at=WEEKS_AHEAD)

    assert "coach-programme-accepted" in kinds_for(coach.user)
    assert "coach-programme-declined" in kinds_for(coach.user)


def test_terms_replaced_before_they_were_accepted_cannot_be_accepted(coach, client_user):
    programme = proposed_programme(coach, client_user)
    old_version = programme.terms_version
    programmes.change_proposal(
        programme=programme,
        terms=programmes.ProgrammeTerms(8, 60, Decimal("75.00"), TODAY + timedelta(days=60)),
        at=WEEKS_AHEAD,
    )

    with pytest.raises(programmes.TermsHaveChanged, match="Read them again"):
        programmes.accept(
            programme=programme, terms_version=old_version, by=client_user, at=WEEKS_AHEAD
        )


def test_agreed_terms_are_not_changed_by_a_new_proposal(coach, client_user):
    programme = agreed_programme(coach, client_user)

    with pytest.raises(programmes.WrongStatus):
        programmes.change_proposal(
            programme=programme,
            terms=programmes.ProgrammeTerms(8, 60, Decimal("75.00"), TODAY + timedelta(days=60)),
            at=WEEKS_AHEAD,
        )


def test_a_declined_proposal_cannot_be_accepted(coach, client_user):
    programme = proposed_programme(coach, client_user)
    programmes.decline(programme=programme, at=WEEKS_AHEAD)

    with pytest.raises(programmes.WrongStatus):
        programmes.accept(programme=programme, terms_version=1, by=client_user, at=WEEKS_AHEAD)


@pytest.mark.parametrize("days", [0, -1])
def test_a_review_date_is_later_than_today(coach, client_user, days):
    with pytest.raises(programmes.ReviewDateNeeded):
        proposed_programme(coach, client_user, review_on=TODAY + timedelta(days=days))


def test_a_length_that_the_coach_does_not_offer_is_refused(coach, client_user):
    with pytest.raises(programmes.LengthNotOffered):
        proposed_programme(coach, client_user, minutes=61)


def test_the_last_agreed_session_can_be_booked_and_one_more_cannot(coach, client_user):
    programme = agreed_programme(coach, client_user, sessions=2)
    book_session(coach, client_user, programme=programme)
    book_session(coach, client_user, programme=programme, starts_at=NINE + timedelta(hours=2))

    with pytest.raises(actions.AllowanceUsed) as refusal:
        book_session(coach, client_user, programme=programme, starts_at=NINE + timedelta(hours=4))

    assert str(refusal.value) == (
        "You have used all 2 agreed sessions. "
        "Ask Una Umber for a review: email practice@example.org."
    )
    assert programme.sessions_left == 0


def test_a_session_cancelled_in_time_returns_to_the_allowance(coach, client_user):
    programme = agreed_programme(coach, client_user, sessions=1)
    session = book_session(coach, client_user, programme=programme)

    actions.cancel(session=session, by=client_user, at=WEEKS_AHEAD)

    assert programme.sessions_used == 0
    assert Programme.objects.with_sessions_used().get().used == 0


def test_sessions_used_are_counted_alike_in_one_query_and_one_by_one(coach, client_user):
    programme = agreed_programme(coach, client_user, sessions=3)
    book_session(coach, client_user, programme=programme)
    late = book_session(coach, client_user, programme=programme, starts_at=NINE.replace(hour=12))
    late.__class__.objects.filter(pk=late.pk).update(status="CANCELLED_LATE")

    assert programme.sessions_used == 2
    assert Programme.objects.with_sessions_used().get().used == 2


def test_a_paused_programme_books_nothing_until_it_is_resumed(coach, client_user):
    programme = agreed_programme(coach, client_user)
    programmes.record_review(programme=programme, outcome="PAUSE", by=coach.user, at=WEEKS_AHEAD)

    programme.refresh_from_db()
    with pytest.raises(actions.NotOffered):
        book_session(coach, client_user, programme=programme)
    programmes.resume(programme=programme, review_on=date(2027, 9, 1), at=WEEKS_AHEAD)
    assert book_session(coach, client_user, programme=programme).pk


def test_a_finished_programme_is_over(coach, client_user):
    programme = agreed_programme(coach, client_user)
    programmes.record_review(programme=programme, outcome="FINISH", by=coach.user, at=NINE)

    programme.refresh_from_db()
    assert programme.status == Programme.Status.COMPLETED
    assert programme.closed_at == NINE
    with pytest.raises(programmes.WrongStatus):
        programmes.end(programme=programme, at=NINE)
