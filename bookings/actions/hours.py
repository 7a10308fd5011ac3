"""A coach changes when she can be booked. Sessions that are booked already stay as they are."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import transaction

from bookings.actions.locking import lock_coach
from bookings.availability import shifts as shifts_of_a_day
from bookings.models import BookingRules, DateOverride, TimeOff, WeeklyHours
from coaching_portal.common.refusals import Refusal
from profiles.models import Coach


class HoursUnclear(Refusal):
    pass


@transaction.atomic
def set_weekly_hours(*, coach: Coach, shifts: dict[int, list[tuple[time, time]]]) -> None:
    """Replace the week: a list of (starts, ends) for each weekday that has any."""
    lock_coach(coach)
    for day in shifts.values():
        _check(day)

    coach.weekly_hours.all().delete()
    WeeklyHours.objects.bulk_create(
        WeeklyHours(coach=coach, weekday=weekday, starts=starts, ends=ends)
        for weekday, day in shifts.items()
        for starts, ends in day
    )


@transaction.atomic
def set_date(*, coach: Coach, date: date, shifts: Sequence[tuple[time, time]]) -> None:
    """Other hours on one date, in place of what was set for it; none close the date."""
    lock_coach(coach)
    _check(shifts)

    coach.date_overrides.filter(date=date).delete()
    rows: Sequence[tuple[time | None, time | None]] = shifts or [(None, None)]
    DateOverride.objects.bulk_create(
        DateOverride(coach=coach, date=date, starts=starts, ends=ends) for starts, ends in rows
    )


@transaction.atomic
def clear_date(*, coach: Coach, date: date) -> None:
    """Back to the weekly hours on this date."""
    lock_coach(coach)
    coach.date_overrides.filter(date=date).delete()


@transaction.atomic
def take_time_off(
    *,
    coach: Coach,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
    instead_of: TimeOff | None = None,
) -> TimeOff:
    """No new sessions in this period; `instead_of` is the time off that it changes."""
    lock_coach(coach)
    if ends_at <= starts_at:
        raise HoursUnclear("Time off must end after it starts.")

    time_off = instead_of or TimeOff(coach=coach)
    time_off.starts_at, time_off.ends_at, time_off.reason = starts_at, ends_at, reason
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


def _check(shifts: Sequence[tuple[time, time]]) -> None:
    problem = shifts_of_a_day.problem_with(shifts)
    if problem:
        raise HoursUnclear(problem)
