"""Pages, emails and invoices keep to the words that were agreed: one name for each thing."""

import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from html.parser import HTMLParser

import pytest
import time_machine
from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.template.loader import render_to_string

from bookings import emails as coaching
from coaching_portal.billing import documents
from coaching_portal.notifications import kinds, outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories.many_of_each import HOUR, NOW, Plenty
from coaching_portal.tests.budgets.most_queries import ADMIN
from coaching_portal.tests.every_page import address_of_row, addresses, browsers_of

# Words that no reader should meet, and what to say instead.
BANNED = {
    r"e-mails?": "email",
    r"mails?": "email",
    r"telephones?": "phone",
    r"somebody": "someone, or who it is",
    r"everybody": "everyone",
    r"whoever": "the person who",
    r"(?:is|are|been) told": "we email, we tell",
    r"stands?": "is, appears",
    r"holds": "contains, keeps",
    r"sessions held|reviews held": "completed, past",
    r"free of charge|at no charge|at no cost": "free",
    r"London time|wall time|\(GMT\)|\(BST\)": "UK time",
    r"first conversation|free introduction": "free introductory conversation",
    r"cohorts?|course run": "course date",
    r"outstanding": "amount to pay",
    r"(?-i:State)": "status",
    r"diar(?:y|ies)": "assistant, calendar",
    r"taken? (?:it |them )?back": "withdraw, remove",
    r"mend(?:ed|s)?": "fix",
}
PATTERN = re.compile(rf"(?<![\w.@/-])(?:{'|'.join(BANNED)})(?![\w@-])", re.IGNORECASE)
ERROR_PAGES = (400, 403, "403_csrf", 404, 409, 413, 429, 500, 503, 507)
ADMIN_PAGES = ("changelist", "add", "change", "history", "delete")
INLINE = {"a", "abbr", "b", "br", "cite", "code", "em", "i", "small", "span", "strong", "time"}
SPOKEN = ("alt", "aria-label", "title", "placeholder")


@dataclass
class Found:
    where: str
    sentence: str
    word: str

    def __str__(self):
        return f"{self.where}: “{self.word}” in “{self.sentence}”"


@pytest.fixture
def plenty(people):
    with time_machine.travel(NOW):
        plenty = Plenty(people)
        plenty.grow(2)
        yield plenty


@pytest.mark.django_db
def test_no_page_says_a_banned_word(plenty):
    pages = dict(_pages(plenty))

    assert len(pages) > 150
    report = _report(pages)
    assert not report, report


@pytest.mark.django_db
def test_no_email_says_a_banned_word(plenty):
    emails = dict(_emails(plenty))

    assert {where.split()[0] for where in emails} == set(kinds.names())
    report = _report(emails)
    assert not report, report


@pytest.mark.django_db
def test_no_invoice_or_credit_note_says_a_banned_word(plenty):
    sheets = {
        "invoice": asdict(documents.invoice_sheet(plenty.newest["invoice"])),
        "credit note": asdict(documents.credit_note_sheet(plenty.newest["note"])),
    }

    assert _report({name: "\n".join(_words_in(sheet)) for name, sheet in sheets.items()}) == ""


def test_a_banned_word_is_found_with_its_page_and_sentence():
    page = '<p>You are <b>welcome</b>. Somebody will ring.</p><img alt="Our diary"><p>Somebody'

    found = banned_words("home", text_of(page))

    assert [str(each) for each in found] == [
        "home: “Somebody” in “Somebody will ring.”",
        "home: “diary” in “Our diary”",
        "home: “Somebody” in “Somebody”",
    ]


def _pages(plenty):
    """(name and who asks, text) of every page, those of the admin and of errors too."""
    browsers = browsers_of(plenty)
    for name, asked, who, address in addresses(plenty):
        response = browsers[who].get(address)
        if response["Content-Type"].startswith("text/html"):
            yield f"{name} {asked}", text_of(response.content.decode())
    for model in admin.site._registry:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        for page, queries in zip(ADMIN_PAGES, ADMIN[label], strict=True):
            if queries:
                name = f"admin:{label}_{page}"
                response = browsers["admin"].get(address_of_row(plenty, name))
                yield name, text_of(response.content.decode())
    for code in ERROR_PAGES:
        yield f"{code}.html", text_of(render_to_string(f"{code}.html"))


def _emails(plenty):
    """(kind and number, text) of all that the outbox has, and of kinds that nobody was sent."""
    coaching.daily_summaries(at=NOW + 7 * HOUR)
    posted = list(OutgoingMessage.objects.order_by("pk"))
    for kind in kinds.names():
        own = [message for message in posted if message.kind == kind]
        for number, email in enumerate(_rendered(kind, own or posted, single_instance=not own)):
            yield f"{kind} {number}", f"{email.subject}\n{email.text}\n{text_of(email.html)}"


def _rendered(kind, messages, *, single_instance):
    """What these messages say; of another kind's only the first that this kind can be about."""
    for message in messages:
        copy = outbox.build_message(
            kind,
            about=SubjectOf(message.subject_uuid),
            due_at=NOW,
            recipient=message.recipient,
            address=message.address,
            occasion=message.occasion,
            secret={
                "code": "246810",
                "link": "https://example.org/",
                "path": "/book/accept/x/",
                "until": NOW.isoformat(),
            },
        )
        copy.created_at = NOW
        with suppress(ObjectDoesNotExist, AttributeError, TypeError, ValueError):
            yield kinds.kind_of(kind).render(copy)
            if single_instance:
                return


@dataclass
class SubjectOf:
    uuid: object


def _words_in(sheet):
    """Every text of nested dicts and lists."""
    if isinstance(sheet, str):
        yield sheet
    else:
        for each in sheet.values() if isinstance(sheet, dict) else sheet:
            yield from _words_in(each)


def _report(texts):
    found = [str(each) for where, text in texts.items() for each in banned_words(where, text)]
    return "\n".join(found)


def banned_words(where, text):
    """Each banned word of a text, with the sentence that it is in."""
    for block in text.splitlines():
        for sentence in re.split(r"(?<=[.!?])\s+", " ".join(block.split())):
            for word in PATTERN.findall(sentence):
                yield Found(where, sentence, word)


def text_of(page):
    """What a page says, a line for each block: its text, and what is read out in its place."""
    parser = _Text()
    parser.feed(page)
    parser.close()
    return "".join(parser.said)


class _Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.said, self._silent = [], False

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self._silent = tag in ("script", "style")
        if tag not in INLINE:
            self.said.append("\n")
        if given.get("name") == "description":
            self.said.append(f"\n{given['content']}\n")
        if given.get("type") == "submit" and tag == "input":
            self.said.append(f"\n{given['value']}\n")
        self.said += [f"\n{given[name]}\n" for name in SPOKEN if given.get(name)]

    def handle_endtag(self, tag):
        self._silent = False
        if tag not in INLINE:
            self.said.append("\n")

    def handle_data(self, data):
        if not self._silent:
            self.said.append(data)
