"""How long "when is the next free time?" takes where there is none in 90 days.

python -m benchmarks.next_free

One coach whose hours of 90 days are all taken, session after session, and 10,000 sessions in the
years before. Asked through `slot_queries.open_slots`, which must find the first time after the 90 days
as well as, with a horizon of 90 days, none.
"""

import sys
from datetime import UTC, datetime, time, timedelta

from benchmarks import measuring

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
DAYS, PAST, RUNS = 90, 10_000, 30
HOUR = timedelta(hours=1)


def main():
    with measuring.database():
        coach = _coach()
        rows = _fill(coach)
        print("| next free time | sessions | queries | median ms | p95 ms | n | found |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
        right = [
            _measure(coach, rows, "none in 90 days", horizon=DAYS),
            _measure(coach, rows, "the first after 90 days", horizon=DAYS + 30),
        ]
    return 0 if right == [None, AT + timedelta(days=DAYS + 1, hours=-1)] else 1


def _coach():
    from bookings.models import BookingRules, WeeklyHours
    from profiles.models import Coach, User

    user = User.objects.create_user(email="coach@example.org", name="Una Umber")
    coach = Coach.objects.create(user=user, slug="una-umber", is_public=True, time_zone="UTC")
    BookingRules.objects.create(coach=coach, grid_minutes=15, minimum_notice_minutes=60)
    for weekday in range(7):
        WeeklyHours.objects.create(coach=coach, weekday=weekday, starts=time(8), ends=time(18))
    return coach


def _fill(coach):
    """Every hour of the 90 days and of today, then as many in the years before."""
    from bookings.models import CoachingSession

    midnight = AT.replace(hour=0)
    days = [midnight + timedelta(days=number) for number in range(DAYS + 1)]
    starts = [day + hour * HOUR for day in days for hour in range(8, 18)]
    starts += [midnight - number * 2 * HOUR for number in range(1, PAST + 1)]
    client = measuring.person("client")
    CoachingSession.objects.bulk_create(
        (measuring.session(coach, client, start) for start in starts), batch_size=2000
    )
    measuring.analyse()
    return len(starts)


def _measure(coach, rows, name, *, horizon):
    from bookings.availability import slot_queries
    from bookings.models import BookingRules

    BookingRules.objects.filter(coach=coach).update(horizon_days=horizon)

    def ask():
        until = AT + slot_queries.BEYOND_ANY_HORIZON
        return next(
            iter(slot_queries.open_slots(coach, minutes=60, since=AT, until=until, at=AT)), None
        )

    found, cost = ask(), measuring.cost_of(ask, RUNS)
    print(f"| {name} | {rows:,} | {cost} | {found or 'none'} |", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
