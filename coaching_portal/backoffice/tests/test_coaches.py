"""/admin/coaches/: all coaches side by side, for those who may see sessions."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import actions
from bookings.models import BusyTime, CoachingSession
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, book_session, open_hours
from coaching_portal.testing.plugin import NINE
from profiles.models import Coach

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)
PAGE = "/admin/coaches/"


@pytest.fixture(autouse=True)
def _on_that_monday_at_nine():
    with time_machine.travel(NINE, tick=False):
        yield


@pytest.fixture
def office(signed_in, admin_user):
    return signed_in(admin_user)


@pytest.fixture
def olu(make_user):
    olu = Coach.objects.create(
        user=make_user("olu@example.org", name="Olu Other"), slug="olu-other", hourly_rate=90
    )
    open_hours(olu, cancellation_notice_hours=24, offers_practice=True)
    return olu


def words(response):
    """The page's text, each run of spaces one."""
    text = re.sub(r"<[^>]+>", " ", response.text[response.text.index('id="content-main"') :])
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def cells(response):
    """{(date, coach): the cell}."""
    return {
        (day.isoformat(), cell.coach.slug): cell
        for day, _, row in response.context["week"].rows
        for cell in row
    }


def cell(response, coach, day="2027-06-07"):
    return cells(response)[day, coach.slug]


def numbers(response):
    return {
        week.coach.slug: (len(week.sessions), week.minutes_booked, week.to_confirm, free)
        for week, free in response.context["week"].numbers
    }


def test_coaches_stand_side_by_side_with_hours_sessions_and_what_is_free(
    office, coach, olu, client_user
):
    session = book_session(coach, client_user, starts_at=NINE + HOUR)

    response = office.get(PAGE)

    assert cell(response, coach).hours == ["9am to 5pm"]
    assert cell(response, coach).free == ["9am to 10am", "11am to 5pm"]
    assert cell(response, olu).free == ["9am to 5pm"]
    assert f"10am to 11am Cleo Client, {session.reference}" in words(response)
    assert reverse("admin:bookings_coachingsession_change", args=[session.pk]) in response.text


def test_what_is_over_is_not_free_any_more(office, olu):
    with time_machine.travel(NINE + 5 * HOUR + 20 * MINUTE, tick=False):
        response = office.get(PAGE)

    assert cell(response, olu).free == ["2:20pm to 5pm"]
    assert numbers(response)["olu-other"][3] == 160 + 4 * 480


def test_numbers_of_the_week(office, coach, client_user):
    open_hours(coach)
    book_session(coach, client_user, starts_at=NINE + DAY, minutes=90)
    book_session(coach, client_user)

    with time_machine.travel(NINE + HOUR, tick=False):
        found = numbers(office.get(PAGE))

    assert found["una-umber"] == (2, 150, 1, 7 * 60 + 4 * 480 - 90)


def test_what_waits_to_be_confirmed_says_so(office, coach, client_user):
    book_session(coach, client_user)

    assert "To confirm 1" not in words(office.get(PAGE))
    with time_machine.travel(NINE + HOUR, tick=False):
        assert "<strong>To confirm</strong>" in office.get(PAGE).text


def test_time_off_closes_and_its_reason_is_the_coachs_own(office, olu):
    actions.take_time_off(
        coach=olu, starts_at=NINE + 2 * HOUR, ends_at=NINE + 3 * HOUR, reason="Dentist"
    )
    actions.take_time_off(coach=olu, starts_at=NINE + 15 * HOUR, ends_at=NINE + 39 * HOUR)

    response = office.get(PAGE)

    assert cell(response, olu).free == ["9am to 11am", "12pm to 5pm"]
    assert cell(response, olu, "2027-06-08").free == []
    assert "Time off: 11am to 12pm" in words(response)
    assert "Time off: all day" in words(response)
    assert "Dentist" not in response.text


def test_busy_times_elsewhere_and_a_coachs_own_sessions_as_a_client_take_time(office, coach, olu):
    BusyTime.objects.create(coach=olu, starts_at=NINE, ends_at=NINE + HOUR, source="Secret")
    book_session(coach, olu.user, starts_at=NINE + 3 * HOUR)

    response = office.get(PAGE)

    assert cell(response, olu).free == ["10am to 12pm", "1pm to 5pm"]
    assert "Busy elsewhere: 9am to 10am" in words(response)
    assert "Secret" not in response.text


def test_cancelled_and_held_sessions_are_not_shown_and_a_missed_one_is(office, coach, client_user):
    for number, fields in enumerate(
        [
            {"status": "CANCELLED"},
            {"status": "HELD", "held_until": NINE + HOUR},
            {"status": "NO_SHOW"},
        ]
    ):
        starts_at = NINE + number * HOUR
        CoachingSession.objects.create(
            coach=coach,
            client=client_user,
            starts_at=starts_at,
            ends_at=starts_at + HOUR,
            free_again_at=starts_at + HOUR,
            rate=75,
            price=75,
            **fields,
        )

    (entry,) = cell(office.get(PAGE), coach).entries

    assert entry.session.status == "NO_SHOW"


