"""When the example's coaches can be booked."""

from datetime import time, timedelta

from bookings import actions
from bookings.models import BookingRules, WeeklyHours
from coaching_portal.common.dates import local_date, local_midnight
from coaching_portal.example_data.people import coach

MORNING, AFTERNOON = (time(9), time(12, 30)), (time(13, 30), time(17))
EVENING = (time(17), time(20))
WEDNESDAY, FRIDAY = 2, 4
DAY = timedelta(days=1)


def load(at):
    if WeeklyHours.objects.exists():
        return
    _weekdays_but_wednesday(coach("coach"), at)
    _three_evenings_and_a_friday(coach("coach2"))


def _weekdays_but_wednesday(tracy, at):
    """Two shifts a day, a conference day, and a few days away."""
    actions.set_rules(
        rules=BookingRules(
            coach=tracy,
            grid_minutes=15,
            buffer_minutes=15,
            minimum_notice_minutes=24 * 60,
            offers_practice=True,
            video_room_url="https://video.example.org/tracy-ruthven",
            practice_directions="1 Example Street, first floor. There is a lift.",
        )
    )
    shifts = {day: [MORNING, AFTERNOON] for day in range(5) if day != WEDNESDAY}
    actions.set_weekly_hours(coach=tracy, shifts=shifts)

    today = local_date(at, tracy.time_zone)
    a_tuesday = today + ((1 - today.weekday()) % 7 + 21) * DAY
    actions.set_date(coach=tracy, date=a_tuesday, shifts=[(time(14), time(18))])
    starts_at, ends_at = (local_midnight(today + days * DAY, tracy.time_zone) for days in (40, 45))
    actions.take_time_off(coach=tracy, starts_at=starts_at, ends_at=ends_at, reason="Walking")


def _three_evenings_and_a_friday(owen):
    actions.set_rules(
        rules=BookingRules(
            coach=owen,
            grid_minutes=30,
            minimum_notice_minutes=12 * 60,
            most_sessions_a_day=4,
            lengths=[60, 90],
            video_room_url="https://video.example.org/owen-example",
        )
    )
    shifts = {day: [EVENING] for day in (0, 1, 3)} | {FRIDAY: [(time(9), time(13))]}
    actions.set_weekly_hours(coach=owen, shifts=shifts)
