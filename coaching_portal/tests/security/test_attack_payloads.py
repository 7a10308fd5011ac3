"""Harmful text in every field: pages, mail, calendars, papers and files show it as text."""

import csv
import email
import io
import json
import zipfile
from email import policy
from xml.etree import ElementTree

import icalendar
import pypdf
import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from coaching_portal.billing import actions as ledger
from coaching_portal.billing.models import Invoice
from coaching_portal.example_data.people import person
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.personal_data import export
from coaching_portal.testing.factories.one_of_each import DAY, reader_of
from coaching_portal.tests.security import hostile_input
from training.models import Course

LETS_SCRIPTS_RUN = ("<script>__pwned", "<img src=x")


@pytest.fixture
def poisoned(in_world):
    hostile_input.everything()
    return in_world


@pytest.fixture
def issued(poisoned):
    """An invoice whose payer, practice and lines have harmful names that can be drawn."""
    hostile_input.everything(without=hostile_input.NOT_DRAWN)
    draft = Invoice.objects.drafts().get()
    return ledger.issue(invoice=draft, by=person("admin"), at=timezone.now())


@pytest.fixture
def read(poisoned):
    """read("/sessions/", "client"): the answer."""
    browsers = {}

    def get(address, role):
        if role not in browsers:
            browsers[role] = Client()
            if role != "anonymous":
                browsers[role].force_login(person(role))
        return browsers[role].get(address)

    return get


def test_no_page_takes_text_for_markup(poisoned, read):
    taken = []
    for name, address in (poisoned.ours() | poisoned.admins()).items():
        role = "admin" if name.startswith("admin/") else reader_of(name)
        answer = read(address, role)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        if is_page and any(harm in answer.text for harm in LETS_SCRIPTS_RUN):
            taken.append(name)

    assert taken == []


def test_a_page_shows_the_text_as_it_was_written(poisoned, read):
    page = read(poisoned.address("bookings:session"), "coach").text

    assert "&lt;script&gt;__pwned=1&lt;/script&gt;" in page
    assert "{{7*7}}{% raw %}" in page


def test_mail_goes_to_one_person_and_says_only_what_was_written(poisoned, settings):
    OutgoingMessage.objects.update(due_at=timezone.now() - DAY, not_after=None)

    outbox.deliver_due(at=timezone.now())

    assert len(mail.outbox) > 20
    assert not OutgoingMessage.objects.exclude(last_error__startswith="=").exclude(last_error="")
    wrong = [problem for message in mail.outbox for problem in _problems_of_mail(message)]
    assert wrong == []


def _problems_of_mail(message):
    parsed = email.message_from_bytes(message.message().as_bytes(), policy=policy.default)
    if message.recipients() != [parsed["To"].addresses[0].addr_spec] or parsed["Bcc"]:
        yield f"{message.subject}: goes to {message.recipients()}, {parsed['Bcc']}"
    html = parsed.get_body(["html"]).get_content()
    if any(harm in html for harm in LETS_SCRIPTS_RUN):
        yield f"{message.subject}: markup in {html[:200]}"
    for part in parsed.walk():
        if part.get_content_type() == "text/calendar":
            yield from _problems_of_calendar(part.get_content().encode())


def _problems_of_calendar(text):
    """Events with the properties that we write, each line as long as the standard allows."""
    events = icalendar.Calendar.from_ical(text).walk("VEVENT")
    if not events:
        yield "no event"
    for event in events:
        if unknown := set(event) - PROPERTIES:
            yield f"properties of somebody else: {unknown}"
        if isinstance(event.get("ATTENDEE"), list):
            yield "more than one attendee"
    if any(len(line) > 75 for line in text.splitlines()):
        yield "a line that is too long"


PROPERTIES = {
    "UID",
    "SEQUENCE",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "STATUS",
    "ORGANIZER",
    "ATTENDEE",
    "LOCATION",
    "URL",
    "DESCRIPTION",
    "RDATE",
    "RECURRENCE-ID",
}


@pytest.mark.parametrize(
    ("name", "role"), [("bookings:session_ics", "client"), ("training:place_ics", "nadia")]
)
def test_a_calendar_file_holds_nothing_but_its_event(poisoned, read, name, role):
    text = read(poisoned.address(name), role).content

    assert list(_problems_of_calendar(text)) == []
    assert b"BEGIN:VEVENT" in text


def test_papers_are_written_and_hold_the_text_as_text(issued):
    note = ledger.credit_in_full(
        invoice=issued, reason=hostile_input.DRAWN[:200], by=person("admin"), at=timezone.now()
    )

    for document in (issued.document, note.document):
        pdf = bytes(document.pdf)
        pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
        text = "".join(page.extract_text() for page in pages)
        assert "{{7*7}}" in "".join(text.split())
        assert b"/JavaScript" not in pdf
        assert b"/Launch" not in pdf
        assert not [page for page in pages if "/Annots" in page]


def test_a_spreadsheet_runs_nothing(issued, read):
    day = timezone.localdate()

    answer = read(f"/admin/billing/invoice/accountant/?since={day}&until={day}", "admin")

    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert any(cell.startswith("'=") for row in rows for cell in row)
    assert [cell for row in rows for cell in row if _is_run_by_a_spreadsheet(cell)] == []


def _is_run_by_a_spreadsheet(cell):
    is_number = cell.replace(".", "").removeprefix("-").isdecimal()
    return cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not is_number


def test_the_feed_can_be_read(poisoned, read):
    feed = ElementTree.fromstring(read("/leaders/podcast.xml", "anonymous").content)

    titles = [title.text for title in feed.iter("title")]
    assert any("<script>__pwned=1</script>" in title for title in titles)


def test_my_data_can_be_opened(poisoned):
    with zipfile.ZipFile(export.archive(person("client"), timezone.now())) as archive:
        page = archive.read("index.html").decode()
        assert json.loads(archive.read("data.json"))["kinds"]
        assert not [name for name in archive.namelist() if name.startswith(("/", ".."))]

    assert "&lt;script&gt;__pwned=1" in page
    assert not any(harm in page for harm in LETS_SCRIPTS_RUN)


def test_control_text_that_is_taken_for_markup_is_seen(poisoned, read, monkeypatch):
    """A model that calls its own text safe."""
    from django.utils.safestring import mark_safe

    monkeypatch.setattr(Course, "__str__", lambda course: mark_safe(course.title))
    monkeypatch.setattr(Course, "from_db", _calling_its_title_safe(Course.from_db))

    page = read(poisoned.address("training:courses"), "anonymous").text

    assert any(harm in page for harm in LETS_SCRIPTS_RUN)


def _calling_its_title_safe(from_db):
    from django.utils.safestring import mark_safe

    def loaded(db, names, values):
        course = from_db(db, names, values)
        course.title = mark_safe(course.title)
        return course

    return loaded
