"""/calendar/: the coach's week as a table and as a list, with today at its side."""

from datetime import date, datetime, time, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import actions
from bookings.models import TimeOff
from bookings.tests.scenes import WEEKS_AHEAD, book_session, open_hours
from bookings.week import Week, code_of, monday_of
from coaching_portal.testing import NINE

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
MONDAY = date(2027, 6, 7)
WEEK = "/calendar/?week=2027-W23"


@pytest.fixture(autouse=True)
def _on_that_monday_at_noon():
    with time_machine.travel(NINE + 3 * HOUR, tick=False):
        yield


@pytest.fixture
def as_coach(signed_in, coach):
    return signed_in(coach.user)


class Table(HTMLParser):
    """Counts the columns of each row, those that reach down from rows above included."""

    def __init__(self, html):
        super().__init__()
        self.reaching, self.widths, self.row = [], [], None
        self.feed(html[html.index("<tbody") : html.index("</tbody")])

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.row = len([rows for rows in self.reaching if rows])
            self.reaching = [rows - 1 for rows in self.reaching if rows > 1]
        if tag in ("td", "th"):
            self.row += 1
            self.reaching.append(int(dict(attributes).get("rowspan", 1)) - 1)

    def handle_endtag(self, tag):
        if tag == "tr":
            self.widths.append(self.row)


def test_weeks_have_codes():
    assert code_of(date(2026, 11, 22)) == "2026-W47"
    assert monday_of("2026-W48") == date(2026, 11, 23)
    assert code_of(date(2027, 1, 1)) == "2026-W53"
    assert monday_of("2026-W53") == date(2026, 12, 28)


@pytest.mark.parametrize("code", ["2027-W53", "2027-W00", "9999-W52", "W48", "", "2026-W48x"])
def test_other_codes_name_no_week(code):
    assert monday_of(code) is None


@pytest.mark.parametrize(
    ("monday", "title"),
    [
        (date(2026, 11, 23), "23 to 29 November 2026"),
        (date(2026, 11, 30), "30 November to 6 December 2026"),
        (date(2026, 12, 28), "28 December 2026 to 3 January 2027"),
    ],
)
def test_a_week_is_named_by_its_dates(coach, monday, title):
    assert Week(coach, monday, NINE).title == title


def test_a_session_shows_client_kind_place_time_and_state(as_coach, coach, client_user):
    session = book_session(coach, client_user, starts_at=NINE + 5 * HOUR)

    text = as_coach.get(WEEK).text

    for words in ("Cleo Client", "Individual coaching", "video call", "2pm to 3pm", "Booked"):
        assert words in text
    assert f'href="/sessions/{session.uuid}/"' in text


def test_without_a_week_it_is_this_one(as_coach, coach, client_user):
    book_session(coach, client_user)

    assert "Cleo Client" in as_coach.get("/calendar/").text
    assert "Cleo Client" in as_coach.get("/calendar/?week=").text


def test_earlier_and_later_weeks_are_linked(as_coach):
    text = as_coach.get("/calendar/?week=2026-W53").text

    assert "?week=2026-W52" in text
    assert "?week=2027-W01" in text


def test_a_week_that_is_none_is_not_found(as_coach):
    assert as_coach.get("/calendar/?week=2027-W99").status_code == 404


def test_today_lists_its_sessions_and_what_waits(as_coach, coach, client_user):
    book_session(coach, client_user)
    book_session(coach, client_user, starts_at=NINE - 72 * HOUR, at=WEEKS_AHEAD)
    book_session(coach, client_user, starts_at=NINE + 5 * HOUR)

    context = as_coach.get(WEEK).context

    assert [session.starts_at for session in context["sessions_today"]] == [NINE, NINE + 5 * HOUR]
    assert context["to_confirm"] == [(date(2027, 6, 4), 1), (MONDAY, 1)]


def test_an_empty_week_says_so(as_coach):
    assert "Nothing is booked in this week" in as_coach.get(WEEK).text


def test_cancelled_sessions_leave_the_week_and_late_ones_stay(as_coach, coach, client_user):
    early = book_session(coach, client_user, starts_at=NINE + 30 * HOUR)
    late = book_session(coach, client_user, starts_at=NINE + 31 * HOUR)
    actions.cancel(session=early, by=client_user, at=WEEKS_AHEAD)
    actions.cancel(session=late, by=client_user, at=NINE + 3 * HOUR)

    text = as_coach.get(WEEK).text

    assert str(early.uuid) not in text
    assert str(late.uuid) in text
    assert "Cancelled late" in text


