"""Requests at one moment: one hour, overlapping times, places of a course, invoice numbers.

Imported once Django is set up.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from benchmarks.browsers import Browser, at_once, side_by_side
from benchmarks.concurrent_load import ConcurrentLoad
from bookings.availability import slot_queries
from bookings.models import BookingRules, CoachingSession, WeeklyHours
from coaching_portal.billing.models import Invoice, InvoiceLine, Practice
from profiles.models import Coach, User
from training.models import Cohort, Course, TeachingSession

AT_ONCE, LEARNERS, PLACES, DRAFTS = 20, 40, 10, 20
AHEAD = timedelta(days=20)  # beyond the minimum notice and the 14 days to withdraw
DAY = timedelta(days=1)
CLOSE_BY = timedelta(minutes=5)  # twenty starts of two hours that all overlap
WON, TOLD = 302, 409


def for_one_hour(site, rounds):
    load = ConcurrentLoad(f"{AT_ONCE} clients book one hour")
    return _book(load, site, rounds, minutes=60, apart=timedelta(0))


def for_overlapping_times(site, rounds):
    load = ConcurrentLoad(f"{AT_ONCE} clients book overlapping times")
    return _book(load, site, rounds, minutes=120, apart=CLOSE_BY)


def _book(load, site, rounds, *, minutes, apart):
    """A round: every client opens the last step of booking, then all press at once."""
    coach = _coach(slug=f"una-{minutes}", grid=apart or timedelta(minutes=30))
    competing = [Browser(site, user) for user in _people("client", AT_ONCE)]
    for first in _free_starts(coach, minutes, rounds):
        paths = [_details(coach, first + number * apart, minutes) for number in range(AT_ONCE)]
        said = {"payer": "self", "accept": "on"}
        forms = [form | said for form in side_by_side(Browser.form, competing, paths)]
        answers = at_once(competing, paths, forms)
        booked = CoachingSession.objects.filter(coach=coach, starts_at__date=first.date()).count()
        load.add(answers, _unless(answers, {WON: 1, TOLD: AT_ONCE - 1}, booked, expected=1))
    return load


def _details(coach, start, minutes):
    asked = urlencode({"minutes": minutes, "location": "VIDEO", "start": start.isoformat()})
    return f"{reverse('bookings:details', args=[coach.slug])}?{asked}"


def _coach(slug, *, grid):
    user = User.objects.create_user(email=f"{slug}@example.org", name="Una Umber")
    coach = Coach.objects.create(user=user, slug=slug, is_public=True)
    BookingRules.objects.create(coach=coach, grid_minutes=grid.seconds // 60, horizon_days=365)
    for weekday in range(5):
        WeeklyHours.objects.create(coach=coach, weekday=weekday, starts=time(9), ends=time(17))
    return coach


def _free_starts(coach, minutes, number):
    """The first free start of so many days."""
    at = timezone.now()
    since = at + AHEAD
    starts = slot_queries.open_slots(
        coach, minutes=minutes, since=since, until=since + (number * 2 + 7) * DAY, at=at
    )
    first_of_day: dict[date, datetime] = {}
    for start in starts:
        if start.hour <= 12:  # a day that is nearly over has no room for the later clients
            first_of_day.setdefault(start.date(), start)
    return list(first_of_day.values())[:number]


def for_places(site, rounds):
    """A round: everybody stands before “Check your answers”, then all press at once."""
    load = ConcurrentLoad(f"{LEARNERS} people enrol for {PLACES} places")
    course = Course.objects.create(
        slug="load", title="Clinical audit", price=Decimal(295), is_published=True
    )
    competing = [Browser(site, user) for user in _people("learner", LEARNERS)]
    for number in range(rounds):
        cohort = open_cohort(course, AHEAD + number * DAY)
        paths = [reverse("training:check", args=[cohort.code])] * LEARNERS
        forms = side_by_side(choose_oneself, competing, [cohort] * LEARNERS)
        answers = at_once(competing, paths, forms)
        told = sum(each.status == TOLD and "waiting list" in each.page for each in answers)
        expected = {WON: PLACES, TOLD: LEARNERS - PLACES}
        taken = cohort.enrolments.live().count()
        broken = _unless(answers, expected, taken, expected=PLACES)
        if told != LEARNERS - PLACES:
            broken = f"{broken} {told} were told of the waiting list".strip()
        load.add(answers, broken)
    return load


def open_cohort(course, ahead):
    cohort = Cohort.objects.create(course=course, capacity=PLACES, status=Cohort.Status.OPEN)
    starts_at = timezone.now() + ahead
    TeachingSession.objects.create(
        cohort=cohort, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3)
    )
    return cohort


def choose_oneself(browser, cohort):
    """Both steps before the last: the form that is pressed at last."""
    enrol = reverse("training:enrol", args=[cohort.code])
    browser.post(enrol, browser.form(enrol))
    return browser.form(reverse("training:check", args=[cohort.code])) | {"accepted": "on"}


def for_invoice_numbers(site, rounds):
    """A round: as many admins as drafts stand before “Issue this invoice”."""
    load = ConcurrentLoad(f"{DRAFTS} invoices are issued")
    _set_up_practice()
    payer = _people("payer", 1)[0]
    admins = [Browser(site, user) for user in _people("admin", DRAFTS, is_admin=True)]
    for _ in range(rounds):
        drafts = [_draft(payer) for _ in range(DRAFTS)]
        paths = [reverse("admin:billing_invoice_issue", args=[draft.pk]) for draft in drafts]
        forms = side_by_side(Browser.form, admins, paths)
        before = _last_number()
        answers = at_once(admins, paths, forms)
        numbers = sorted(
            Invoice.objects.filter(pk__in=[draft.pk for draft in drafts]).values_list(
                "number", flat=True
            )
        )
        in_a_row = sum(
            number.endswith(f"-{place:04d}") for place, number in enumerate(numbers, before + 1)
        )
        load.add(answers, _unless(answers, {WON: DRAFTS}, in_a_row, expected=DRAFTS))
    return load


def _set_up_practice():
    practice = Practice.current()
    practice.legal_name = practice.bank_account_name = "Example Practice Limited"
    practice.address = "1 Example Road\nExampleton\nEX1 1EX"
    practice.bank_sort_code, practice.bank_account_number = "00-00-00", "00000000"
    practice.save()


def _draft(payer):
    invoice = Invoice.objects.create(user=payer, drafted_at=timezone.now())
    InvoiceLine.objects.create(
        invoice=invoice,
        description="Individual coaching, 60 minutes",
        supplied_on=datetime.now(UTC).date() - DAY,
        quantity=1,
        unit_price=Decimal(75),
    )
    return invoice


def _last_number():
    numbers = Invoice.objects.issued().values_list("number", flat=True)
    return max((int(number.rsplit("-", 1)[1]) for number in numbers), default=0)


def _people(role, number, *, is_admin=False):
    return [
        User.objects.get_or_create(
            email=f"{role}{each}@example.org",
            defaults={"name": f"Example {each}", "is_staff": is_admin, "is_superuser": is_admin},
        )[0]
        for each in range(number)
    ]


def _unless(answers, statuses, counted, *, expected):
    """What went otherwise than it should have; nothing where all is well."""
    found = Counter(answer.status for answer in answers)
    if found == statuses and counted == expected:
        return ""
    return f"answers {dict(found)}, {counted} in the database"


SCENES = (for_one_hour, for_overlapping_times, for_places, for_invoice_numbers)
