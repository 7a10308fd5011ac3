"""The pages of the waiting list for earlier times."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from bookings.actions import earlier_times
from bookings.models import CoachingSession, EarlierTimeWish
from bookings.tests.test_wait_for_earlier_times import AT, LATER, fresh, wish_for
from coaching_portal.testing.factories.sessions import book_session, open_hours

pytestmark = pytest.mark.django_db

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
LIST = "/sessions/earlier/"
FORM = {
    "weekdays": ["0", "2"],
    "from_time": "09:00",
    "until_time": "12:00",
    "first_on": "2027-05-10",
    "last_on": "2027-06-18",
}


@pytest.fixture(autouse=True)
def _at():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def session(coach, client_user):
    open_hours(coach)
    return book_session(coach, client_user, starts_at=LATER)


@pytest.fixture
def browser(signed_in, client_user):
    return signed_in(client_user)


@pytest.fixture
def wish(coach, client_user, session):
    return wish_for(coach, client_user, session=session)


@pytest.fixture
def offer(wish):
    """Where the wish's offer is answered."""
    earlier_times.offer_earlier_times(at=AT)
    return reverse("bookings:earlier_time_offer", args=[fresh(wish).token])


def words(answer):
    return " ".join(answer.content.decode().split())


def new_url(session):
    return f"{LIST}new/?session={session.uuid}"


def test_the_page_of_a_session_leads_to_it(browser, session):
    assert f"{LIST}new/?session={session.uuid}" in browser.get(session.get_absolute_url()).text


def test_not_where_the_session_can_no_longer_be_moved(signed_in, client_user, session):
    with time_machine.travel(LATER - 47 * HOUR, tick=False):
        page = signed_in(client_user).get(session.get_absolute_url()).text

    assert f"{LIST}new/" not in page


