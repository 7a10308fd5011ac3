"""When events of other calendars make busy: recurrences, exceptions, whole days, zones."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from bookings.connections import events
from bookings.connections.caldav import CalDav
from bookings.connections.ics import IcsAddress
from bookings.connections.providers import Credentials, NotACalendar, WrongPassword
from coaching_portal.common import public_web

SINCE, UNTIL = datetime(2027, 3, 22, tzinfo=UTC), datetime(2027, 4, 5, tzinfo=UTC)
ZONE = (
    "BEGIN:VTIMEZONE\nTZID:New York\nBEGIN:STANDARD\nDTSTART:20001029T020000\n"
    "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD\n"
    "BEGIN:DAYLIGHT\nDTSTART:20000402T020000\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\n"
    "TZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
)


def busy(*bodies, before="", zone="Europe/London"):
    rows = "".join(f"BEGIN:VEVENT\nUID:a\n{body}\nEND:VEVENT\n" for body in bodies)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\n{before}{rows}END:VCALENDAR\n"
    found = events.busy_periods(
        [text], since=SINCE, until=UNTIL, zone=zone, own_host="portal.example.org"
    )
    return [(start.strftime("%d %H:%M"), end.strftime("%d %H:%M")) for start, end in found]


def test_a_weekly_event_keeps_its_wall_time_over_the_change_of_clocks():
    body = "DTSTART;TZID=Europe/London:20270310T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"

    assert busy(body) == [("24 09:00", "24 10:00"), ("31 08:00", "31 09:00")]


def test_an_exception_is_where_it_was_moved_and_a_date_left_out_is_free():
    weekly = "DTSTART:20270310T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nEXDATE:20270331T090000Z"
    moved = "RECURRENCE-ID:20270324T090000Z\nDTSTART:20270325T140000Z\nDURATION:PT30M"

    assert busy(weekly, moved) == [("25 14:00", "25 14:30")]


def test_one_that_is_cancelled_or_free_of_a_series_does_not_block():
    weekly = "DTSTART:20270310T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"
    cancelled = (
        "RECURRENCE-ID:20270324T090000Z\nDTSTART:20270324T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED"
    )
    free = (
        "RECURRENCE-ID:20270331T090000Z\nDTSTART:20270331T090000Z\nDURATION:PT1H\n"
        "TRANSP:TRANSPARENT"
    )

    assert busy(weekly, cancelled, free) == []


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/London", ("28 00:00", "28 23:00")),
        ("America/New_York", ("28 04:00", "29 04:00")),
    ],
)
def test_a_whole_day_is_a_day_of_the_coach(zone, expected):
    body = "DTSTART;VALUE=DATE:20270328\nDTEND;VALUE=DATE:20270329"

    assert busy(body, zone=zone) == [expected]


def test_a_time_without_a_zone_is_in_the_coachs():
    body = "DTSTART:20270324T090000\nDTEND:20270324T100000"

    assert busy(body, zone="America/New_York") == [("24 13:00", "24 14:00")]


def test_a_zone_of_the_file_itself_is_honoured():
    body = "DTSTART;TZID=New York:20270324T090000\nDTEND;TZID=New York:20270324T100000"

    assert busy(body, before=ZONE) == [("24 13:00", "24 14:00")]


def test_joined_periods_are_the_same_time_in_the_fewest_rows():
    day = SINCE

    def at(hour):
        return day + timedelta(hours=hour)

    given = [(at(5), at(6)), (at(1), at(2)), (at(2), at(3)), (at(1), at(4))]
    assert events.joined(given) == [(at(1), at(4)), (at(5), at(6))]


def test_own_sessions_do_not_block_and_those_of_others_do():
    body = "UID:1@portal.example.org\nDTSTART:20270324T090000Z\nDURATION:PT1H"
    other = "UID:1@portal.example.net\nDTSTART:20270324T090000Z\nDURATION:PT1H"

    def read(body):
        text = f"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n{body}\nEND:VEVENT\nEND:VCALENDAR\n"
        return events.busy_periods(
            [text], since=SINCE, until=UNTIL, zone="UTC", own_host="portal.example.org"
        )

    assert read(body) == []
    assert len(read(other)) == 1


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5,6,7,8,9,10;BYSECOND=1,2",
    ],
)
def test_a_rule_that_would_fill_the_memory_is_left_out(rule):
    assert busy(f"DTSTART:20270324T090000Z\nDURATION:PT1S\nRRULE:{rule}") == []


@pytest.mark.parametrize("text", ["", "x", "BEGIN:VCALENDAR", "BEGIN:VEVENT\nEND:VCALENDAR"])
def test_what_is_no_calendar_blocks_nothing(text):
    found = events.busy_periods([text], since=SINCE, until=UNTIL, zone="UTC", own_host="x")

    assert found == []


# --- Answers of servers -------------------------------------------------------------------


def answer_with(monkeypatch, status, body, **headers):
    asked = []

    def request(method, url, **kwargs):
        asked.append(url)
        return public_web.Answer(status, headers, body, url)

    monkeypatch.setattr(public_web, "request", request)
    return asked


ADDRESS = Credentials("https://cloud.example.com/a.ics", "una", "heron")


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_secret_address_that_was_changed_is_known_as_gone(status, monkeypatch):
    answer_with(monkeypatch, status, b"")

    with pytest.raises(WrongPassword):
        IcsAddress(ADDRESS).calendars()


def test_a_page_is_no_calendar(monkeypatch):
    answer_with(monkeypatch, 200, b"<html>Sign in</html>")

    with pytest.raises(NotACalendar):
        IcsAddress(ADDRESS).calendars()


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x>&a;</x>'


@pytest.mark.parametrize("body", [BOMB, BOMB.decode().encode("utf-16"), b"<x>", b"\xff", b""])
def test_xml_with_entities_or_in_another_encoding_is_refused(body, monkeypatch):
    answer_with(monkeypatch, 207, body)

    with pytest.raises(NotACalendar):
        CalDav(ADDRESS).calendars()


def multistatus(href, *, home):
    return (
        '<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response>'
        f"<d:href>{href}</d:href><d:propstat><d:prop><c:calendar-home-set><d:href>{home}</d:href>"
        "</c:calendar-home-set></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
        "</d:response></d:multistatus>"
    ).encode()


def test_a_password_is_sent_to_no_other_server(monkeypatch):
    asked = answer_with(monkeypatch, 207, multistatus("/", home="https://evil.example.net/"))

    with pytest.raises(public_web.UnsafeAddress):
        CalDav(ADDRESS).calendars()
    assert all(url.startswith("https://cloud.example.com/") for url in asked)


@pytest.mark.parametrize(
    ("host", "is_theirs"),
    [
        ("p42-caldav.icloud.com", True),
        ("evilicloud.com", False),
        ("icloud.com.evil.example", False),
    ],
)
def test_apples_servers_are_one(host, is_theirs, monkeypatch):
    asked = answer_with(monkeypatch, 207, multistatus("/", home=f"https://{host}/una/"))
    refusal = NotACalendar if is_theirs else public_web.UnsafeAddress

    with pytest.raises(refusal):
        CalDav(Credentials("https://caldav.icloud.com", "una", "heron")).calendars()
    assert any(host in url for url in asked) == is_theirs


# --- Read again only where something has changed ------------------------------------------

FILE = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def ask_conditionally(monkeypatch, etag):
    """The condition of each request to a server that has this ETag, in order."""
    conditions = []

    def request(method, url, *, headers):
        conditions.append(headers.get("If-None-Match"))
        is_same = etag and conditions[-1] == etag
        given = {"etag": etag} if etag else {}
        return public_web.Answer(304 if is_same else 200, given, b"" if is_same else FILE, url)

    monkeypatch.setattr(public_web, "request", request)
    return conditions


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc-1"'])
def test_a_file_with_an_etag_is_sent_once_until_it_changes(etag, monkeypatch):
    conditions = ask_conditionally(monkeypatch, etag)
    first = IcsAddress(ADDRESS).version("")

    again = IcsAddress(ADDRESS).version("", first)
    of_another = IcsAddress(ADDRESS).version("", '"older"')

    assert first == again == of_another == etag
    assert conditions == [None, etag, '"older"']


@pytest.mark.parametrize("etag", ["", "abc", f'"{"a" * 401}"', '"a b"', '"a\x7f"'])
def test_a_file_without_an_etag_that_can_be_kept_is_known_by_its_content(etag, monkeypatch):
    conditions = ask_conditionally(monkeypatch, etag)
    first = IcsAddress(ADDRESS).version("")

    again = IcsAddress(ADDRESS).version("", first)

    assert first == again == hashlib.sha256(FILE).hexdigest()
    assert conditions == [None, None]


def test_a_file_is_fetched_once_for_version_and_events(monkeypatch):
    conditions = ask_conditionally(monkeypatch, '"new"')
    address = IcsAddress(ADDRESS)

    assert address.version("", '"old"') == '"new"'
    assert [event.text for event in address.events("", SINCE, UNTIL)] == [FILE.decode()]
    assert len(conditions) == 1


def test_not_modified_that_nobody_asked_for_is_no_answer(monkeypatch):
    answer_with(monkeypatch, 304, b"")

    with pytest.raises(public_web.Unreachable):
        IcsAddress(ADDRESS).version("")
