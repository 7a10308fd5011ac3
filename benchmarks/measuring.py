"""What the measurements share: a database for one of them, and how a thing done often is timed."""

import contextlib
import os
import time
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from statistics import median, quantiles

HOUR = timedelta(hours=1)


@contextlib.contextmanager
def database():
    """Django on servers of its own with every table, as the tests have it; nothing is served."""
    from coaching_portal.operations.embedded import short_lived

    home, address, redis, stop = short_lived.start()
    try:
        (home / "var" / "static").mkdir(parents=True)
        os.environ |= {"DATABASE_URL": address, "REDIS_URL": redis, "VAR_DIR": str(home / "var")}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "coaching_portal.settings_test"}
        os.environ.setdefault("LOG_LEVEL", "ERROR")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield
    finally:
        stop()


@dataclass(frozen=True)
class Times:
    """Milliseconds of each run."""

    each: list

    @property
    def median(self):
        return median(self.each)

    @property
    def p95(self):
        return quantiles(self.each, n=20, method="inclusive")[-1]

    def __str__(self):
        return f"{self.median:.1f} | {self.p95:.1f} | {len(self.each)}"


@dataclass(frozen=True)
class Cost:
    queries: int
    times: Times

    def __str__(self):
        return f"{self.queries} | {self.times}"


def cost_of(act, runs):
    """Queries and times of act(), once it has been done for the first time."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    act()
    with CaptureQueriesContext(connection) as queries:
        act()
    return Cost(len(queries), times_of(act, runs))


def times_of(act, runs):
    return Times([_timed(act) for _ in range(runs)])


def _timed(act):
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def person(name, **fields):
    from profiles.models import User

    details = {"name": f"Example {name.title()}", **fields}
    return User.objects.get_or_create(email=f"{name}@example.org", defaults=details)[0]


def session(coach, client, start, **fields):
    """A booked hour, to be written in bulk: at this number the actions would take all day."""
    from bookings.models import CoachingSession

    details = {"status": "BOOKED", "rate": Decimal(75), "price": Decimal(75), **fields}
    return CoachingSession(
        coach=coach,
        client=client,
        starts_at=start,
        ends_at=start + HOUR,
        free_again_at=start + HOUR,
        **details,
    )


def analyse():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
