"""/book/<coach>/times.json: the free times for anyone, and 400 with a reason for anything else."""

from datetime import UTC, datetime, time
from decimal import Decimal

import pytest
import time_machine

from bookings.models import BookingRules, CoachingSession, WeeklyHours
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db
ADDRESS = "/book/una-umber/times.json"
QUESTION = {"minutes": "60", "from": "2027-06-07", "to": "2027-06-08", "zone": "Europe/London"}


@pytest.fixture(autouse=True)
def _in_may():
    with time_machine.travel(datetime(2027, 5, 20, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture(autouse=True)
def hours(coach):
    BookingRules.objects.create(coach=coach, grid_minutes=60)
    for day in (0, 1):
        WeeklyHours.objects.create(coach=coach, weekday=day, starts=time(9), ends=time(11))


def ask(client, **changes):
    question = {**QUESTION, **{name.rstrip("_"): value for name, value in changes.items()}}
    return client.get(ADDRESS, {name: value for name, value in question.items() if value})


def test_times_are_listed_in_utc_with_the_price(client):
    answer = ask(client)

    assert answer.json() == {
        "coach": "una-umber",
        "minutes": 60,
        "zone": "Europe/London",
        "price": "75.00",
        "times": [
            "2027-06-07T08:00:00+00:00",
            "2027-06-07T09:00:00+00:00",
            "2027-06-08T08:00:00+00:00",
            "2027-06-08T09:00:00+00:00",
        ],
    }


@pytest.mark.parametrize(
    ("minutes", "price"),
    [("30", "0.00"), ("75", "93.75"), ("90", "112.50"), ("105", "131.25"), ("120", "150.00")],
)
def test_prices_are_exact_strings(client, minutes, price):
    assert ask(client, minutes=minutes).json()["price"] == price


def test_dates_are_the_viewer_s(client):
    # 09:00 and 10:00 on Monday in London are still Sunday evening in Pago Pago.
    sunday = {"from_": "2027-06-06", "to": "2027-06-06"}

    assert ask(client, **sunday, zone="Europe/London").json()["times"] == []
    assert ask(client, **sunday, zone="Pacific/Pago_Pago").json()["times"] == [
        "2027-06-07T08:00:00+00:00",
        "2027-06-07T09:00:00+00:00",
    ]


def test_the_zone_may_be_left_to_the_coach(client):
    assert ask(client, zone="").json()["zone"] == "Europe/London"


def test_ninety_two_days_are_answered_and_ninety_three_refused(client):
    assert ask(client, from_="2027-06-01", to="2027-08-31").status_code == 200
    assert ask(client, from_="2027-06-01", to="2027-09-01").status_code == 400


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"minutes": ""}, "length"),
        ({"minutes": "61"}, "60, 75"),
        ({"minutes": "45"}, "60, 75"),
        ({"minutes": "-60"}, "60, 75"),
        ({"minutes": "060"}, "60, 75"),
        ({"minutes": "sixty"}, "60, 75"),
        ({"minutes": "٦٠"}, "60, 75"),
        ({"from_": ""}, "from"),
        ({"to": ""}, "to"),
        ({"from_": "2027-13-01"}, "from"),
        ({"from_": "2027-02-29"}, "from"),
        ({"from_": "20270607"}, "from"),
        ({"to": "2027-W24-1"}, "to"),
        ({"to": "tomorrow"}, "to"),
        ({"to": "2027-06-06"}, "before"),
        ({"from_": "0001-01-01", "to": "0001-01-02"}, "between"),
        ({"from_": "9999-12-31", "to": "9999-12-31"}, "between"),
        ({"zone": "Europe/Nowhere"}, "zone"),
        ({"zone": "Europe"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"zone": "\x00"}, "NUL"),
    ],
)
def test_bad_questions_are_told_why(client, wrong, words):
    answer = ask(client, **wrong)

    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_years_ahead_are_a_fair_question_without_times(client):
    assert ask(client, from_="2099-01-01", to="2099-01-31").json()["times"] == []


def test_an_unknown_or_private_coach_is_not_found(client, coach):
    assert client.get("/book/nobody/times.json", QUESTION).status_code == 404

    coach.is_public = False
    coach.save()
    assert ask(client).status_code == 404


def test_only_reading_is_allowed(client):
    assert client.post(ADDRESS, QUESTION).status_code == 405


def test_the_answer_is_not_kept_by_caches(client):
    assert "no-store" in ask(client)["Cache-Control"]


def test_a_client_is_not_offered_what_their_own_diary_holds(signed_in, client_user, make_user):
    from profiles.models import Coach

    other = Coach.objects.create(user=make_user("other@example.org"), slug="other")
    CoachingSession.objects.create(
        coach=other,
        client=client_user,
        status="BOOKED",
        starts_at=NINE,
        ends_at=NINE.replace(hour=9),
        free_again_at=NINE.replace(hour=9),
        rate=Decimal(75),
        price=Decimal(75),
    )

    times = ask(signed_in(client_user)).json()["times"]

    assert "2027-06-07T08:00:00+00:00" not in times
    assert "2027-06-07T09:00:00+00:00" in times
