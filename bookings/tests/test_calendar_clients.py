"""Invitations and feeds as calendar programs take them: in any order, and through a server."""

from datetime import timedelta
from itertools import groupby, permutations

import caldav
import pytest
import recurring_ical_events
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from bookings import actions
from bookings.actions import feeds
from bookings.models import CoachingSession
from bookings.tests.radicale import PASSWORD, USER, Radicale
from coaching_portal.notifications import outbox
from coaching_portal.notifications.tests import smtp
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, book_session
from coaching_portal.testing.plugin import NINE
from training import actions as training
from training.actions import Learner
from training.models import Cohort, Course, EnrolmentTerms, TeachingSession

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = WEEKS_AHEAD
pytestmark = pytest.mark.django_db


# --- Messages out of order ----------------------------------------------------------------


class CalendarProgram:
    """What RFC 5546 (2.1.5) wants of a calendar: of messages about one UID, the one with the
    higher SEQUENCE counts, and of two with the same the one with the later DTSTAMP."""

    def __init__(self):
        self.newest = {}

    def receive(self, text):
        calendar = Calendar.from_ical(text)
        [event] = calendar.events
        uid, version = str(event["UID"]), self.version_of(event)
        if uid not in self.newest or self.version_of(self.newest[uid][1]) <= version:
            self.newest[uid] = (str(calendar["METHOD"]), event)

    @staticmethod
    def version_of(event):
        return event["SEQUENCE"], event["DTSTAMP"].dt

    @property
    def shown(self):
        """(start, end) of each event in the calendar."""
        rows = [event for method, event in self.newest.values() if method == "REQUEST"]
        return [(event.start, event.end) for event in rows]


class LastArrivalWins(CalendarProgram):
    """Control: it does not look at SEQUENCE."""

    @staticmethod
    def version_of(event):
        return 0


