"""Delegates and coaches book for a client; programmes book their sessions."""

from django.utils import timezone

from bookings import actions
from bookings.actions.booking_request import BookingRequest
from bookings.models import CoachingSession
from coaching_portal.testing.factories.sessions import (
    accepted,
    agreed_programme,
    answers,
    details_url,
)
from profiles.models import Client, DiaryDelegate


def test_a_diary_delegate_books_for_their_client(signed_in, coach, client_user, stranger, free):
    DiaryDelegate.objects.create(user=stranger, client=client_user)
    browser = signed_in(stranger)

    assert "Who is it for?" in browser.get("/book/una-umber/").content.decode()
    there = details_url(coach, free(), client=client_user.uuid)
    page = browser.get(there).content.decode()
    assert "talk about" not in page
    browser.post(there, answers(coach))

    session = CoachingSession.objects.get()
    assert (session.client, session.booked_by) == (client_user, stranger)


def test_the_coach_books_for_a_client_of_her_own(signed_in, coach, client_user, free):
    relation = Client.objects.create(user=client_user, coach=coach)
    browser = signed_in(coach.user)

    assert "Which client is it for?" in browser.get("/book/una-umber/").content.decode()
    browser.post(details_url(coach, free(), client=relation.uuid), answers(coach, accept=None))

    session = CoachingSession.objects.get()
    assert (session.client, session.booked_by) == (client_user, coach.user)


def test_the_coach_leaves_her_hours_by_saying_so(signed_in, coach, client_user, free):
    relation = Client.objects.create(user=client_user, coach=coach)
    browser = signed_in(coach.user)
    evening = {"typed_date": free().date().isoformat(), "typed_time": "19:30"}
    there = f"/book/una-umber/?minutes=60&client={relation.uuid}"

    details = browser.post(there, {**evening, "outside_hours": "yes"})
    assert details.status_code == 302
    browser.post(details["Location"], answers(coach))

    assert CoachingSession.objects.get().status == "BOOKED"


def test_a_client_cannot_leave_the_coachs_hours(signed_in, coach, client_user, free):
    late = free().replace(hour=22)

    answer = signed_in(client_user).post(
        details_url(coach, late, outside_hours="yes"), answers(coach)
    )

    assert answer.status_code == 409
    assert not CoachingSession.objects.exists()


def test_a_programmes_session_is_booked_at_its_length_and_rate(signed_in, coach, client_user, free):
    programme = agreed_programme(coach, client_user, rate="60.00", minutes=90)
    there = details_url(coach, free(), minutes="", programme=programme.uuid)

    signed_in(client_user).post(there, {})

    session = CoachingSession.objects.get()
    assert (session.minutes, str(session.price), session.programme) == (90, "90.00", programme)


def test_the_confirmation_is_for_those_concerned(
    client, signed_in, coach, client_user, stranger, free
):
    session = actions.book(
        booking_request=BookingRequest(coach, free(), 60),
        client=client_user,
        by=client_user,
        at=timezone.now(),
        details=accepted(coach),
    )
    there = f"/book/una-umber/done/{session.uuid}/"

    assert client.get(there).status_code == 302
    assert signed_in(stranger).get(there).status_code == 404
    assert signed_in(client_user).get(there).status_code == 200
