"""A time that comes free is offered to the first whose wish it suits, held, and on to the next."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from bookings import actions, tasks
from bookings.actions import earlier_times, locking
from bookings.actions.booking_request import BookingRequest
from bookings.actions.earlier_times import Suitable
from bookings.availability import slot_queries
from bookings.models import CoachingSession, EarlierTimeWish, OccupiedTime
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.personal_data import privacy, retention
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    accepted,
    agreed_programme,
    book_session,
    open_hours,
)
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import at_once, hold_at, without_constraints
from profiles.actions import erasure
from profiles.models import Coach

pytestmark = pytest.mark.django_db

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
AT = WEEKS_AHEAD  # 9am by the coach's clock
LATER = NINE + 14 * DAY  # where the sessions are that shall get earlier
COACH, CLIENT = "bookings_coach_is_in_one_place", "bookings_client_is_in_one_place"
PERSON = "bookings_person_is_in_one_place"


@pytest.fixture
def only_hour(coach):
    """only_hour(): of the coach's whole time before LATER one hour is taken, and nothing free."""
    open_hours(coach)

    def close(*, lasts=HOUR):
        for start, end in ((AT, NINE), (NINE + lasts, LATER.replace(hour=0))):
            actions.take_time_off(coach=coach, starts_at=start, ends_at=end)

    return close


@pytest.fixture
def line(coach, make_user, only_hour):
    """line(3): so many clients with sessions on one day, who wait for an earlier time in order."""

    def make(number=3, **how):
        users = [make_user(f"w{n}@example.org", name=f"W {n}") for n in range(number)]
        return [
            wait(coach, user, LATER + n * HOUR, at=AT + n * timedelta(seconds=1), **how)
            for n, user in enumerate(users)
        ]

    return make


def suitable(**changes):
    given = {
        "weekdays": [0, 1, 2, 3, 4],
        "from_time": time(9),
        "until_time": time(17),
        "first_on": AT.date(),
        "last_on": LATER.date(),
    }
    return Suitable(**given | changes)


def wait(coach, user, starts_at=LATER, *, at=AT, **changes):
    session = book_session(coach, user, starts_at=starts_at)
    return wish_for(coach, user, session=session, at=at, **changes)


def wish_for(coach, user, *, session=None, at=AT, **changes):
    return earlier_times.wish_for_earlier_time(
        client=user,
        coach=coach,
        session=session,
        minutes=60,
        location="VIDEO",
        suitable=suitable(**changes),
        at=at,
    )


def fresh(wish):
    return EarlierTimeWish.objects.with_details().get(pk=wish.pk)


def offered():
    rows = EarlierTimeWish.objects.filter(status="WAITING", offered_start__isnull=False)
    return [(row.client.name, row.offered_start) for row in rows.order_by("pk")]


def run(at=AT):
    earlier_times.offer_earlier_times(at=at)


# --- What suits ---------------------------------------------------------------------------


def wish_of(coach, **changes):
    return EarlierTimeWish(coach=coach, minutes=60, **vars(suitable(**changes)))


@pytest.mark.parametrize(
    ("starts_at", "is_suitable"),
    [
        (NINE, True),
        (NINE - MINUTE, False),
        (NINE + 7 * HOUR, True),  # ends at five
        (NINE + 7 * HOUR + MINUTE, False),
        (NINE - 2 * DAY, False),  # Saturday
        (LATER, True),
        (LATER + DAY, False),
        (AT, False),  # Saturday
    ],
)
def test_days_and_hours_are_those_of_the_coachs_clock(coach, starts_at, is_suitable):
    assert wish_of(coach).suits(starts_at) is is_suitable


def test_until_midnight_is_until_the_end_of_the_day(coach):
    late = wish_of(coach, until_time=time(0))

    assert late.suits(NINE + 14 * HOUR)  # 11pm to midnight
    assert not late.suits(NINE + 14 * HOUR + MINUTE)