def test_time_off_is_in_every_day_it_touches(coach):
    TimeOff.objects.create(
        coach=coach, starts_at=NINE - 100 * HOUR, ends_at=NINE + 26 * HOUR, reason="Leave"
    )

    days = Week(coach, MONDAY, NINE).days

    assert [len(day.entries) for day in days] == [1, 1, 0, 0, 0, 0, 0]


def test_the_weekend_is_shown_only_where_it_has_something(coach):
    open_hours(coach)
    assert len(Week(coach, MONDAY, NINE).shown_days) == 5

    actions.set_date(coach=coach, date=date(2027, 6, 12), shifts=[(time(9), time(12))])

    assert len(Week(coach, MONDAY, NINE).shown_days) == 6


def test_hours_early_and_late_stretch_the_table(coach):
    actions.set_weekly_hours(coach=coach, shifts={0: [(time(6, 30), time(0))]})

    rows = Week(coach, MONDAY, NINE).rows

    assert (rows[0][0], rows[-1][0]) == (time(6), time(23))


def test_sessions_that_share_a_half_hour_share_a_cell(coach, client_user, make_user):
    open_hours(coach, grid_minutes=15)
    at = {"at": WEEKS_AHEAD}
    ann = make_user("ann@example.org")
    book_session(coach, client_user, **at)
    book_session(coach, ann, starts_at=NINE + timedelta(minutes=75), **at)
    book_session(coach, client_user, starts_at=NINE + timedelta(minutes=135), **at)

    cells = [
        cell
        for _, *halves in Week(coach, MONDAY, NINE).rows
        for half in halves
        for cell in half
        if cell and cell.entries
    ]

    assert [(cell.slots, len(cell.entries)) for cell in cells] == [(2, 1), (5, 2)]


def test_every_row_of_the_table_is_full(as_coach, coach, client_user):
    open_hours(coach)
    TimeOff.objects.create(coach=coach, starts_at=NINE + 22 * HOUR, ends_at=NINE + 50 * HOUR)
    book_session(coach, client_user, minutes=75)
    book_session(coach, client_user, starts_at=NINE + 2 * HOUR, minutes=105)
    book_session(coach, client_user, starts_at=NINE + 72 * HOUR, minutes=90)

    assert set(Table(as_coach.get(WEEK).text).widths) == {6}


@pytest.mark.parametrize("monday", [date(2027, 3, 22), date(2027, 10, 25)])
def test_weeks_in_which_the_clocks_change_are_whole(coach, monday):
    sunday = monday + timedelta(days=6)
    zone = ZoneInfo("Europe/London")
    starts_at = datetime.combine(sunday, time(0, 30), zone)
    TimeOff.objects.create(
        coach=coach, starts_at=starts_at, ends_at=starts_at.astimezone(zone) + 3 * HOUR
    )

    week = Week(coach, monday, NINE)

    assert len(week.days[6].entries) == 1
    assert len(week.rows) == 10


def test_the_week_can_be_read_as_a_list(as_coach, coach, client_user):
    book_session(coach, client_user)

    text = as_coach.get(WEEK + "&view=list").text

    assert "<table" not in text
    assert "Cleo Client" in text
    assert "As a table" in text


def test_the_week_is_the_coach_s_own(client, signed_in, coach, client_user, make_user):
    from profiles.models import Coach

    other = Coach.objects.create(user=make_user("other@example.org"), slug="other")
    book_session(coach, client_user)

    assert client.get(WEEK).status_code == 302
    assert signed_in(client_user).get(WEEK).status_code == 404
    assert "Cleo Client" not in signed_in(other.user).get(WEEK).text


def test_a_name_is_text_and_never_markup(as_coach, coach, make_user):
    book_session(coach, make_user("x@example.org", name="<script>alert(1)</script>"))

    assert "<script>alert" not in as_coach.get(WEEK).text


def test_reading_only(as_coach):
    assert as_coach.post("/calendar/").status_code == 405


def test_a_full_week_takes_as_many_queries_as_an_empty_one(
    as_coach, coach, make_user, django_assert_num_queries
):
    book_session(coach, make_user("first@example.org"))
    as_coach.get(WEEK)  # what every page asks once is then in the cache
    with CaptureQueriesContext(connection) as few:
        as_coach.get(WEEK)
    for number in range(1, 8):
        person = make_user(f"client{number}@example.org")
        book_session(coach, person, starts_at=NINE + number * HOUR)
        book_session(coach, person, starts_at=NINE + (24 + number) * HOUR)

    with django_assert_num_queries(len(few)):
        as_coach.get(WEEK)
