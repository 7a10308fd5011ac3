"""Staff who have been away for twelve hours sign in again; clients stay signed in."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profiles.accounts import idle
from profiles.tests.signing import PASSWORD, is_signed_in, sign_in

pytestmark = pytest.mark.django_db

TWELVE = timedelta(hours=12)
SECOND = timedelta(seconds=1)
PAGE = "/admin/profiles/user/?is_staff__exact=1"
WHY = "You were signed out, because you had not used the portal for 12 hours."


@pytest.fixture
def began():
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def staff(make_user, began):
    """The browser of an admin who signed in just then."""
    make_user("staff@example.org", password=PASSWORD, is_staff=True, is_superuser=True)
    return signed_in_at("staff@example.org", began)


def signed_in_at(email, at):
    browser = Client()
    with time_machine.travel(at, tick=False):
        sign_in(browser, email)
    return browser


def get(browser, page, at):
    with time_machine.travel(at, tick=False):
        return browser.get(page)


@pytest.mark.parametrize(("away", "ended"), [(TWELVE - SECOND, False), (TWELVE, True)])
def test_a_session_has_ended_when_the_whole_time_has_passed(began, away, ended):
    session: dict = {}
    idle.record_use(session, began)

    assert idle.has_ended(session, began + away) == ended


@pytest.mark.parametrize(("away", "status"), [(TWELVE - SECOND, 200), (TWELVE, 302)])
def test_staff_are_signed_out_after_twelve_hours(staff, began, away, status):
    assert get(staff, PAGE, began + away).status_code == status
    with time_machine.travel(began + away, tick=False):
        assert is_signed_in(staff) == (status == 200)


def test_each_use_begins_the_time_anew(staff, began):
    for hours in (11, 22, 33):
        assert get(staff, PAGE, began + timedelta(hours=hours)).status_code == 200

    assert get(staff, PAGE, began + timedelta(hours=45)).status_code == 302


def test_the_page_to_sign_in_says_why_and_leads_back(staff, began):
    with time_machine.travel(began + TWELVE, tick=False):
        sent = staff.get(PAGE)
        asked = staff.get(sent.url)
        back = sign_in(staff, "staff@example.org", fields={"next": PAGE})

    assert sent.url.startswith(reverse("account_login"))
    assert WHY in asked.text
    assert f'name="next" value="{PAGE}"' in asked.text
    assert back.url == PAGE


def test_after_a_button_it_leads_back_to_the_page_of_the_button(staff, began):
    pressed = {"action": "x"}
    with time_machine.travel(began + TWELVE, tick=False):
        here = staff.post(PAGE, pressed, headers={"referer": f"http://testserver{PAGE}"})
    elsewhere = signed_in_at("staff@example.org", began)
    with time_machine.travel(began + TWELVE, tick=False):
        other = elsewhere.post(PAGE, pressed, headers={"referer": "https://evil.example/admin/"})

    assert here.url.endswith("?next=/admin/profiles/user/%3Fis_staff__exact%3D1")
    assert other.url.endswith("?next=/")


def test_a_page_for_everybody_is_shown_signed_out(staff, began):
    page = get(staff, "/", began + TWELVE)

    assert page.status_code == 200
    assert not page.wsgi_request.user.is_authenticated
    assert WHY in page.text


def test_clients_and_coaches_stay_signed_in(jo, coach, began):
    coach.user.set_password(PASSWORD)
    coach.user.save()
    for user in (jo, coach.user):
        browser = signed_in_at(user.email, began)

        page = get(browser, reverse("profiles:account"), began + timedelta(days=13))

        assert page.status_code == 200


def test_the_hours_are_a_setting(staff, began, settings):
    settings.STAFF_IDLE_HOURS = 1

    assert get(staff, PAGE, began + timedelta(minutes=59)).status_code == 200
    assert get(staff, PAGE, began + timedelta(minutes=119)).status_code == 302


def test_a_session_from_before_is_counted_from_its_next_use(staff, began):
    session = staff.session
    del session[idle.ACTIVE_AT]
    session.save()

    assert get(staff, PAGE, began + timedelta(hours=13)).status_code == 200
    assert get(staff, PAGE, began + timedelta(hours=25)).status_code == 302
