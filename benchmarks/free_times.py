"""How long 90 days of free times take, however much else the calendar holds.

python -m benchmarks.free_times

Starts a PostgreSQL of its own, fills one coach's calendar with 0, 1,000, 10,000 and 100,000
sessions (the 90 days nearly full, the rest in the years before and after), and asks
`slot_queries.open_slots`. The answer must equal that of the slow reference of the tests.
"""

import os
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from zoneinfo import ZoneInfo

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
DAYS = 90
UNTIL = AT + timedelta(days=DAYS)
MINUTES = 60
SIZES = (0, 1_000, 10_000, 100_000)
RUNS = 9
HOUR = timedelta(hours=1)
BUFFER = timedelta(minutes=15)
SHIFTS = ((clock(9), clock(12, 30)), (clock(13, 30), clock(17)))
OPEN_SATURDAY, CLOSED_TUESDAY = date(2027, 4, 10), date(2027, 4, 13)
AWAY = (datetime(2027, 5, 3, 8, tzinfo=UTC), datetime(2027, 5, 5, 18, tzinfo=UTC))


def main():
    from coaching_portal.operations.embedded import short_lived

    home, database, redis, stop = short_lived.start()
    try:
        os.environ |= {"DATABASE_URL": database, "REDIS_URL": redis, "VAR_DIR": str(home / "var")}
        os.environ["DJANGO_SETTINGS_MODULE"] = "coaching_portal.settings_test"
        return _run()
    finally:
        stop()


def _run():
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    coach, person = _people()
    print(f"{DAYS} days, sessions of {MINUTES} minutes, a start every 15 minutes; ", end="")
    print(f"median of {RUNS} runs\n")
    print("| sessions | in the 90 days | queries | CPU ms | wall ms | starts | as the reference |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    answers = [_measure(coach, person, size) for size in SIZES]
    return 0 if all(answers) else 1


def _people():
    from bookings.models import BookingRules, DateOverride, TimeOff, WeeklyHours
    from profiles.models import Coach, User

    user = User.objects.create_user(email="coach@example.org", name="Una Umber")
    coach = Coach.objects.create(user=user, slug="una-umber", is_public=True)
    BookingRules.objects.create(coach=coach, grid_minutes=15, buffer_minutes=15, horizon_days=90)
    for weekday in range(5):
        for starts, ends in SHIFTS:
            WeeklyHours.objects.create(coach=coach, weekday=weekday, starts=starts, ends=ends)
    DateOverride.objects.create(coach=coach, date=OPEN_SATURDAY, starts=clock(10), ends=clock(14))
    DateOverride.objects.create(coach=coach, date=CLOSED_TUESDAY)
    TimeOff.objects.create(coach=coach, starts_at=AWAY[0], ends_at=AWAY[1])
    return coach, User.objects.create_user(email="client@example.org", name="Cleo Client")


def _measure(coach, person, size):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    within = _fill(coach, person, size)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = _ask(coach)
    cpu, wall = zip(*(_timed(coach) for _ in range(RUNS)), strict=True)
    agrees = found == _reference(coach)
    print(
        f"| {size:,} | {within} | {len(queries)} | {statistics.median(cpu):.1f} "
        f"| {statistics.median(wall):.1f} | {len(found)} | {'yes' if agrees else 'NO'} |",
        flush=True,
    )
    return agrees


def _ask(coach):
    from bookings.availability import slot_queries

    return slot_queries.open_slots(coach, minutes=MINUTES, since=AT, until=UNTIL, at=AT)


def _timed(coach):
    cpu, wall = time.process_time(), time.perf_counter()
    _ask(coach)
    return (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000


def _fill(coach, person, size):
    """The window first: all but every fourth of its hours. Then the years around it."""
    from django.db import connection

    from bookings.models import CoachingSession

    CoachingSession.objects.all().delete()
    within = _window_starts()[:size]
    rest = size - len(within)
    before = [AT - timedelta(days=2) - 2 * HOUR * number for number in range(rest * 3 // 4)]
    after = [UNTIL + timedelta(days=2) + 2 * HOUR * number for number in range(rest - len(before))]
    CoachingSession.objects.bulk_create(
        (_session(coach, person, start) for start in (*within, *before, *after)), batch_size=2000
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bookings_coachingsession")
    return len(within)


def _window_starts():
    zone = ZoneInfo("Europe/London")
    hours = (9, 10.25, 11.5, 13.5, 14.75)  # each followed by its buffer
    starts = []
    for number in range(DAYS):
        day = datetime.combine(AT.date() + timedelta(days=number), clock(), zone)
        if day.weekday() < 5:
            starts += [(day + HOUR * hour).astimezone(UTC) for hour in hours]
    return [start for number, start in enumerate(starts) if number % 4]


def _session(coach, person, start):
    from bookings.models import CoachingSession

    return CoachingSession(
        coach=coach,
        client=person,
        status="BOOKED",
        starts_at=start,
        ends_at=start + HOUR,
        free_again_at=start + HOUR + BUFFER,
        rate=Decimal(75),
        price=Decimal(75),
    )


def _reference(coach):
    """The slow answer, from rows that were read without the calendar's help."""
    from bookings.availability import free_times
    from bookings.models import CoachingSession
    from bookings.tests import reference_availability

    shifts = [free_times.Shift(*shift) for shift in SHIFTS]
    rows = CoachingSession.objects.filter(coach=coach).values_list(
        "starts_at", "ends_at", "free_again_at"
    )
    near = (row for row in rows if AT - timedelta(days=2) < row[0] < UNTIL + timedelta(days=2))
    return reference_availability.open_slots(
        minutes=MINUTES,
        since=AT,
        until=UNTIL,
        at=AT,
        rules=free_times.SlotRules(
            ZoneInfo("Europe/London"),
            grid_minutes=15,
            minimum_notice_minutes=1440,
            horizon_days=90,
            buffer_minutes=15,
        ),
        hours=free_times.Hours(
            weekly=dict.fromkeys(range(5), shifts),
            overrides={
                OPEN_SATURDAY: [free_times.Shift(clock(10), clock(14))],
                CLOSED_TUESDAY: [],
            },
            # Good Friday, Easter Monday, and the two bank holidays of May 2027.
            bank_holidays={
                date(2027, 3, 26),
                date(2027, 3, 29),
                date(2027, 5, 3),
                date(2027, 5, 31),
            },
        ),
        sessions=[free_times.Occupied(*row) for row in near],
        closed=[free_times.Period(*AWAY)],
    )


if __name__ == "__main__":
    sys.exit(main())
