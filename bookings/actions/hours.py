"""A coach changes when she can be booked. Sessions that are booked already stay as they are."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from bookings.actions.locking import lock_coach
from bookings.availability import recurring_time_off
from bookings.availability import shifts as shifts_of_a_day
from bookings.availability.shifts import GivenShift
from bookings.models import BookingRules, DateOverride, TimeOff, WeeklyHours
from coaching_portal.common.refusals import Refusal
from profiles.models import Coach

DAY = timedelta(days=1)


class HoursUnclear(Refusal):
    pass


@transaction.atomic
def set_weekly_hours(*, coach: Coach, shifts: Mapping[int, Sequence[GivenShift]]) -> None:
    """Replace the week: a list of (starts, ends), perhaps with locations, for each weekday."""
    lock_coach(coach)
    for day in shifts.values():
        _check(day)

    coach.weekly_hours.all().delete()
    WeeklyHours.objects.bulk_create(
        WeeklyHours(
            coach=coach,
            weekday=weekday,
            starts=shift[0],
            ends=shift[1],
            locations=shifts_of_a_day.locations_of(shift),
        )
        for weekday, day in shifts.items()
        for shift in day
    )


@transaction.atomic
def set_date(*, coach: Coach, date: date, shifts: Sequence[GivenShift]) -> None:
    """Other hours on one date, in place of what was set for it; none close the date."""
    lock_coach(coach)
    _check(shifts)

    coach.date_overrides.filter(date=date).delete()
    closed = [DateOverride(coach=coach, date=date)]
    open_ = [
        DateOverride(
            coach=coach,
            date=date,
            starts=shift[0],
            ends=shift[1],
            locations=shifts_of_a_day.locations_of(shift),
        )
        for shift in shifts
    ]
    DateOverride.objects.bulk_create(open_ or closed)


@transaction.atomic
def clear_date(*, coach: Coach, date: date) -> None:
    """Back to the weekly hours on this date."""
    lock_coach(coach)
    coach.date_overrides.filter(date=date).delete()


@transaction.atomic
def copy_week(*, coach: Coach, monday: date, to_monday: date) -> None:
    """The dates with other hours of one week, set in another too, in place of what is set there."""
    lock_coach(coach)
    if monday.weekday() or to_monday.weekday():
        raise HoursUnclear("A week starts on a Monday.")
    if monday == to_monday:
        raise HoursUnclear("Choose another week to copy to.")
    copied = list(coach.date_overrides.between(monday, monday + 6 * DAY))
    if not copied:
        raise HoursUnclear("That week has no dates with other hours to copy.")

    coach.date_overrides.between(to_monday, to_monday + 6 * DAY).delete()
    for each in copied:
        each.pk, each.date = None, each.date + (to_monday - monday)
    DateOverride.objects.bulk_create(copied)


@transaction.atomic
def open_bank_holiday(*, coach: Coach, date: date) -> None:
    """The hours of that weekday on a bank holiday, as they are now."""
    lock_coach(coach)
    hours = coach.weekly_hours.filter(weekday=date.weekday()).order_by("starts")
    shifts = [(each.starts, each.ends, tuple(each.locations)) for each in hours]
    if not shifts:
        raise HoursUnclear(f"You have no hours on a {date:%A}. Set hours for this date instead.")
    set_date(coach=coach, date=date, shifts=shifts)


@transaction.atomic
def take_time_off(
    *,
    coach: Coach,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
    recurrence: str = TimeOff.Recurrence.NONE,
    instead_of: TimeOff | None = None,
) -> TimeOff:
    """No new sessions in this period; `instead_of` is the time off that it changes."""
    lock_coach(coach)
    if ends_at <= starts_at:
        raise HoursUnclear("Time off must end after it starts.")
    if recurrence and ends_at - starts_at > recurring_time_off.LONGEST_OF_A_YEAR:
        raise HoursUnclear("Time off of every year must be shorter than a year.")

    time_off = instead_of or TimeOff(coach=coach)
    time_off.starts_at, time_off.ends_at, time_off.reason = starts_at, ends_at, reason
    time_off.recurrence = recurrence
    time_off.save()
    return time_off


@transaction.atomic
def end_time_off(*, time_off: TimeOff) -> None:
    """The coach is there after all."""
    lock_coach(time_off.coach)
    time_off.delete()


@transaction.atomic
def set_rules(*, rules: BookingRules) -> BookingRules:
    """How the coach may be booked from now on; what is booked keeps its own terms."""
    lock_coach(rules.coach)
    if rules.pk is None:  # her first; unless another window has saved some a moment ago
        others = BookingRules.objects.filter(coach=rules.coach)
        rules.pk = others.values_list("pk", flat=True).first()
    rules.save()
    return rules


def _check(shifts: Sequence[GivenShift]) -> None:
    problem = shifts_of_a_day.problem_with(shifts)
    if problem:
        raise HoursUnclear(problem)
