"""The rules of free times read aloud, minute by minute: slow, obvious, and no code in common."""

from datetime import time, timedelta

MINUTE = timedelta(minutes=1)


def minutes_between(start, end):
    while start < end:
        yield start
        start += MINUTE


def in_shift(local, shift):
    wall = local.time()
    return shift.starts <= wall and (wall < shift.ends or shift.ends == time())


def minutes_by_date(since, until, zone):
    """Every minute near [since, until), by the coach's local date, in order."""
    days: dict = {}
    for moment in minutes_between(since - timedelta(days=3), until + timedelta(days=3)):
        days.setdefault(moment.astimezone(zone).date(), []).append(moment)
    return days


def shifts_as_minutes(days, hours, zone, location):
    """For each date, each of its shifts as the list of its minutes."""
    return {
        day: [
            [moment for moment in moments if in_shift(moment.astimezone(zone), shift)]
            for shift in hours.on(day)
            if location is None or not shift.locations or location in shift.locations
        ]
        for day, moments in days.items()
    }


def open_slots(*, locations=(), **question):
    """What is open at one of the locations; without any, shifts are not told apart."""
    found = [open_slots_at(location, **question) for location in locations or [None]]
    return sorted({start for each in found for start in each})


def open_slots_at(location, *, minutes, since, until, at, rules, hours, sessions=(), closed=()):
    occupied = {m for s in sessions for m in minutes_between(s.starts_at, s.free_again_at)}
    away = {m for period in closed for m in minutes_between(period.starts_at, period.ends_at)}
    shifts = shifts_as_minutes(
        minutes_by_date(since, until, rules.zone), hours, rules.zone, location
    )
    inside = {day: {m for shift in each for m in shift} for day, each in shifts.items()}
    length, buffer = timedelta(minutes=minutes), timedelta(minutes=rules.buffer_minutes)
    today = at.astimezone(rules.zone).date()

    def is_open(start):
        day = start.astimezone(rules.zone).date()
        session = list(minutes_between(start, start + length))
        that_day = [s for s in sessions if s.starts_at.astimezone(rules.zone).date() == day]
        booked = sum((s.ends_at - s.starts_at) // MINUTE for s in that_day)
        that_week = [
            s
            for s in sessions
            if s.starts_at.astimezone(rules.zone).isocalendar()[:2] == day.isocalendar()[:2]
        ]
        in_week = sum((s.ends_at - s.starts_at) // MINUTE for s in that_week)
        return (
            start - at >= timedelta(minutes=rules.minimum_notice_minutes)
            and (day - today).days <= rules.horizon_days
            and all(moment in inside[day] for moment in session)
            and not any(moment in away for moment in session)
            and not any(m in occupied for m in minutes_between(start, start + length + buffer))
            and (
                rules.most_sessions_a_day is None or len(that_day) + 1 <= rules.most_sessions_a_day
            )
            and (rules.most_minutes_a_day is None or booked + minutes <= rules.most_minutes_a_day)
            and (
                rules.most_sessions_a_week is None
                or len(that_week) + 1 <= rules.most_sessions_a_week
            )
            and (
                rules.most_minutes_a_week is None or in_week + minutes <= rules.most_minutes_a_week
            )
        )

    on_grid = {
        moment
        for each in shifts.values()
        for shift in each
        for moment in shift
        if (moment - shift[0]) // MINUTE % rules.grid_minutes == 0
    }
    return [start for start in sorted(on_grid) if since <= start < until and is_open(start)]
