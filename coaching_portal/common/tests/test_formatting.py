from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template

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


def test_a_zone_is_named_as_people_call_it():
    assert formatting.zone_name("Europe/London") == "UK time"
    assert formatting.zone_name("America/New_York") == "New York time"


def test_noon_and_midnight_are_12():
    assert formatting.clock(datetime(2027, 1, 1, 12, 0, tzinfo=UTC)) == "12pm"
    assert formatting.clock(datetime(2027, 1, 1, 0, 30, tzinfo=UTC)) == "12:30am"


@pytest.mark.parametrize(("number", "words"), [(0, "sessions"), (1, "session"), (2, "sessions")])
def test_what_is_counted_is_one_or_several(number, words):
    assert formatting.count(number, "session") == f"{number} {words}"


def test_a_verb_goes_with_what_is_counted():
    assert formatting.count(1, "session is", "sessions are") == "1 session is"
    assert formatting.count(2, "session is", "sessions are") == "2 sessions are"


def test_dates_and_lengths():
    assert formatting.long_date(date(2027, 6, 17)) == "Thursday 17 June 2027"
    assert formatting.length(90) == "1\u00a0hour 30\u00a0minutes"
    assert formatting.length(120) == "2\u00a0hours"
    assert formatting.length(30) == "30\u00a0minutes"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{{ 48|hours_of }}", "48\u00a0hours"),
        ("{{ 1|hours_of }}", "1\u00a0hour"),
        ("{{ '1.5'|hours_of }}", "1.5\u00a0hours"),
        ("{{ 75|duration }}", "1\u00a0hour 15\u00a0minutes"),
        ("{{ 'CS-7F3A2B1C'|unbroken }}", '<span class="nowrap">CS-7F3A2B1C</span>'),
        ("{{ tag|unbroken }}", '<span class="nowrap">&lt;b&gt;</span>'),
        ("{{ 1234.5|money }}", "£1,234.50"),
        ("{{ amount|money }}", "-\u2060£45.00"),
    ],
)
def test_numbers_and_references_stay_on_one_line(written, words):
    context = {"tag": "<b>", "amount": Decimal(-45)}

    assert Template("{% load formatting %}" + written).render(Context(context)) == words


@pytest.mark.browser
def test_amounts_times_and_references_do_not_break_in_the_narrowest_column(browse):
    whole = ("1234.5|money", "minus|money", "at|clock", "48|hours_of", "'CS-7F3A'|unbroken")
    written = [*(f"{{{{ {each} }}}}" for each in whole), "CS-7F3A"]
    lines = "".join(f'<p style="width: 1px">{each}</p>' for each in written)
    style = "<style>p { line-height: 20px } .nowrap { white-space: nowrap }</style>"
    context = Context({"minus": -45, "at": datetime(2027, 6, 17, 8, 10, tzinfo=UTC)})
    page = browse()

    page.set_content(style + Template("{% load formatting %}" + lines).render(context))

    heights = page.evaluate("[...document.querySelectorAll('p')].map((line) => line.offsetHeight)")
    assert heights == [20, 20, 20, 20, 20, 40]


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
