"""The dates of a cohort in words."""

from collections.abc import Sequence
from datetime import date

from coaching_portal.common.formatting import long_date, short_date


def dates_in_words(dates: Sequence[date]) -> str:
    """Tuesday 12 January 2027; 12 and 13 January 2027; 12 January to 2 February 2027 (4 days)."""
    first, last = dates[0], dates[-1]
    if first == last:
        return long_date(first)
    begins = short_date(first)
    if (first.year, first.month) == (last.year, last.month):
        begins = str(first.day)
    elif first.year == last.year:
        begins = f"{first.day} {first:%B}"
    if len(dates) == 2 and begins.isdecimal():
        return f"{begins} and {short_date(last)}"
    return f"{begins} to {short_date(last)} ({len(dates)} days)"
