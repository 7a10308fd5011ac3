"""How many sessions and places are sold in a second, and what the audit trail takes of that.

python -m benchmarks.rates

Serves a portal of its own and sends real forms through HTTP, each browser with a session of its
own. The forms are fetched beforehand; then 1, 8 and 24 clients press one after the other as fast as
answers come. Every booking is with one coach, which is the worst case: her row is what they wait
for. The clients run on the same machine as the portal.
"""

import contextlib
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import time as clock
from datetime import timedelta
from urllib.parse import urlencode

from benchmarks import temporary_portal
from benchmarks.measuring import Times

BOOKINGS, CROWDS, COHORTS = 240, (1, 8, 24), 20
AHEAD, HOUR = timedelta(days=20), timedelta(hours=1)
OPEN_HOURS = 12  # of every day, from 08:00
SOLD = 302


def main():
    with temporary_portal.running() as site:
        print("| sold | clients at once | audit trail | n | a second | median ms | p95 ms |")
        print("| --- | ---: | --- | ---: | ---: | ---: | ---: |")
        kept = [_book(site, f"una-{crowd}", crowd) for crowd in CROWDS]
        kept.append(_enrol(site, 8))
        for number in range(2):  # in turn, so that what else the machine does falls on both
            with _without_trail():
                kept.append(_book(site, f"off-{number}", 8, trail="off"))
            kept.append(_book(site, f"on-{number}", 8))
    return 0 if all(kept) else 1


def _book(site, slug, crowd, *, trail="on"):
    from django.urls import reverse

    from benchmarks.browsers import side_by_side
    from bookings.models import CoachingSession

    coach, browsers = _coach(slug), _browsers(site, slug, crowd)
    path = reverse("bookings:details", args=[coach.slug])
    asked = [
        f"{path}?{urlencode({'minutes': 60, 'location': 'VIDEO', 'start': start.isoformat()})}"
        for start in _starts(BOOKINGS)
    ]
    shares = [asked[number::crowd] for number in range(crowd)]
    forms = side_by_side(_forms_to_book, browsers, shares)
    _warm(site)
    stacks = [list(zip(*pair, strict=True)) for pair in zip(shares, forms, strict=True)]
    return _press("sessions", trail, browsers, stacks) and (
        CoachingSession.objects.filter(coach=coach, status="BOOKED").count() == BOOKINGS
    )


def _coach(slug):
    from bookings.models import BookingRules, WeeklyHours
    from profiles.models import Coach, User

    user = User.objects.create_user(email=f"{slug}@example.org", name="Una Umber")
    coach = Coach.objects.create(user=user, slug=slug, is_public=True, time_zone="UTC")
    rules = {"grid_minutes": 60, "horizon_days": 365, "opens_on_bank_holidays": True}
    BookingRules.objects.create(coach=coach, **rules)
    for weekday in range(7):
        WeeklyHours.objects.create(coach=coach, weekday=weekday, starts=clock(8), ends=clock(20))
    return coach


def _starts(number):
    from django.utils import timezone

    midnight = (timezone.now() + AHEAD).replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        midnight + timedelta(days=each // OPEN_HOURS) + (8 + each % OPEN_HOURS) * HOUR
        for each in range(number)
    ]


def _browsers(site, name, number):
    from benchmarks.browsers import Browser
    from profiles.models import User

    people = [
        User.objects.create_user(email=f"{name}.{each}@example.org", name=f"Example {each}")
        for each in range(number)
    ]
    return [Browser(site, person) for person in people]


def _forms_to_book(browser, paths):
    return [browser.form(path) | {"payer": "self", "accept": "on"} for path in paths]


def _warm(site):
    """Both web processes have answered before the clock starts."""
    import urllib.request

    for _ in range(20):
        urllib.request.urlopen(f"{site}/coaches/").read()  # noqa: S310  our own address


def _enrol(site, crowd):
    """Everybody enrols on one cohort, then on the next: its row is what they wait for."""
    from django.urls import reverse

    from benchmarks import concurrent_scenes
    from training.models import Course, Enrolment

    course = Course.objects.create(slug="audit", title="Audit", price=295, is_published=True)
    cohorts = [
        concurrent_scenes.open_cohort(course, AHEAD + each * HOUR) for each in range(COHORTS)
    ]
    browsers = _browsers(site, "learner", crowd)

    def stack(browser):
        return [
            (
                reverse("training:check", args=[cohort.code]),
                concurrent_scenes.choose_oneself(browser, cohort),
            )
            for cohort in cohorts
        ]

    stacks = concurrent_scenes.side_by_side(stack, browsers)
    _warm(site)
    return _press("places", "on", browsers, stacks) and (
        Enrolment.objects.count() == crowd * COHORTS
    )


def _press(name, trail, browsers, stacks):
    """Each browser sends its stack of forms one after the other, all browsers at once."""
    crowd = len(browsers)
    start = threading.Barrier(crowd + 1)
    answers: list = []

    def press(browser, stack):
        start.wait()
        answers.extend(browser.post(path, form) for path, form in stack)

    with ThreadPoolExecutor(crowd) as pool:
        pressing = [pool.submit(press, *each) for each in zip(browsers, stacks, strict=True)]
        start.wait()
        began = time.perf_counter()
        for each in pressing:
            each.result()
        seconds = time.perf_counter() - began
    times = Times([answer.milliseconds for answer in answers])
    print(
        f"| {name} | {crowd} | {trail} | {len(answers)} | {len(answers) / seconds:.1f} "
        f"| {times.median:.0f} | {times.p95:.0f} |",
        flush=True,
    )
    return all(answer.status == SOLD for answer in answers)


@contextlib.contextmanager
def _without_trail():
    """The triggers that write the audit trail put to sleep, and woken again."""
    _switch_trail("DISABLE")
    try:
        yield
    finally:
        _switch_trail("ENABLE")


def _switch_trail(command):
    import pghistory.trigger
    import pgtrigger
    from django.db import connection

    with connection.cursor() as cursor:
        for model, trigger in pgtrigger.registered():
            if isinstance(trigger, pghistory.trigger.Event):
                table, name = model._meta.db_table, trigger.get_pgid(model)
                cursor.execute(f'ALTER TABLE "{table}" {command} TRIGGER "{name}"')


if __name__ == "__main__":
    sys.exit(main())
