"""How long a connected calendar of 5,000 events takes: the first sync, and one without changes.

python -m benchmarks.calendar_sync

A real CalDAV server (Radicale), and the same events at an ICS address. Events are in UTC, in zones
and of whole days, weekly with exceptions, free and cancelled: 3,000 in the days that are read, the
rest before them. What is stored must equal what `recurring-ical-events` says of the whole file.
"""

import hashlib
import resource
import sys
import tempfile
import threading
import time
from base64 import b64encode
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

from benchmarks import measuring

EVENTS = 5_000
IN_THE_SPAN = 3_000
RUNS = 20
LONGEST = 600  # seconds for a request: on a busy machine the server shares its cores with us
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\n"
ZONES = ("Europe/London", "America/New_York")


def main():
    with measuring.database():
        return run()


def run():
    from bookings.tests.radicale import Radicale

    text = HEAD + "".join(map(_event, range(EVENTS))) + "END:VCALENDAR\r\n"
    print(f"{EVENTS:,} events, {len(text) / 1e6:.1f} MB as one file.\n")
    print("| sync | s | CPU s | n | requests | bytes | queries | busy times | as expected |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    with _ics_server(text) as ics:
        rights = list(_ics(ics))
    with tempfile.TemporaryDirectory() as folder:
        server = Radicale(Path(folder))
        server.start()
        try:
            rights += _caldav(server, text)
        finally:
            server.stop()
    print(f"\nMemory of the process at most: {_memory():.0f} MB.")
    return 0 if all(rights) else 1


# --- The events ---------------------------------------------------------------------------


def _event(number):
    """One event with its exceptions, by turns of each kind."""
    span = 120 if number < IN_THE_SPAN else -700
    start = AT + timedelta(minutes=15 * (number * 7919 % abs(span * 96)) * (1 if span > 0 else -1))
    kinds = (_utc, _zoned, _utc, _whole_day, _utc, _weekly, _utc, _free, _utc, _cancelled)
    return kinds[number % 10](number, start)


def _vevent(uid, *lines):
    body = "\r\n".join(lines)
    return (
        f"BEGIN:VEVENT\r\nUID:event-{uid}\r\nDTSTAMP:20270101T000000Z\r\n"
        f"SUMMARY:Event {uid}\r\n{body}\r\nEND:VEVENT\r\n"
    )


def _utc(number, start, *more):
    end = start + timedelta(minutes=15 + number % 4 * 15)
    return _vevent(number, f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{end:%Y%m%dT%H%M%SZ}", *more)


def _zoned(number, start):
    zone = ZONES[number // 10 % 2]
    return _vevent(number, f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}", "DURATION:PT45M")


def _whole_day(number, start):
    if number // 10 % 8:  # a few: each closes a day
        return _utc(number, start)
    return _vevent(number, f"DTSTART;VALUE=DATE:{start:%Y%m%d}")


def _weekly(number, start):
    """Sixteen weeks, one of them left out, one moved by an hour, one cancelled."""
    weeks = [f"{start + week * 7 * DAY:%Y%m%dT%H%M%SZ}" for week in range(16)]
    moved = start + 14 * DAY + HOUR
    return (
        _vevent(
            number,
            f"DTSTART:{weeks[0]}",
            "DURATION:PT30M",
            "RRULE:FREQ=WEEKLY;COUNT=16",
            f"EXDATE:{weeks[1]}",
        )
        + _vevent(
            number,
            f"RECURRENCE-ID:{weeks[2]}",
            f"DTSTART:{moved:%Y%m%dT%H%M%SZ}",
            "DURATION:PT30M",
        )
        + _vevent(
            number,
            f"RECURRENCE-ID:{weeks[3]}",
            f"DTSTART:{weeks[3]}",
            "DURATION:PT30M",
            "STATUS:CANCELLED",
        )
    )


def _free(number, start):
    return _utc(number, start, "TRANSP:TRANSPARENT")


def _cancelled(number, start):
    return _utc(number, start, "STATUS:CANCELLED")


# --- The calendars ------------------------------------------------------------------------


def _caldav(server, text):
    from django.conf import settings

    from bookings.connections.caldav import CalDav, event_url
    from bookings.connections.providers import Credentials
    from bookings.tests.radicale import PASSWORD, USER

    settings.CONNECTIONS_ALSO_TO = [server.netloc]
    url = server.make_calendar("work")
    _put_whole(url, text, USER, PASSWORD)
    account = Credentials(url, USER, PASSWORD)
    connection = _connected("caldav", "CALDAV", account)
    yield _measure("CalDAV, the first", connection, text)
    yield _measure("CalDAV, nothing changed", connection, text, runs=RUNS)
    one = HEAD + _utc(EVENTS, AT + 3 * DAY) + "END:VCALENDAR\r\n"
    CalDav(account).write(event_url(url, f"event-{EVENTS}"), one)
    yield _measure("CalDAV, one event added", connection, text, one)


def _put_whole(url, text, user, password):
    """Radicale takes a file as a whole calendar."""
    from coaching_portal.common import public_web

    pair = b64encode(f"{user}:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}", "Content-Type": "text/calendar"}
    answer = public_web.request("PUT", url, headers=headers, body=text.encode(), seconds=LONGEST)
    if answer.status != 201:
        raise RuntimeError(f"The calendar answers {answer.status}")


def _ics(ics):
    from django.conf import settings

    from bookings.connections.providers import Credentials

    settings.CONNECTIONS_ALSO_TO = [ics.netloc]
    connection = _connected("ics", "ICS", Credentials(f"http://{ics.netloc}/secret.ics"))
    yield _measure("ICS, the first", connection, ics.text)
    yield _measure("ICS, nothing changed (304)", connection, ics.text, runs=RUNS)
    ics.has_etag = False
    yield _measure("ICS, nothing changed, no ETag", connection, ics.text, runs=3)


class _Ics:
    def __init__(self, text):
        self.text, self.has_etag, self.netloc = text, True, ""


@contextmanager
def _ics_server(text):
    ics = _Ics(text)
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()}"'

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            same = ics.has_etag and self.headers.get("If-None-Match") == etag
            self.send_response(304 if same else 200)
            if ics.has_etag:
                self.send_header("ETag", etag)
            self.end_headers()
            if not same:
                self.wfile.write(ics.text.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ics.netloc = f"127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield ics
    finally:
        server.shutdown()


# --- The measurement ----------------------------------------------------------------------


def _connected(name, kind, credentials):
    from bookings.actions import connections
    from profiles.models import Coach

    coach = Coach.objects.create(user=measuring.person(name), slug=name, is_public=True)
    return connections.connect(coach=coach, kind=kind, label="Work", credentials=credentials, at=AT)


def _measure(name, connection, *texts, runs=1):
    """Sync so often; whether every busy time is there, and once."""
    from django.db import connection as database
    from django.test.utils import CaptureQueriesContext

    from bookings.actions import calendar_sync
    from bookings.models import BusyTime

    times: list[float] = []
    processor: list[float] = []
    answers: list[bytes] = []
    with _watched(answers):
        for _ in range(runs):
            connection.refresh_from_db()
            with CaptureQueriesContext(database) as queries:
                began, worked = time.perf_counter(), time.process_time()
                calendar_sync.sync(connection=connection, at=AT)
                times.append(time.perf_counter() - began)
                processor.append(time.process_time() - worked)
    connection.refresh_from_db()
    rows = list(
        BusyTime.objects.filter(connection=connection)
        .order_by("starts_at")
        .values_list("starts_at", "ends_at")
    )
    is_right = not connection.problem and rows == _expected(texts, connection.coach)
    read = sum(len(answer) for answer in answers) // runs
    print(
        f"| {name} | {median(times):.3f} | {median(processor):.3f} | {runs} "
        f"| {len(answers) // runs} | {read:,} | {len(queries)} | {len(rows):,} "
        f"| {'yes' if is_right else connection.problem or 'no'} |",
        flush=True,
    )
    return is_right


@contextmanager
def _watched(answers):
    from coaching_portal.common import public_web

    original = public_web.request

    def request(*args, **kwargs):
        answer = original(*args, **kwargs | {"seconds": LONGEST})
        answers.append(answer.body)
        return answer

    public_web.request = request
    try:
        yield
    finally:
        public_web.request = original


@cache
def _expected(texts, coach):
    """By the library alone, from the whole files: minute by minute, then put together."""
    import recurring_ical_events
    from icalendar import Calendar

    from bookings.actions.calendar_sync import _span

    since, until = _span(coach, AT)
    busy = []
    for text in texts:
        query = recurring_ical_events.of(Calendar.from_ical(text))
        for event in query.between(since, until):
            if "TRANSPARENT" not in event.get("TRANSP", "") and event.get("STATUS") != "CANCELLED":
                busy.append(tuple(map(_moment, (event.start, event.end))))
    minutes: set[int] = set()
    for start, end in busy:
        first, last = (int(moment.timestamp()) // 60 for moment in (start, end))
        minutes.update(range(first, last))
    return list(_runs(sorted(minutes)))


def _moment(value):
    from zoneinfo import ZoneInfo

    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=ZoneInfo("Europe/London"))
    return value.astimezone(UTC)


def _runs(minutes):
    """(start, end) of each run of minutes without a gap."""
    runs: list[list[int]] = []
    for minute in minutes:
        if runs and minute == runs[-1][1]:
            runs[-1][1] = minute + 1
        else:
            runs.append([minute, minute + 1])
    for first, last in runs:
        yield datetime.fromtimestamp(60 * first, UTC), datetime.fromtimestamp(60 * last, UTC)


def _memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
