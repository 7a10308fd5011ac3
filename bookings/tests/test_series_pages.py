"""The pages on which a series is chosen, checked and booked."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import actions
from bookings.models import CoachingSession, Programme
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    agreed_programme,
    book_session,
    open_hours,
)
from coaching_portal.testing.plugin import NINE
from coaching_portal.tests.security.forms_on_pages import forms_of
from profiles.models import DiaryDelegate, Organisation

pytestmark = pytest.mark.django_db

WEEK, DAY, HOUR = timedelta(days=7), timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _weeks_ahead():
    with time_machine.travel(WEEKS_AHEAD, tick=False):
        yield


@pytest.fixture
def programme(coach, client_user):
    open_hours(coach)
    return agreed_programme(coach, client_user, sessions=6)


@pytest.fixture
def browser(signed_in, client_user):
    return signed_in(client_user)


def page_of(programme, **asked):
    asked = {"every": "2", "number": "3", "location": "VIDEO", **asked}
    asked.setdefault("start", NINE.isoformat())
    asked = {name: value for name, value in asked.items() if value is not None}
    return f"{reverse('bookings:series', args=[programme.uuid])}?{urlencode(asked)}"


def words(answer):
    return " ".join(answer.content.decode().split())


def block(coach, make_user, starts_at):
    """Somebody else has this time."""
    return book_session(coach, make_user(f"at{starts_at:%d%m%H}@example.org"), starts_at=starts_at)


def starts():
    return list(
        CoachingSession.objects.filter(programme__isnull=False)
        .order_by("starts_at")
        .values_list("starts_at", flat=True)
    )


def test_the_first_page_asks_when_how_often_and_how_many(browser, programme):
    page = words(browser.get(reverse("bookings:series", args=[programme.uuid])))

    assert "6 of 6 sessions of the programme are left" in page
    assert 'name="start"' in page
    assert '<option value="2" selected>Every 2 weeks</option>' in page
    assert "At most 6." in page


def test_a_day_on_the_way_leaves_what_was_chosen(browser, programme):
    answer = browser.get(page_of(programme, start=None, date="2027-06-09", every="3", number="4"))

    page = words(answer)
    assert "Wednesday 9 June" in page
    assert '<option value="3" selected>' in page
    assert 'name="number" value="4"' in page
    assert "There is a problem" not in page


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"start": None}, "Choose the time of the first session."),
        ({"every": "7"}, "Choose how often, from the list"),
        ({"number": "1"}, "Enter how many sessions, from 2 to 6"),
        ({"number": "7"}, "Enter how many sessions, from 2 to 6"),
        ({"number": ""}, "Enter how many sessions, from 2 to 6"),
        ({"start": "yesterday"}, "Choose the time of the first session."),
    ],
)
def test_what_is_missing_or_wrong_is_said(browser, programme, asked, problem):
    page = words(browser.get(page_of(programme, **asked)))

    assert "There is a problem" in page
    assert problem in page


def test_dates_that_are_all_free_lead_straight_to_the_check(browser, programme):
    page = words(browser.get(page_of(programme)))

    assert "Check and confirm" in page
    for day in ("Monday 7 June 2027 at 9am", "Monday 21 June", "Monday 5 July"):
        assert day in page
    assert "£75.00 each, £225.00 in all" in page
    assert "Book 3 sessions, £225.00" in page
    assert "less than 48" in page
    assert not starts()


def test_the_button_books_all(browser, programme):
    answer = browser.post(page_of(programme))

    assert starts() == [NINE, NINE + 2 * WEEK, NINE + 4 * WEEK]
    page = words(browser.get(answer.url))
    assert "3 sessions with Una Umber" in page
    assert "Monday 21 June 2027, 9am to 10am" in page


def test_the_clock_time_is_kept_across_the_change(signed_in, programme, client_user):
    with time_machine.travel(datetime(2027, 9, 20, 9, tzinfo=UTC), tick=False):
        Programme.objects.update(review_on=date(2027, 12, 1))
        monday = datetime(2027, 10, 18, 8, tzinfo=UTC)
        signed_in(client_user).post(page_of(programme, start=monday.isoformat()))

    assert starts() == [monday, monday + 2 * WEEK + HOUR, monday + 4 * WEEK + HOUR]


def test_a_taken_date_gets_times_of_its_day_and_week(browser, programme, coach, make_user):
    block(coach, make_user, NINE + 2 * WEEK)

    page = words(browser.get(page_of(programme)))

    assert "1 of 3 dates is not free at this time" in page
    assert "This time is not free." in page
    assert "Monday 21 June 2027 at 10am" in page  # the same day, the nearest
    assert "Tuesday 22 June 2027 at 9am" in page  # each other day, at the same time
    assert "Friday 25 June 2027 at 9am" in page
    assert "28 June" not in page
    assert "Leave this one out" in page


def test_a_bank_holiday_says_which(signed_in, programme, client_user):
    with time_machine.travel(NINE + 40 * DAY, tick=False):
        first = NINE + 10 * WEEK  # two weeks later is the last Monday in August
        page = words(signed_in(client_user).get(page_of(programme, start=first.isoformat())))

    assert "Monday 30 August 2027" in page
    assert "This is a bank holiday" in page


def test_time_off_is_not_given_away(browser, programme, coach):
    away = NINE + 2 * WEEK
    actions.take_time_off(coach=coach, starts_at=away, ends_at=away + HOUR, reason="Dentist")

    page = words(browser.get(page_of(programme)))

    assert "This time is not free." in page
    assert "Dentist" not in page


def test_a_date_beyond_the_horizon_says_until_when(browser, programme, coach):
    open_hours(coach, horizon_days=45)

    page = words(browser.get(page_of(programme)))

    assert "Una Umber takes bookings until Tuesday 22 June 2027." in page
    assert "No time is free in that week." in page


def test_another_time_is_chosen_and_booked(browser, programme, coach, make_user):
    block(coach, make_user, NINE + 2 * WEEK)
    other = NINE + 2 * WEEK + DAY
    there = page_of(programme, at2=other.isoformat(), answered="yes")

    assert "Tuesday 22 June 2027 at 9am" in words(browser.get(there))
    browser.post(there)

    assert starts() == [NINE, other, NINE + 4 * WEEK]


def test_a_date_is_left_out(browser, programme, coach, make_user):
    block(coach, make_user, NINE + 2 * WEEK)
    there = page_of(programme, at2="out", answered="yes")

    page = words(browser.get(there))
    assert "Monday 21 June 2027: left out" in page
    assert "Book 2 sessions" in page
    browser.post(there)

    assert starts() == [NINE, NINE + 4 * WEEK]


def test_all_left_out_is_nothing_to_book(browser, programme):
    there = page_of(programme, number="2", at1="out", at2="out", answered="yes")

    assert "You have left out every date." in words(browser.get(there))
    assert browser.post(there).status_code == 409
    assert not starts()


def test_a_date_that_was_not_answered_is_asked_for_again(browser, programme, coach, make_user):
    block(coach, make_user, NINE + 2 * WEEK)
    block(coach, make_user, NINE + 4 * WEEK)
    other = (NINE + 2 * WEEK + DAY).isoformat()

    page = words(browser.get(page_of(programme, at2=other, answered="yes")))

    assert "Choose what to do about each date." in page
    assert f'name="at2" value="{other}"' in page  # what was chosen stays
    assert "Choose a time for session 3" in page


def test_a_change_link_asks_for_that_date_again(browser, programme, coach, make_user):
    block(coach, make_user, NINE + 2 * WEEK)
    block(coach, make_user, NINE + 4 * WEEK)
    there = page_of(programme, at2=(NINE + 2 * WEEK + DAY).isoformat(), at3="out", answered="yes")
    page = browser.get(there).content.decode()

    link = next(part for part in page.split('href="') if "session 3" in part[:400]).split('"')[0]
    asked = dict(parse_qsl(urlsplit(link.replace("&amp;", "&")).query))

    assert "at2" in asked
    assert "at3" not in asked


def test_a_time_taken_meanwhile_books_nothing_and_offers_others(
    browser, programme, coach, make_user
):
    there = page_of(programme)
    forms = forms_of(browser.get(there))
    form = next(form for form in forms if form.action.startswith("/programmes/"))
    block(coach, make_user, NINE + 2 * WEEK)

    answer = browser.post(form.action, form.data)

    page = words(answer)
    assert answer.status_code == 409
    assert not starts()
    assert "Monday 7 June 2027 at 9am</time>, free" in page  # what was chosen is still there
    assert "Monday 21 June 2027 at 10am" in page
    assert "Choose a time for session 2" not in page or "There is a problem" in page


def test_a_time_taken_between_looking_and_writing_says_so(
    browser, programme, coach, make_user, monkeypatch
):
    def taken(**asked):
        block(coach, make_user, NINE + 2 * WEEK)
        raise actions.TimeTaken

    monkeypatch.setattr(actions, "book_series", taken)

    answer = browser.post(page_of(programme))

    assert answer.status_code == 409
    assert "That time has just been taken." in words(answer)
    assert "Choose a time for session 2" in words(answer)


def test_a_chosen_other_time_that_has_gone_is_named(browser, programme, coach, make_user):
    block(coach, make_user, NINE + 2 * WEEK)
    other = NINE + 2 * WEEK + DAY
    block(coach, make_user, other)

    page = words(browser.get(page_of(programme, at2=other.isoformat(), answered="yes")))

    assert "Tuesday 22 June 2027 at 9am is no longer free." in page


def test_a_time_of_another_week_is_no_answer(browser, programme, coach, make_user):
    block(coach, make_user, NINE + 2 * WEEK)

    page = words(browser.get(page_of(programme, at2=(NINE + WEEK).isoformat(), answered="yes")))

    assert "Choose what to do about each date." in page


def test_by_phone_the_number_is_asked_for(browser, programme, coach):
    there = page_of(programme, location="TELEPHONE", number="2")

    assert "Enter the phone number." in words(browser.post(there, {"location_details": ""}))
    browser.post(there, {"location_details": "01632 960999"})

    assert set(CoachingSession.objects.values_list("location", "location_details")) == {
        ("TELEPHONE", "01632 960999")
    }


def test_a_location_that_is_not_offered_is_the_usual_one(browser, programme, coach):
    open_hours(coach, offers_workplace=False)

    assert "Video call" in words(browser.get(page_of(programme, location="WORKPLACE")))


def test_with_one_session_left_it_leads_to_a_single_booking(browser, coach, client_user):
    open_hours(coach)
    programme = agreed_programme(coach, client_user, sessions=1)

    answer = browser.get(reverse("bookings:series", args=[programme.uuid]))

    assert answer.status_code == 302
    assert answer.url.startswith(f"/book/{coach.slug}/")
    assert str(programme.uuid) in answer.url


def test_the_coach_books_for_the_client(signed_in, coach, programme, client_user):
    browser = signed_in(coach.user)

    assert f"For</dt><dd>{client_user}" in words(browser.get(page_of(programme)))
    browser.post(page_of(programme))

    assert {each.booked_by for each in CoachingSession.objects.all()} == {coach.user}


def test_an_assistant_sees_time_and_location_only(signed_in, programme, make_user, client_user):
    assistant = make_user("assistant@example.org")
    DiaryDelegate.objects.create(user=assistant, client=client_user)
    Programme.objects.update(
        title="Redundancy", organisation=Organisation.objects.create(name="Trust")
    )
    browser = signed_in(assistant)

    pages = [words(browser.get(page_of(programme, start=start))) for start in (NINE, None)]
    answer = browser.post(page_of(programme))
    pages.append(words(browser.get(answer.url)))

    assert len(starts()) == 3
    for page in pages:
        assert "Redundancy" not in page
        assert "Trust" not in page
        assert "£" not in page


def test_a_stranger_finds_nothing(signed_in, make_user, programme):
    browser = signed_in(make_user("stranger@example.org"))

    assert browser.get(page_of(programme)).status_code == 404
    assert browser.post(page_of(programme)).status_code == 404


def test_signed_out_it_leads_to_signing_in(client, programme):
    assert "/account/login/" in client.get(page_of(programme)).url


def test_the_file_has_all_sessions(browser, programme):
    answer = browser.post(page_of(programme))
    first = answer.url.rstrip("/").rsplit("/", 1)[1]

    file = browser.get(reverse("bookings:series_ics", args=[first]))

    assert file["Content-Type"].startswith("text/calendar")
    assert file.content.count(b"BEGIN:VEVENT") == 3


def test_many_presses_are_limited(browser, programme, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"book": "1/h/key"}
    browser.post(page_of(programme, number="2"))
    later = (NINE + HOUR).isoformat()

    answer = browser.post(page_of(programme, number="2", start=later))

    assert answer.status_code == 429
    assert len(starts()) == 2


@pytest.mark.parametrize("every", ["1", "month"])
def test_as_many_queries_however_many_dates_and_sessions(
    every, browser, programme, coach, make_user
):
    queries(browser, page_of(programme))  # what is looked up once and kept
    few = queries(browser, page_of(programme, number="2"))
    for number in range(4):
        block(coach, make_user, NINE + number * WEEK + HOUR)

    assert queries(browser, page_of(programme, number="6", every=every)) == few


def queries(browser, there):
    with CaptureQueriesContext(connection) as found:
        assert browser.get(there).status_code == 200
    return len(found)


@pytest.mark.parametrize("page", ["programme", "done", "times"])
def test_the_way_to_it_is_shown_where_sessions_of_a_programme_are(page, browser, programme, coach):
    session = book_session(coach, programme.client, programme=programme)
    there = {
        "programme": programme.get_absolute_url(),
        "done": reverse("bookings:booked", args=[coach.slug, session.uuid]),
        "times": f"/book/{coach.slug}/?minutes=60&programme={programme.uuid}",
    }[page]

    assert reverse("bookings:series", args=[programme.uuid]) in browser.get(there).text