@pytest.mark.parametrize(
    ("held_for", "free"), [(10 * MINUTE, ["10am to 5pm"]), (0 * MINUTE, ["9am to 5pm"])]
)
def test_a_time_that_is_held_is_not_free_until_the_hold_ends(office, olu, held_for, free):
    CoachingSession.objects.create(
        coach=olu,
        status="HELD",
        held_until=NINE + held_for,
        starts_at=NINE,
        ends_at=NINE + HOUR,
        free_again_at=NINE + HOUR,
        rate=75,
        price=75,
    )

    found = cell(office.get(PAGE), olu)

    assert (found.free, found.entries) == (free, [])


def test_topics_are_never_shown(office, coach, client_user):
    session = book_session(coach, client_user, needs="A ramp")
    actions.add_to_agenda(session=session, text="My boss", by=client_user, at=WEEKS_AHEAD)

    text = office.get(PAGE).text

    assert "My boss" not in text
    assert "A ramp" not in text


def test_a_coach_elsewhere_is_shown_in_uk_time(office, olu):
    Coach.objects.filter(pk=olu.pk).update(time_zone="America/New_York")

    response = office.get(PAGE)

    assert cell(response, olu).hours == ["2pm to 10pm"]


def test_hours_that_reach_beyond_midnight_in_the_uk_lie_in_two_days(office, olu):
    Coach.objects.filter(pk=olu.pk).update(time_zone="America/Los_Angeles")

    response = office.get(PAGE)

    assert cell(response, olu).hours == ["5pm to midnight"]
    assert cell(response, olu, "2027-06-08").hours == ["midnight to 1am", "5pm to midnight"]


def test_bank_holidays_close_unless_the_coach_opens_on_them(office, coach, olu):
    open_hours(coach, opens_on_bank_holidays=True)

    response = office.get(f"{PAGE}?week=2027-W35")

    assert cell(response, coach, "2027-08-30").hours == ["9am to 5pm"]
    assert cell(response, olu, "2027-08-30").hours == []


def test_one_coach_can_be_chosen_and_stays_chosen(office, coach, olu):
    response = office.get(f"{PAGE}?week=2027-W23&coach=olu-other")

    assert {slug for _, slug in cells(response)} == {"olu-other"}
    assert "?week=2027-W24&amp;coach=olu-other" in response.text
    assert '<option value="olu-other" selected>' in response.text


def test_earlier_and_later_weeks_are_linked(office, olu):
    text = office.get(f"{PAGE}?week=2026-W53").text

    assert '"?week=2026-W52"' in text
    assert '"?week=2027-W01"' in text


@pytest.mark.parametrize("query", ["week=2027-W99", "week=x", "coach=nobody"])
def test_other_weeks_and_coaches_are_not_found(office, olu, query):
    assert office.get(f"{PAGE}?{query}").status_code == 404


def test_prices_and_notice_are_side_by_side(office, coach, olu):
    open_hours(coach, offers_introduction=False)

    found = words(office.get(PAGE))

    assert "Una Umber £75.00 1 hour: £75.00 1 hour 15 minutes: £93.75" in found
    assert "Olu Other £90.00 30 minutes: free 1 hour: £90.00" in found
    assert "24 hours before 24 hours ahead Video call, Phone, At the practice" in found


def test_someone_who_left_is_shown_while_there_are_sessions(office, coach, olu, client_user):
    book_session(coach, client_user)
    for each in (coach, olu):
        each.user.is_active = False
        each.user.save()

    assert {slug for _, slug in cells(office.get(PAGE))} == {"una-umber"}


def test_without_coaches_it_says_what_will_be_here(office):
    assert "Coaches appear here once they have been added" in office.get(PAGE).text


def test_only_those_who_may_see_sessions_see_it(signed_in, make_user, olu):
    staff = make_user("staff@example.org", is_staff=True)
    assert signed_in(staff).get(PAGE).status_code == 403

    staff.user_permissions.add(Permission.objects.get(codename="view_coachingsession"))
    assert signed_in(staff).get(PAGE).status_code == 200


def test_the_first_page_of_the_admin_leads_to_it(office):
    assert f'href="{PAGE}"' in office.get("/admin/").text


def test_queries_do_not_grow_with_coaches_and_sessions(office, coach, make_user, client_user):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert office.get(PAGE).status_code == 200
        return len(queries)

    def add(number):
        each = Coach.objects.create(
            user=make_user(f"coach{number}@example.org", name=f"Coach {number}"),
            slug=f"coach-{number}",
        )
        open_hours(each)
        actions.take_time_off(coach=each, starts_at=NINE + DAY, ends_at=NINE + DAY + HOUR)
        actions.set_date(coach=each, date=(NINE + 2 * DAY).date(), shifts=[])
        BusyTime.objects.create(coach=each, starts_at=NINE + 3 * DAY, ends_at=NINE + 4 * DAY)
        for hour in range(2):
            client = make_user(f"client{number}-{hour}@example.org")
            book_session(each, client, starts_at=NINE + hour * HOUR)

    for number in range(2):
        add(number)
    count()  # what is looked up once and kept
    few = count()
    for number in range(2, 7):
        add(number)

    assert count() == few
