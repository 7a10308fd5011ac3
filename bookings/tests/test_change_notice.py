"""The office changes a coach's notice once: whatever speaks of it says the new one."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from bookings import actions
from bookings.actions import programmes
from bookings.models import BookingRules, Programme
from coaching_portal.common.formatting import date_and_time
from coaching_portal.notifications import outbox
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    book_session,
    details_url,
    open_hours,
)
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import browser_of
from profiles.models import Client

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _weeks_ahead():
    with time_machine.travel(WEEKS_AHEAD, tick=False):
        yield


@pytest.fixture
def rules(coach):
    open_hours(coach)
    return BookingRules.objects.get(coach=coach)


def filled_in(page):
    """What the form of an admin page would send as it stands."""
    form = page.context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in sent.items() if value is not None and value is not False}


def change_notice(office, rules, hours):
    """The one edit."""
    address = reverse("admin:bookings_bookingrules_change", args=[rules.pk])
    form = filled_in(office.get(address)) | {"cancellation_notice_hours": hours}
    sent = office.post(address, form)
    assert sent.status_code == 302, sent.context["errors"]


def words_of(browser, address):
    page = browser.get(address)
    assert page.status_code == 200, address
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def propose(coach, client_user):
    """The coach sends the form for a programme with the notice that it proposes."""
    address = reverse(
        "bookings:programme_propose", args=[Client.objects.get(user=client_user).uuid]
    )
    browser = browser_of(coach.user)
    form = browser.get(address).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    sent |= {"review_on": (WEEKS_AHEAD + 90 * DAY).date().isoformat(), "minutes": 60}
    assert browser.post(address, sent).status_code == 302
    return Programme.objects.latest("pk")


def spoken(coach, client_user, starts_at, mailoutbox):
    """{where: its words}, wherever the notice of what is booked or agreed from now on is named."""
    mailoutbox.clear()
    visitor, client, her = Browser(), browser_of(client_user), browser_of(coach.user)
    found = {address: words_of(visitor, address) for address in ("/terms/", "/coaching/")}
    found["hours"] = words_of(her, reverse("bookings:hours"))
    found["details"] = words_of(client, details_url(coach, starts_at))

    session = book_session(coach, client_user, starts_at=starts_at)
    found["booked"] = words_of(client, reverse("bookings:booked", args=[coach.slug, session.uuid]))
    found["session"] = words_of(client, session.get_absolute_url())
    found["cancel"] = words_of(client, reverse("bookings:cancel", args=[session.uuid]))
    outbox.deliver_due(WEEKS_AHEAD)
    (mail,) = (mail for mail in mailoutbox if mail.subject.startswith("Booked: your"))
    found |= {"email": mail.body, "email as HTML": mail.alternatives[0].content}
    with time_machine.travel(session.free_cancellation_until + timedelta(seconds=1), tick=False):
        late = browser_of(client_user)
        found["too late to move"] = words_of(late, reverse("bookings:move", args=[session.uuid]))

    programme = propose(coach, client_user)
    found["programme"] = words_of(client, programme.get_absolute_url())
    outbox.deliver_due(WEEKS_AHEAD)
    (mail,) = (mail for mail in mailoutbox if "proposes" in mail.subject)
    found |= {"proposal": mail.body, "proposal as HTML": mail.alternatives[0].content}
    version = {"terms_version": programme.terms_version, "by": client_user, "at": WEEKS_AHEAD}
    agreement = programmes.accept(programme=programme, **version).agreement
    found["agreement"] = f"{agreement.terms['cancellation_notice_hours']} hours"
    return found


def names(text, hours, starts_at):
    """Whether a text names this notice: in hours, or as the moment when it begins."""
    moment = date_and_time(starts_at - hours * HOUR)
    return bool(re.search(rf"\b{hours}\s+hours\b", text)) or moment in text


def named_in(texts, hours, starts_at):
    return {where for where, text in texts.items() if names(text, hours, starts_at)}


def test_from_48_hours_to_72_is_one_edit(
    coach, client_user, make_user, admin_user, rules, mailoutbox
):
    before = spoken(coach, client_user, NINE, mailoutbox)
    assert named_in(before, 48, NINE) == set(before)
    assert named_in(before, 72, NINE) == set()

    change_notice(browser_of(admin_user), rules, 72)

    # Somebody else: what has been agreed before keeps its notice.
    another, on_tuesday = make_user("another@example.org"), NINE + DAY
    after = spoken(coach, another, on_tuesday, mailoutbox)
    assert named_in(after, 72, on_tuesday) == set(after)
    assert named_in(after, 48, on_tuesday) == set()


def test_what_is_booked_and_agreed_already_keeps_its_notice(coach, client_user, admin_user, rules):
    session = book_session(coach, client_user)
    programme = propose(coach, client_user)

    change_notice(browser_of(admin_user), rules, 72)

    client = browser_of(client_user)
    assert names(words_of(client, session.get_absolute_url()), 48, NINE)
    assert names(words_of(client, programme.get_absolute_url()), 48, NINE)
    cancelled = actions.cancel(session=session, by=client_user, at=NINE - 48 * HOUR)
    assert cancelled.status == "CANCELLED"


def test_the_office_changes_nothing_else_and_never_sees_the_room(coach, admin_user, rules):
    room = "https://video.example.org/una"
    BookingRules.objects.update(video_room_url=room, minimum_notice_minutes=90, lengths=[75])
    before = BookingRules.objects.values().get()
    office = browser_of(admin_user)

    change_notice(office, rules, 72)

    assert BookingRules.objects.values().get() == before | {"cancellation_notice_hours": 72}
    address = reverse("admin:bookings_bookingrules_change", args=[rules.pk])
    assert room not in office.get(address).text


def test_the_office_sets_the_rules_of_a_coach_who_has_set_none(coach, admin_user):
    office, address = browser_of(admin_user), reverse("admin:bookings_bookingrules_add")
    form = filled_in(office.get(address)) | {"coach": coach.pk, "cancellation_notice_hours": 72}

    sent = office.post(address, form)
    assert sent.status_code == 302, sent.context["errors"]

    assert BookingRules.objects.get().cancellation_notice_hours == 72