@pytest.fixture
def mail_server(settings):
    with smtp.running() as (sink, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield sink


@pytest.fixture(params=["client", "coach"])
def received(request, coach, client_user, mail_server):
    """What the mail server took for one reader: booked, moved twice, cancelled; all at once."""
    reader = {"client": client_user, "coach": coach.user}[request.param]
    session = book_session(coach, client_user)
    outbox.deliver_due(NOW)
    for hours in (1, 4):
        actions.move(session=session, starts_at=NINE + hours * HOUR, by=client_user, at=NOW)
        outbox.deliver_due(NOW)
    actions.cancel(session=session, by=client_user, at=NOW)
    outbox.deliver_due(NOW)
    return [
        part.get_content()
        for mail in mail_server.mails
        if reader.email in mail["To"]
        for part in mail.walk()
        if part.get_content_type() == "text/calendar"
    ]


def shown_after(messages, program=CalendarProgram):
    program = program()
    for text in messages:
        program.receive(text)
    return program.shown


def test_in_order_each_message_changes_the_event(received):
    shown = [shown_after(received[:number]) for number in (1, 2, 3, 4)]

    starts = [NINE, NINE + HOUR, NINE + 4 * HOUR]
    assert shown == [*([(start, start + HOUR)] for start in starts), []]


def test_in_any_order_and_doubled_the_event_ends_cancelled(received):
    for order in permutations(received):
        assert shown_after(order) == []
        assert shown_after([*order, *reversed(order)]) == []


def test_in_any_order_without_the_cancellation_it_ends_at_the_last_time(received):
    for order in permutations(received[:3]):
        for messages in (order, [*order, *order], [*order, *reversed(order)]):
            assert shown_after(messages) == [(NINE + 4 * HOUR, NINE + 5 * HOUR)]


def test_control_a_program_that_takes_what_arrives_last_ends_wrong(received):
    ends = [shown_after(order, LastArrivalWins) for order in permutations(received)]

    assert len(ends) == 24
    assert ends.count([]) == 6


# --- Through a CalDAV server --------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Radicale(tmp_path_factory.mktemp("radicale"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def calendar(server, request):
    """An empty calendar on the server, as the `caldav` library sees it."""
    name = f"c{abs(hash(request.node.name))}"
    client = caldav.DAVClient(server.url, username=USER, password=PASSWORD)
    return client.principal().make_calendar(name=name, cal_id=name)


@pytest.fixture
def feed(people, time_machine):
    """A client’s feed: sessions, one of them cancelled, and a course of two days."""
    time_machine.move_to(NOW, tick=False)
    client, coach = people.client, people.coach.coach
    for days in (0, 1, 14):
        book_session(coach, client, starts_at=NINE + days * DAY)
    session = CoachingSession.objects.get(starts_at=NINE + DAY)
    actions.cancel(session=session, by=client, at=NOW)
    _enrol(client)
    _, token = feeds.make_feed(user=client, label="Phone", shows="NAMES", at=NOW)
    return Client().get(reverse("bookings:calendar_feed", args=[token])).text


def _enrol(learner):
    """A course of two days, a week from one another and not equally long."""
    course = Course.objects.create(slug="audit", title="Audit", price=295, is_published=True)
    cohort = Cohort.objects.create(course=course, capacity=9, status="OPEN", venue="Hall")
    for day in range(2):
        start = NINE + 5 * HOUR + day * 7 * DAY
        ends_at = start + (3 + day) * HOUR
        TeachingSession.objects.create(cohort=cohort, starts_at=start, ends_at=ends_at)
    training.enrol(
        cohort=cohort,
        by=learner,
        learners=[Learner(learner.name, learner.email)],
        terms=EnrolmentTerms.current(),
        at=NOW,
    )


def happening(*texts):
    """(UID, start, end, title) of what happens, by `recurring-ical-events`; nothing cancelled."""
    found = [
        event
        for text in texts
        for event in recurring_ical_events.of(Calendar.from_ical(text)).between(NOW, NOW + 99 * DAY)
    ]
    return sorted(
        (str(event["UID"]), event.start, event.end, str(event["SUMMARY"]))
        for event in found
        if event["STATUS"] != "CANCELLED"
    )


def put(calendar, text):
    """Each UID of a text as a resource of its own, as a program that imports a file does."""
    whole = Calendar.from_ical(text)
    for _, events in groupby(whole.events, key=lambda event: str(event["UID"])):
        one = Calendar(version="2.0", prodid=whole["PRODID"])
        one.subcomponents = list(events)
        calendar.save_event(one.to_ical().decode())


def test_a_feed_means_the_same_to_each_library_and_through_a_server(feed, calendar):
    sessions = CoachingSession.objects.filter(status="BOOKED").values_list("starts_at", "ends_at")
    teaching = TeachingSession.objects.values_list("starts_at", "ends_at")

    put(calendar, feed)
    again = happening(*(event.data for event in calendar.events()))

    assert again == happening(feed)
    assert sorted(row[1:3] for row in again) == sorted([*sessions, *teaching])
    assert len(calendar.events()) == 4  # three sessions, one of them cancelled, and the course


def test_a_server_finds_each_of_a_feeds_days(feed, calendar):
    put(calendar, feed)

    for _, start, end, title in happening(feed):
        [found] = calendar.search(event=True, start=start, end=end, expand=False)
        assert str(found.icalendar_component["SUMMARY"]) == title


def test_an_invitation_reads_through_a_server_as_the_feed_does(feed, calendar, mailoutbox):
    outbox.deliver_due(NOW)
    texts = [
        part.get_payload(decode=True).decode()
        for mail in mailoutbox
        if mail.to == ["client@example.org"]
        for part in mail.message().walk()
        if part.get_content_type() == "text/calendar"
    ]
    requests = [text for text in texts if "METHOD:REQUEST" in text]

    for text in requests:
        put(calendar, text)

    of_feed = {row[:3] for row in happening(feed)}
    of_mail = {row[:3] for row in happening(*(event.data for event in calendar.events()))}
    assert of_mail == of_feed
