"""Dates and midnights by the clocks of a zone; a consumer's 14 days by London's."""

from datetime import UTC, date, datetime

import pytest

from coaching_portal.common.dates import (
    in_cooling_off_period,
    local_date,
    local_midnight,
    london_date,
    london_midnight,
)

FIRST_OF_JUNE = datetime(2027, 6, 1, 9, tzinfo=UTC)  # 10:00 in London


def test_a_summer_date_begins_at_eleven_in_the_evening_utc():
    midnight = datetime(2027, 6, 14, 23, tzinfo=UTC)

    assert london_midnight(date(2027, 6, 15)) == midnight
    assert london_date(midnight) == date(2027, 6, 15)
    assert london_date(midnight - datetime.resolution) == date(2027, 6, 14)


def test_another_zone_has_another_date():
    moment = datetime(2027, 1, 10, 20, tzinfo=UTC)

    assert london_date(moment) == date(2027, 1, 10)
    assert local_date(moment, "Pacific/Auckland") == date(2027, 1, 11)


def test_a_date_without_midnight_begins_as_the_clocks_change():
    # Cairo's clocks go from 00:00 to 01:00 on Friday 30 April 2027.
    assert local_midnight(date(2027, 4, 30), "Africa/Cairo") == datetime(
        2027, 4, 29, 22, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("moment", "is_inside"),
    [
        (datetime(2027, 6, 15, 14, tzinfo=UTC), True),
        (datetime(2027, 6, 15, 22, 59, tzinfo=UTC), True),
        (datetime(2027, 6, 15, 23, tzinfo=UTC), False),  # midnight in London
    ],
)
def test_fourteen_days_end_with_the_fourteenth_date(moment, is_inside):
    assert in_cooling_off_period(moment, agreed_at=FIRST_OF_JUNE) == is_inside