def test_hours_are_wall_time_on_both_sides_of_the_change(coach):
    wish = wish_of(coach, first_on=date(2027, 10, 25), last_on=date(2027, 11, 5))

    assert wish.suits(datetime(2027, 10, 29, 8, tzinfo=UTC))
    assert not wish.suits(datetime(2027, 11, 1, 8, tzinfo=UTC))
    assert wish.suits(datetime(2027, 11, 1, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("starts_in", "notice", "lasts"),
    [
        (DAY, 60, 2 * HOUR),
        (3 * HOUR, 60, 2 * HOUR),
        (3 * HOUR - MINUTE, 60, 2 * HOUR - MINUTE),
        (75 * MINUTE, 60, 15 * MINUTE),
        (74 * MINUTE, 60, None),
    ],
)
def test_an_offer_lasts_two_hours_and_never_past_the_notice(coach, starts_in, notice, lasts):
    expiry = wish_of(coach).expiry_if_offered(AT + starts_in, at=AT, notice_minutes=notice)

    assert expiry == (AT + lasts if lasts else None)


def test_an_offer_ends_when_the_present_session_can_no_longer_be_moved(coach):
    wish = wish_of(coach)
    wish.session = CoachingSession(starts_at=AT + 49 * HOUR, cancellation_notice_hours=48)

    assert wish.expiry_if_offered(AT + DAY, at=AT, notice_minutes=0) == AT + HOUR


def test_how_long_an_offer_lasts_is_a_setting(coach, settings):
    settings.EARLIER_TIME_OFFER_MINUTES = 30

    expiry = wish_of(coach).expiry_if_offered(AT + DAY, at=AT, notice_minutes=0)

    assert expiry == AT + 30 * MINUTE


# --- One after the other ------------------------------------------------------------------


def test_nothing_free_is_nothing_offered(coach, line, only_hour, make_user):
    line(2)
    book_session(coach, make_user("other@example.org"), starts_at=NINE)
    only_hour()

    run()

    assert offered() == []


def test_a_cancelled_hour_is_offered_to_the_first(coach, line, only_hour, make_user):
    line(3)
    taken = book_session(coach, make_user("other@example.org"), starts_at=NINE)
    only_hour()
    actions.cancel(session=taken, by=coach.user, at=AT)

    run()
    run(AT + MINUTE)

    assert offered() == [("W 0", NINE)]
    [held] = CoachingSession.objects.filter(status="HELD")
    assert (held.starts_at, held.held_until) == (NINE, AT + 2 * HOUR)


def test_it_goes_to_the_first_whose_wish_it_suits(coach, line, only_hour):
    first, second = line(2)
    EarlierTimeWish.objects.filter(pk=first.pk).update(weekdays=[3])
    only_hour()

    run()

    assert offered() == [(second.client.name, NINE)]


def test_two_free_times_are_offered_to_two(coach, line, only_hour):
    line(3)
    only_hour(lasts=2 * HOUR)

    run()

    assert [start for _, start in offered()] == [NINE, NINE + HOUR]


def test_declined_it_goes_to_the_next_and_not_back(coach, line, only_hour):
    first, second = line(2)
    only_hour()
    run()

    earlier_times.decline_earlier_time(wish=fresh(first), at=AT + MINUTE)
    run(AT + MINUTE)

    assert offered() == [(second.client.name, NINE)]
    earlier_times.decline_earlier_time(wish=fresh(second), at=AT + 2 * MINUTE)
    run(AT + 2 * MINUTE)
    assert offered() == []
    assert {fresh(each).status for each in (first, second)} == {"WAITING"}


@pytest.mark.parametrize(("after", "whose"), [(2 * HOUR - MINUTE, "W 0"), (2 * HOUR, "W 1")])
def test_not_answered_in_time_it_goes_to_the_next(coach, line, only_hour, after, whose):
    line(2)
    only_hour()
    run()

    run(AT + after)

    assert offered() == [(whose, NINE)]


def test_a_job_that_was_away_makes_up_for_it(coach, line, only_hour):
    line(2)
    only_hour()
    run()

    run(AT + 26 * HOUR)

    assert offered() == [("W 1", NINE)]


@pytest.mark.parametrize(("hour", "is_made"), [(6, False), (7, True), (20, True), (21, False)])
def test_offers_are_made_by_day(coach, line, only_hour, hour, is_made):
    line(1)
    only_hour()

    run((AT + DAY).replace(hour=hour - 1))  # British Summer Time

    assert bool(offered()) is is_made


def test_only_earlier_times_are_offered(coach, client_user):
    open_hours(coach)
    wait(coach, client_user, NINE, first_on=NINE.date(), last_on=NINE.date())

    run()

    assert offered() == []


def test_a_time_at_which_the_client_is_elsewhere_is_not_offered(coach, line, only_hour, make_user):
    first, second = line(2)
    other = make_user("coach3@example.org").pk
    CoachingSession.objects.create(
        coach=_coach_of(other),
        client=first.client,
        status="BOOKED",
        starts_at=NINE,
        ends_at=NINE + HOUR,
        free_again_at=NINE + HOUR,
        rate=75,
        price=75,
    )
    only_hour()

    run()

    assert offered() == [(second.client.name, NINE)]


def _coach_of(user_pk):
    return Coach.objects.create(user_id=user_pk, slug="three", is_public=True)


# --- Nobody else can take it --------------------------------------------------------------


def test_nobody_else_can_take_what_is_offered(coach, line, only_hour, client_user):
    line(1)
    only_hour()
    run()

    asked = {"minutes": 60, "since": AT, "until": LATER.replace(hour=0), "at": AT}
    assert slot_queries.open_slots(coach, **asked) == []
    with pytest.raises(actions.TimeTaken):
        walk_in(coach, client_user)()
    with pytest.raises(actions.TimeTaken):
        actions.hold(booking_request=BookingRequest(coach, NINE, 60), at=AT, visitor_key="heron")


def test_another_hold_of_the_client_leaves_the_offer(coach, line, only_hour):
    [wish] = line(1)
    only_hour()
    run()

    actions.hold(
        booking_request=BookingRequest(coach, LATER + 5 * HOUR, 60),
        at=AT,
        visitor_key="heron",
        client=wish.client,
        by=wish.client,
    )

    assert fresh(wish).holds.count() == 1


def test_expired_the_time_can_be_booked_by_anybody(coach, line, only_hour, client_user):
    line(1)
    only_hour()
    run()

    assert walk_in(coach, client_user, at=AT + 2 * HOUR)()


# --- Answers ------------------------------------------------------------------------------


def test_accepted_the_session_is_moved_and_both_are_told(coach, line, only_hour):
    [wish] = line(1)
    only_hour()
    run()

    earlier_times.accept_earlier_time(wish=fresh(wish), at=AT + MINUTE)

    session = CoachingSession.objects.get()
    assert (session.starts_at, session.status, session.sequence) == (NINE, "BOOKED", 1)
    assert session.uuid == wish.session.uuid
    assert fresh(wish).status == "ACCEPTED"
    kinds = set(OutgoingMessage.objects.values_list("kind", flat=True))
    assert kinds >= {"session-moved", "coach-session-moved"}


def test_the_time_given_up_is_offered_to_the_next(coach, line, only_hour):
    first, second = line(2)
    only_hour()
    run()
    earlier_times.accept_earlier_time(wish=fresh(first), at=AT)

    run(AT + MINUTE)

    assert offered() == [(second.client.name, LATER)]


@pytest.mark.parametrize("after", [2 * HOUR, 3 * HOUR])
def test_too_late_is_refused_and_changes_nothing(coach, line, only_hour, after):
    [wish] = line(1)
    only_hour()
    run()

    with pytest.raises(earlier_times.OfferOver):
        earlier_times.accept_earlier_time(wish=fresh(wish), at=AT + after)

    assert CoachingSession.objects.get(status="BOOKED").starts_at == LATER


def test_a_session_inside_its_notice_ends_the_wish(coach, line, only_hour):
    [wish] = line(1)

    run(LATER - 48 * HOUR)
    assert fresh(wish).status == "WAITING"
    run(LATER - 48 * HOUR + MINUTE)

    assert fresh(wish).status == "OVER"


def test_a_cancelled_session_ends_the_wish_and_its_hold(coach, line, only_hour):
    [wish] = line(1)
    only_hour()
    run()
    actions.cancel(session=wish.session, by=wish.client, at=AT)

    run(AT + MINUTE)

    assert fresh(wish).status == "OVER"
    assert not CoachingSession.objects.filter(status="HELD").exists()


def test_the_last_date_over_ends_the_wish(coach, client_user):
    open_hours(coach)
    wish = wish_for(coach, client_user, last_on=NINE.date(), weekdays=[6])

    run(NINE.replace(hour=22))
    assert fresh(wish).status == "WAITING"
    run(NINE.replace(hour=23))  # midnight by the coach's clock

    assert fresh(wish).status == "OVER"


def test_a_new_session_is_kept_for_the_client_to_book(coach, client_user, only_hour):
    wish = wish_for(coach, client_user)
    only_hour()
    run()

    earlier_times.accept_earlier_time(wish=fresh(wish), at=AT)

    [held] = CoachingSession.objects.filter(status="HELD")
    assert (held.client, held.held_until) == (client_user, AT + 30 * MINUTE)
    assert walk_in(coach, client_user)().starts_at == NINE
    assert CoachingSession.objects.count() == 1


def test_withdrawn_the_offer_is_free_again(coach, line, only_hour):
    [wish] = line(1)
    only_hour()
    run()

    earlier_times.withdraw_wish(wish=wish, at=AT)
    earlier_times.withdraw_wish(wish=wish, at=AT + MINUTE)
    run(AT + MINUTE)

    assert fresh(wish).status == "WITHDRAWN"
    assert not CoachingSession.objects.filter(status="HELD").exists()


def test_one_session_waits_once(coach, client_user):
    wish = wait(coach, client_user)

    with pytest.raises(earlier_times.AlreadyWaiting):
        wish_for(coach, client_user, session=wish.session)


def test_a_session_that_cannot_be_moved_cannot_get_earlier(coach, client_user):
    session = book_session(coach, client_user)

    with pytest.raises(earlier_times.CannotWait):
        wish_for(coach, client_user, session=session, at=NINE - 47 * HOUR)


def test_a_session_of_a_programme_keeps_its_price(coach, client_user, only_hour):
    programme = agreed_programme(coach, client_user, rate=60)
    session = book_session(coach, client_user, starts_at=LATER, programme=programme)
    wish = wish_for(coach, client_user, session=session)
    only_hour()
    run()

    earlier_times.accept_earlier_time(wish=fresh(wish), at=AT)

    session.refresh_from_db()
    assert (session.starts_at, session.price) == (NINE, 60)


# --- What is sent and kept ----------------------------------------------------------------


def test_the_offer_is_emailed_with_an_address_to_answer_at(coach, line, only_hour, mailoutbox):
    [wish] = line(1)
    OutgoingMessage.objects.all().delete()
    only_hour()
    run()

    outbox.deliver_due(AT)

    [mail] = mailoutbox
    assert mail.to == [wish.client.email]
    assert mail.subject == "An earlier time for your session: Monday 7 June 2027 at 9am"
    assert "We keep it for you until Saturday 8 May 2027 at 11am." in mail.body
    assert "Your session now: Monday 21 June 2027, 9am to 10am" in mail.body
    assert f"/sessions/earlier/offers/{fresh(wish).token}/" in mail.body


def test_an_offer_that_was_declined_is_not_emailed_any_more(coach, line, only_hour, mailoutbox):
    [wish] = line(1)
    OutgoingMessage.objects.all().delete()
    only_hour()
    run()
    earlier_times.decline_earlier_time(wish=fresh(wish), at=AT)

    outbox.deliver_due(AT)

    assert mailoutbox == []


def test_the_task_asks_what_is_due(coach, line, only_hour):
    line(1)
    only_hour()

    with time_machine.travel(AT, tick=False):
        tasks.offer_earlier_times()

    assert offered() == [("W 0", NINE)]


def test_erasure_takes_wishes_and_what_is_held_for_them(coach, client_user, only_hour):
    wish = wish_for(coach, client_user)
    only_hour()
    run()
    assert fresh(wish).holds.exists()

    erasure.erase(user=client_user, at=AT)

    assert not EarlierTimeWish.objects.exists()
    assert not CoachingSession.objects.filter(status="HELD").exists()


def test_what_waits_is_in_the_copy_of_ones_data(coach, client_user):
    wish_for(coach, client_user)

    [kind] = [kind for kind in privacy.kinds() if kind.name == "earlier times"]

    assert kind.export(client_user)[0]["days"] == "Monday, Tuesday, Wednesday, Thursday, Friday"


def test_wishes_that_have_ended_are_forgotten_after_90_days(coach, client_user):
    wish = wish_for(coach, client_user)
    earlier_times.withdraw_wish(wish=wish, at=AT)

    [kind] = [kind for kind in privacy.retentions() if kind.name == "earlier-times"]
    retention.forget(kind, AT + 90 * DAY)
    assert EarlierTimeWish.objects.exists()
    retention.forget(kind, AT + 91 * DAY)

    assert not EarlierTimeWish.objects.exists()


# --- At one moment ------------------------------------------------------------------------


def walk_in(coach, user, *, at=AT):
    def call():
        return actions.book(
            booking_request=BookingRequest(coach, NINE, 60),
            client=user,
            by=user,
            at=at,
            details=accepted(coach),
        )

    return call


@pytest.fixture
def without_turns(monkeypatch):
    monkeypatch.setattr(locking, "lock_coach", lambda coach: coach)
    monkeypatch.setattr(locking, "lock_client", lambda client: client)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_runs_eight_times_at_once_makes_one_offer(coach, line, only_hour):
    line(3)
    only_hour()

    answers = at_once([run] * 8)

    assert answers == [None] * 8
    assert offered() == [("W 0", NINE)]
    assert CoachingSession.objects.filter(status="HELD").count() == 1
    assert OutgoingMessage.objects.filter(kind="earlier-time-offered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_offer_and_walk_ins_for_its_time(coach, line, only_hour, make_user):
    line(1)
    only_hour()
    others = [make_user(f"walk-in{number}@example.org") for number in range(5)]

    answers = at_once([run, *(walk_in(coach, each) for each in others)])

    booked = [each for each in answers if isinstance(each, CoachingSession)]
    assert len(booked) + len(offered()) == 1
    assert CoachingSession.objects.live().filter(starts_at=NINE).count() == 1


@pytest.mark.django_db(transaction=True)
def test_accepted_twice_at_once_the_session_is_moved_once(coach, line, only_hour):
    [wish] = line(1)
    only_hour()
    run()

    answers = at_once([lambda: earlier_times.accept_earlier_time(wish=fresh(wish), at=AT)] * 4)

    assert sum(isinstance(each, EarlierTimeWish) for each in answers) == 1
    assert sum(isinstance(each, earlier_times.OfferOver) for each in answers) == 3
    assert CoachingSession.objects.get().sequence == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_lock_and_constraint_a_time_is_offered_twice(
    coach, line, only_hour, without_turns, monkeypatch
):
    first, second = line(2)
    only_hour()
    hold_at(monkeypatch, earlier_times, "_next_start", 2)

    with (
        without_constraints(CoachingSession, COACH, CLIENT),
        without_constraints(OccupiedTime, PERSON),
    ):
        at_once(
            [
                lambda: earlier_times.offer_to(wish=first, at=AT),
                lambda: earlier_times.offer_to(wish=second, at=AT),
            ]
        )
        assert CoachingSession.objects.filter(status="HELD", starts_at=NINE).count() == 2


@pytest.mark.django_db(transaction=True)
def test_control_without_lock_and_constraint_a_walk_in_takes_what_is_offered(
    coach, line, only_hour, client_user, without_turns, monkeypatch
):
    [wish] = line(1)
    only_hour()
    hold_at(monkeypatch, slot_queries, "open_slots", 2)

    with (
        without_constraints(CoachingSession, COACH, CLIENT),
        without_constraints(OccupiedTime, PERSON),
    ):
        at_once([lambda: earlier_times.offer_to(wish=wish, at=AT), walk_in(coach, client_user)])
        assert CoachingSession.objects.live().filter(starts_at=NINE).count() == 2
