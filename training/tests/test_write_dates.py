from datetime import date

import pytest

from training.dates import dates_in_words


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ([date(2027, 1, 12)], "Tuesday 12 January 2027"),
        ([date(2027, 1, 12), date(2027, 1, 13)], "12 and 13 January 2027"),
        ([date(2027, 1, 5), date(2027, 1, 12), date(2027, 1, 19)], "5 to 19 January 2027 (3 days)"),
        ([date(2027, 1, 30), date(2027, 2, 2)], "30 January to 2 February 2027 (2 days)"),
        ([date(2026, 12, 30), date(2027, 1, 2)], "30 December 2026 to 2 January 2027 (2 days)"),
    ],
)
def test_dates_are_written_without_saying_anything_twice(dates, words):
    assert dates_in_words(dates) == words
