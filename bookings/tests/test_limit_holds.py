"""What one visitor, one account and one network may keep from others without booking it."""

import pytest
from django.test import Client as Browser

from bookings import actions
from bookings.actions import checks, locking
from bookings.actions.booking_request import BookingRequest
from bookings.models import CoachingSession
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, open_hours
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import at_once, hold_at
from profiles.models import Coach

PICKER = "/book/una-umber/?minutes=60"


def choose(browser, start):
    return browser.post(PICKER, {"start": start.isoformat()})


def held():
    return CoachingSession.objects.filter(status="HELD")


def test_the_third_time_of_one_visitor_gives_up_those_before(client, coach, free):
    for number in range(3):
        assert choose(client, free(number)).status_code == 302

    assert [session.starts_at for session in held()] == [free(2)]
    page = Browser().get(f"/book/una-umber/?minutes=60&date={free().date()}").content.decode()
    assert f'value="{free(0).isoformat()}"' in page
    assert f'value="{free(2).isoformat()}"' not in page


def test_an_account_in_several_browsers_holds_one_time(signed_in, client_user, free):
    for number in range(3):
        browser = Browser()
        browser.force_login(
            client_user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        choose(browser, free(number))

    assert [session.starts_at for session in held()] == [free(2)]


def test_a_visitor_who_forgets_his_cookies_holds_no_more_than_his_network_may(coach, free):
    answered = [choose(Browser(), free(number)) for number in range(12)]

    assert [answer.status_code for answer in answered] == [302] * 10 + [429] * 2
    assert "Sign in to choose another, or wait 10 minutes." in answered[-1].content.decode()
    assert held().count() == 10


def test_others_see_and_hold_all_other_times(client, signed_in, client_user, coach, free):
    for number in range(12):
        choose(Browser(), free(number))

    other = Browser(REMOTE_ADDR="203.0.113.7")
    assert choose(other, free(10)).status_code == 302
    assert choose(signed_in(client_user), free(11)).status_code == 302


def test_a_time_that_was_not_to_be_had_is_not_counted(client, coach, free):
    for _ in range(12):
        choose(Browser(), free())

    assert choose(Browser(), free(1)).status_code == 302


# Parallel requests.


@pytest.fixture
def coaches(make_user):
    """Whoever holds with several coaches at once waits for none of them."""
    found = []
    for number in range(4):
        user = make_user(f"coach{number}@example.org")
        found.append(Coach.objects.create(user=user, slug=f"coach-{number}", is_public=True))
        open_hours(found[-1])
    return found


def hold_with_each(coaches, **whose):
    def hold(coach):
        return lambda: actions.hold(
            booking_request=BookingRequest(coach, NINE, 60),
            at=WEEKS_AHEAD,
            **{"visitor_key": "", **whose},
        )

    return at_once([hold(coach) for coach in coaches])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("whose", ["visitor", "account"])
def test_parallel_holds_leave_one(coaches, client_user, whose):
    held_by = {"visitor_key": "me"} if whose == "visitor" else {"client": client_user}

    hold_with_each(coaches, **held_by)

    assert held().count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_visitors_turn_they_leave_more(coaches, monkeypatch):
    monkeypatch.setattr(locking, "lock_visitor", lambda visitor_key: None)
    hold_at(monkeypatch, checks, "check_offer", len(coaches))  # all have looked, none has written

    hold_with_each(coaches, visitor_key="me")

    assert held().count() == len(coaches)
