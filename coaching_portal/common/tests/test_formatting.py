from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from coaching_portal.common import formatting


@pytest.mark.parametrize(
    ("amount", "words"), [("1234.5", "£1,234.50"), ("-45", "-£45.00"), ("0", "£0.00")]
)
def test_money_is_written_in_pounds_and_pence(amount, words):
    assert formatting.money(Decimal(amount)) == words


def test_a_moment_is_written_in_the_readers_zone():
    moment = datetime(2027, 6, 17, 8, 10, tzinfo=UTC)

    assert formatting.when(moment) == "Thursday 17 June 2027 at 9:10am"
    assert formatting.when(moment, "America/New_York") == "Thursday 17 June 2027 at 4:10am"
    assert formatting.zone_words(moment) == "London time (BST)"


def test_a_zone_is_named_as_people_call_it():
    assert formatting.zone_name("Europe/London") == "UK time"
    assert formatting.zone_name("America/New_York") == "New York time"


def test_noon_and_midnight_are_12():
    assert formatting.clock(datetime(2027, 1, 1, 12, 0, tzinfo=UTC)) == "12pm"
    assert formatting.clock(datetime(2027, 1, 1, 0, 30, tzinfo=UTC)) == "12:30am"


def test_dates_and_lengths():
    assert formatting.long_date(date(2027, 6, 17)) == "Thursday 17 June 2027"
    assert formatting.length(90) == "1 hour 30 minutes"
    assert formatting.length(120) == "2 hours"
    assert formatting.length(30) == "30 minutes"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 23), date(2026, 11, 29), "23 to 29 November 2026"),
        (date(2026, 11, 30), date(2026, 12, 6), "30 November to 6 December 2026"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 December 2026 to 3 January 2027"),
    ],
)
def test_a_range_of_dates_says_nothing_twice(first, last, words):
    assert formatting.date_range(first, last) == words
