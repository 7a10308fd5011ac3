"""The page on which a coach says what became of a day's sessions."""

from datetime import date, timedelta

import pytest
import time_machine

from bookings import actions
from coaching_portal.testing.factories.sessions import book_session
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db
ADDRESS = "/calendar/confirm/2027-06-07/"
HOUR = timedelta(hours=1)
EVENING = NINE + 10 * HOUR


@pytest.fixture(autouse=True)
def _that_evening():
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def sessions(coach, client_user, make_user):
    """At 09:00 with Cleo and at 11:00 with Ann."""
    ann = make_user("ann@example.org", name="Ann Other")
    return [
        book_session(coach, client_user),
        book_session(coach, ann, starts_at=NINE + 2 * HOUR),
    ]


def answers(sessions, *outcomes):
    return {
        f"outcome_{session.uuid.hex}": outcome
        for session, outcome in zip(sessions, outcomes, strict=True)
    }


def states(sessions):
    for session in sessions:
        session.refresh_from_db()
    return [session.status for session in sessions]


def test_attended_is_chosen_already(as_coach, sessions):
    text = as_coach.get(ADDRESS).text

    assert text.count('value="COMPLETED"') == 2
    assert text.count("checked") >= 2
    assert "Confirm all" in text


def test_all_are_confirmed_in_one_form(as_coach, sessions):
    answer = as_coach.post(ADDRESS, answers(sessions, "COMPLETED", "COMPLETED"), follow=True)

    assert states(sessions) == ["COMPLETED", "COMPLETED"]
    assert "2 sessions are confirmed." in answer.text


def test_each_can_be_said_for_itself(as_coach, sessions):
    as_coach.post(ADDRESS, answers(sessions, "NO_SHOW", "CANCELLED"))

    assert states(sessions) == ["NO_SHOW", "CANCELLED"]


def test_sending_it_twice_changes_nothing_more(as_coach, sessions):
    for _ in range(2):
        as_coach.post(ADDRESS, answers(sessions, "COMPLETED", "NO_SHOW"))

    assert states(sessions) == ["COMPLETED", "NO_SHOW"]
    assert [session.events.count() for session in sessions] == [2, 2]


def test_a_day_can_be_corrected(as_coach, sessions):
    as_coach.post(ADDRESS, answers(sessions, "COMPLETED", "COMPLETED"))
    assert "Save corrections" in as_coach.get(ADDRESS).text

    as_coach.post(ADDRESS, answers(sessions, "COMPLETED", "NO_SHOW"))

    assert states(sessions) == ["COMPLETED", "NO_SHOW"]


def test_sessions_that_are_not_over_are_only_listed(as_coach, sessions):
    with time_machine.travel(NINE + HOUR, tick=False):
        text = as_coach.get(ADDRESS).text
        as_coach.post(ADDRESS, answers(sessions, "COMPLETED", "COMPLETED"))

    assert "Also on this day" in text
    assert states(sessions) == ["COMPLETED", "BOOKED"]


def test_a_session_cancelled_before_stays_so(as_coach, sessions, client_user):
    actions.cancel(session=sessions[0], by=client_user, at=NINE - 50 * HOUR)

    as_coach.post(ADDRESS, answers(sessions, "COMPLETED", "COMPLETED"))

    assert states(sessions) == ["CANCELLED", "COMPLETED"]


def test_an_answer_left_out_is_asked_for(as_coach, sessions):
    answer = as_coach.post(ADDRESS, answers(sessions[:1], "COMPLETED"))

    assert "Choose what happened in the session with Ann Other, 11am." in answer.text
    assert states(sessions) == ["BOOKED", "BOOKED"]


def test_another_outcome_than_those_offered_is_refused(as_coach, sessions):
    as_coach.post(ADDRESS, answers(sessions, "HELD", "CANCELLED_LATE"))

    assert states(sessions) == ["BOOKED", "BOOKED"]


def test_an_empty_day_says_so(as_coach):
    page = as_coach.get("/calendar/confirm/2027-06-08/").text

    assert "Sessions to confirm will appear here" in page


def test_the_day_is_the_coach_s_own(client, signed_in, coach, client_user, make_user, sessions):
    from profiles.models import Coach

    other = Coach.objects.create(user=make_user("other@example.org"), slug="other")
    assert client.post(ADDRESS, {}).status_code == 302
    assert signed_in(client_user).post(ADDRESS, {}).status_code == 404

    signed_in(other.user).post(ADDRESS, answers(sessions, "COMPLETED", "COMPLETED"))

    assert states(sessions) == ["BOOKED", "BOOKED"]


@pytest.mark.parametrize("address", ["2027-02-30", "2027-6-7", "today"])
def test_a_date_that_is_none_is_not_found(as_coach, address):
    assert as_coach.get(f"/calendar/confirm/{address}/").status_code == 404


def test_the_date_is_the_coach_s_own(as_coach, coach, client_user):
    # 00:30 on 8 June in London is 23:30 on 7 June in UTC.
    actions.set_weekly_hours(coach=coach, shifts={1: [(NINE.min.time(), NINE.min.time())]})
    late = book_session(coach, client_user, starts_at=NINE.replace(hour=23, minute=30))

    with time_machine.travel(EVENING + 24 * HOUR, tick=False):
        assert late.uuid.hex not in as_coach.get(ADDRESS).text
        assert late.uuid.hex in as_coach.get("/calendar/confirm/2027-06-08/").text
    assert late.starts_at.date() == date(2027, 6, 7)