def test_a_client_asks_for_an_earlier_time(browser, session):
    answer = browser.post(new_url(session), FORM, follow=True)

    wish = EarlierTimeWish.objects.get()
    assert (wish.session, wish.weekdays, wish.minutes) == (session, [0, 2], 60)
    assert "You are on the waiting list." in words(answer)
    assert "Monday, Wednesday" in words(answer)
    assert "9am to 12pm" in words(answer)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"weekdays": []}, "Choose at least one day"),
        ({"until_time": "09:00"}, "Enter a time after the first one"),
        ({"from_time": ""}, "Enter from which time"),
        ({"last_on": "2027-05-09"}, "Enter a date on or after the first one"),
        ({"first_on": "2027-05-01", "last_on": "2027-05-07"}, "not in the past"),
        ({"last_on": "2027-06-22"}, "Your session is on Monday 21 June 2027"),
        ({"last_on": ""}, "Enter the last date that would suit"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(browser, session, change, problem):
    page = words(browser.post(new_url(session), FORM | change))

    assert problem in page
    assert 'value="2027-05-10"' in page or "first_on" in change
    assert not EarlierTimeWish.objects.exists()


def test_the_last_possible_date_is_that_of_the_session(browser, session):
    browser.post(new_url(session), FORM | {"last_on": "2027-06-21"})

    assert EarlierTimeWish.objects.count() == 1


def test_asked_twice_is_refused_on_the_form(browser, wish, session):
    assert "You are already on the waiting list" in words(browser.post(new_url(session), FORM))


def test_a_client_without_a_session_waits_for_one(browser, coach):
    open_hours(coach)

    browser.post(f"{LIST}new/?coach={coach.slug}", FORM | {"minutes": "60", "location": "VIDEO"})

    wish = EarlierTimeWish.objects.get()
    assert (wish.session, wish.minutes, wish.location) == (None, 60, "VIDEO")


def test_a_length_that_is_not_offered_is_refused(browser, coach):
    open_hours(coach)

    browser.post(f"{LIST}new/?coach={coach.slug}", FORM | {"minutes": "61", "location": "VIDEO"})

    assert not EarlierTimeWish.objects.exists()


def test_the_session_of_somebody_else_is_not_found(signed_in, make_user, session):
    stranger = signed_in(make_user("stranger@example.org"))

    assert stranger.get(new_url(session)).status_code == 404
    assert stranger.post(new_url(session), FORM).status_code == 404


@pytest.mark.parametrize("query", ["", "?session=x", "?coach=nobody"])
def test_without_a_session_or_a_coach_there_is_no_page(browser, query):
    assert browser.get(f"{LIST}new/{query}").status_code == 404


def test_the_coach_sees_who_waits(signed_in, coach, wish):
    page = words(signed_in(coach.user).get(LIST))

    assert "Clients who wait for an earlier time" in page
    assert "Cleo Client" in page


def test_a_stranger_sees_nobody(signed_in, make_user, wish):
    page = words(signed_in(make_user("stranger@example.org")).get(LIST))

    assert "Cleo Client" not in page
    assert "it appears here" in page


def test_a_client_leaves_the_list(browser, wish):
    answer = browser.post(f"{LIST}{wish.uuid}/withdraw/", follow=True)

    assert fresh(wish).status == "WITHDRAWN"
    assert "You are no longer on the waiting list." in words(answer)


def test_nobody_else_takes_a_client_off_it(signed_in, make_user, coach, wish):
    for user in (make_user("stranger@example.org"), coach.user):
        assert signed_in(user).post(f"{LIST}{wish.uuid}/withdraw/").status_code == 404

    assert fresh(wish).is_waiting


def test_an_offer_is_shown_with_what_it_means_and_opening_it_changes_nothing(client, offer, wish):
    page = words(client.get(offer))

    assert "Monday 10 May 2027, 9am to 10am" in page
    assert "Monday 21 June 2027, 9am to 10am" in page
    assert "your session is moved to the new time" in page
    assert fresh(wish).has_offer(AT)
    assert CoachingSession.objects.get(status="BOOKED").starts_at == LATER


def test_signed_out_it_is_accepted_by_one_button(client, offer, session):
    answer = client.post(offer, {"accept": "yes"}, follow=True)

    session.refresh_from_db()
    assert session.starts_at < LATER
    assert "Your session has been moved." in words(answer)


def test_pressed_again_it_says_that_it_is_over(client, offer, session):
    client.post(offer, {"accept": "yes"})
    answer = client.post(offer, {"accept": "yes"}, follow=True)

    session.refresh_from_db()
    assert session.sequence == 1
    assert "This offer has ended" in words(answer)


def test_declined_the_session_stays(client, offer, session, wish):
    client.post(offer, {"decline": "yes"})

    session.refresh_from_db()
    assert session.starts_at == LATER
    assert fresh(wish).passed_over
    assert client.get(offer).status_code == 410


def test_too_late_the_page_says_so(client, offer, session):
    with time_machine.travel(AT + 2 * HOUR, tick=False):
        page = client.get(offer)
        client.post(offer, {"accept": "yes"})

    session.refresh_from_db()
    assert page.status_code == 410
    assert "This offer has ended" in words(page)
    assert session.starts_at == LATER


def test_the_address_of_one_offer_does_not_answer_the_next(client, offer, session, wish):
    earlier_times.decline_earlier_time(wish=fresh(wish), at=AT)
    earlier_times.offer_earlier_times(at=AT)

    client.post(offer, {"accept": "yes"})

    session.refresh_from_db()
    assert fresh(wish).has_offer(AT)
    assert session.starts_at == LATER


@pytest.mark.parametrize("token", ["x", "WyJ4Il0:forged", "a:b"])
def test_a_forged_address_is_not_found(client, token):
    assert client.get(reverse("bookings:earlier_time_offer", args=[token])).status_code == 404


def test_the_list_leads_to_the_offer(browser, offer):
    assert offer in browser.get(LIST).text


def test_a_session_moved_inside_its_notice_says_why(client, offer, session):
    CoachingSession.objects.filter(pk=session.pk).update(cancellation_notice_hours=24 * 60)

    answer = client.post(offer, {"accept": "yes"}, follow=True)

    session.refresh_from_db()
    assert session.starts_at == LATER
    assert "A session can be moved until" in words(answer)


def test_a_new_session_leads_to_its_details_with_the_time_held(browser, coach, client_user):
    open_hours(coach)
    wish = wish_for(coach, client_user)
    earlier_times.offer_earlier_times(at=AT)
    there = reverse("bookings:earlier_time_offer", args=[fresh(wish).token])

    page = browser.post(there, {"accept": "yes"}, follow=True)

    assert "We are holding this time for you" in words(page)
    assert f"/book/{coach.slug}/details/" in page.redirect_chain[-1][0]
