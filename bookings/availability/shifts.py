"""The shifts of one day as a coach gives them, pairs of wall times, and what is wrong with them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from itertools import pairwise

from coaching_portal.common import formatting

# (starts, ends), and where its sessions can be when that is not everywhere.
GivenShift = tuple[time, time] | tuple[time, time, tuple[str, ...]]
MIDNIGHT = time()
LAST = time.max


def clock(wall: time) -> str:
    """9:30am; midnight at either end of a day."""
    if wall == MIDNIGHT:
        return "midnight"
    return formatting.clock(datetime(2000, 1, 1, wall.hour, wall.minute, tzinfo=UTC), "UTC")


def words(starts: time, ends: time) -> str:
    return f"{clock(starts)} to {clock(ends)}"


def locations_of(shift: GivenShift) -> list[str]:
    """The codes of its locations; none: wherever the coach offers sessions."""
    return list(shift[2]) if len(shift) > 2 else []


def ends_before_it_starts(starts: time, ends: time) -> bool:
    """An end at midnight is the end of the day."""
    return ends <= starts and ends != MIDNIGHT


def first_overlap(
    shifts: Iterable[GivenShift],
) -> tuple[GivenShift, GivenShift] | None:
    """The first two shifts that overlap, or None; shifts that touch do not."""
    ordered = sorted(shifts)
    for one, other in pairwise(ordered):
        if other[0] < (LAST if one[1] == MIDNIGHT else one[1]):
            return one, other
    return None


def problem_with(shifts: Sequence[GivenShift]) -> str:
    """What is wrong with a day's shifts, for the coach to read; empty where nothing is."""
    for shift in shifts:
        if ends_before_it_starts(*shift[:2]):
            return f"{words(*shift[:2])} ends before it starts."
    overlap = first_overlap(shifts)
    if overlap:
        one, other = (words(*shift[:2]) for shift in overlap)
        return f"{one} and {other} overlap. Change one of them."
    return ""
