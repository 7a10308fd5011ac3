"""The dates of a series as pages show them: which can be had, and what instead of the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.availability import series_dates, slot_queries
from bookings.availability.free_times import monday_of
from bookings.availability.slot_queries import Requester
from bookings.models import BookingRules, Programme
from bookings.presenters.picker import Slot
from coaching_portal.common import formatting
from coaching_portal.common.dates import DAY, local_date, local_midnight

LEFT_OUT = "out"
OF_THE_DAY = 3  # alternatives on the same day; on the others of its week one each

# What was answered about a date: another start, or that it is left out.
Answer = datetime | str


@dataclass(frozen=True)
class SeriesQuestion:
    """What was chosen: the first start, how often, how many, and answers by number of the date."""

    first: datetime
    every: str
    number: int
    location: str
    answers: Mapping[int, Answer]


@dataclass(frozen=True)
class SeriesDate:
    """A date of the series: a time to be had, left out, or still to be answered."""

    number: int
    day: date
    slot: Slot | None = None
    is_left_out: bool = False
    problem: str = ""
    alternatives: tuple[Slot, ...] = ()
    was_answered: bool = False

    @property
    def is_open(self) -> bool:
        return self.slot is None and not self.is_left_out


@dataclass(frozen=True)
class Series:
    dates: list[SeriesDate]

    @property
    def is_complete(self) -> bool:
        return not any(each.is_open for each in self.dates)

    @property
    def chosen(self) -> list[SeriesDate]:
        return [each for each in self.dates if each.slot]

    @property
    def starts(self) -> list[datetime]:
        return [each.slot.starts_at for each in self.dates if each.slot]

    @property
    def open_ones(self) -> list[SeriesDate]:
        return [each for each in self.dates if each.is_open]


def series_for(
    programme: Programme,
    question: SeriesQuestion,
    *,
    zone: str,
    at: datetime,
    requester: Requester,
    rules: BookingRules,
) -> Series:
    """All dates at once: the free times of all their weeks are read together.

    `zone` is the reader's; the series keeps to the clock of the coach.
    """
    coach = programme.coach
    wanted = series_dates.dates_of(
        question.first,
        every=question.every,
        number=question.number,
        zone=ZoneInfo(coach.time_zone),
    )
    free = slot_queries.open_slots(
        coach,
        minutes=programme.minutes,
        since=local_midnight(monday_of(wanted[0].day), coach.time_zone),
        until=local_midnight(monday_of(wanted[-1].day) + 7 * DAY, coach.time_zone),
        at=at,
        location=question.location,
        requester=requester,
        stored=rules,
    )
    weeks: dict[date, list[datetime]] = {}
    for start in free:
        weeks.setdefault(monday_of(local_date(start, coach.time_zone)), []).append(start)
    return Series(
        [
            _SeriesDateMaker(programme, question, zone, at, rules).date_of(
                number, each, weeks.get(monday_of(each.day), [])
            )
            for number, each in enumerate(wanted, start=1)
        ]
    )


@dataclass(frozen=True)
class _SeriesDateMaker:
    programme: Programme
    question: SeriesQuestion
    zone: str
    at: datetime
    rules: BookingRules

    def date_of(self, number: int, wanted: series_dates.Date, free: list[datetime]) -> SeriesDate:
        """`free` are the free starts of its week."""
        answer = self.question.answers.get(number)
        if answer == LEFT_OUT:
            return SeriesDate(number, wanted.day, is_left_out=True, was_answered=True)
        start = answer if isinstance(answer, datetime) else wanted.starts_at
        if start in free:
            slot = Slot(start, self.zone)
            return SeriesDate(number, wanted.day, slot, was_answered=answer is not None)
        return SeriesDate(
            number,
            wanted.day,
            problem=self._problem(wanted, answer, free),
            alternatives=tuple(
                Slot(each, self.zone) for each in _nearest(self._target(wanted), free, self._coach)
            ),
        )

    @property
    def _coach(self) -> str:
        return self.programme.coach.time_zone

    def _target(self, wanted: series_dates.Date) -> datetime:
        first = self.question.first.astimezone(ZoneInfo(self._coach))
        wall = datetime.combine(wanted.day, first.time(), ZoneInfo(self._coach))
        return wanted.starts_at or wall.astimezone(UTC)

    def _problem(
        self, wanted: series_dates.Date, answer: Answer | None, free: list[datetime]
    ) -> str:
        if isinstance(answer, datetime):
            return f"{formatting.when(answer, self.zone)} is no longer free."
        if wanted.starts_at is None:
            return "The clocks go forward that day and leave this time out."
        last = local_date(self.at, self._coach) + timedelta(days=self.rules.horizon_days)
        if wanted.day > last:
            return f"{self.programme.coach} takes bookings until {formatting.long_date(last)}."
        holiday = slot_queries.bank_holiday_names(wanted.day.year).get(wanted.day)
        is_closed = not any(local_date(each, self._coach) == wanted.day for each in free)
        if holiday and is_closed and not self.rules.opens_on_bank_holidays:
            return f"This is a bank holiday: {holiday}."
        return "This time is not free."


def _nearest(target: datetime, free: list[datetime], zone: str) -> list[datetime]:
    """The nearest free starts of the day, and of each other day of its week the nearest in time."""
    by_day: dict[date, list[datetime]] = {}
    for start in free:
        by_day.setdefault(local_date(start, zone), []).append(start)
    day = local_date(target, zone)
    found: list[datetime] = []
    for each, starts in by_day.items():
        near = _by_distance(starts, target + (each - day))
        found += near[: OF_THE_DAY if each == day else 1]
    return sorted(found)


def _by_distance(starts: list[datetime], target: datetime) -> list[datetime]:
    return sorted(starts, key=lambda start: (abs(start - target), start))
