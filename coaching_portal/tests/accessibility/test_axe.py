"""Every page as axe sees it, wide in light and narrow in dark, filled with the example's data.

Readers of each kind follow the links from where they begin, press buttons too early, and go
through the steps that no link leads to.
"""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.admin import site as admin_site
from django.db.models import Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone

from bookings.actions import connections
from bookings.connections.providers import Credentials
from bookings.models import (
    CoachingSession,
    ConnectedCalendar,
    EarlierTimeWish,
    Extension,
    Programme,
)
from coaching_portal.billing.models import Invoice
from coaching_portal.example_data import (
    billing,
    coaching,
    hours,
    people,
    profiles,
    programmes,
    training,
)
from coaching_portal.example_data.people import person
from coaching_portal.notifications import outbox, unsubscribe
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories.sessions import invited
from coaching_portal.tests import pages
from coaching_portal.tests.accessibility.walk import Walk, checker
from coaching_portal.tests.browser import choose_time, fill_in, is_at, is_told_of_problem, press
from coaching_portal.tests.security.test_access import OURS, tables
from profiles.actions import assistants
from profiles.models import Client, Organisation, User
from training.actions import join_waiting_list, offer_free_places
from training.models import Cohort, Course

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEAM = {
    "Organisation and team": "Example Trust, theatres",
    "How many people?": "9",
    "What would you like to be different?": "Fewer meetings",
    "When, and where?": "Not sure yet",
    "Your name": "Vi Visitor",
    "Your email address": "vi@example.org",
}


@pytest.fixture
def walk(browse):
    """walk(pages.CLIENTS, "client"): a walk of that person to pages of these names."""

    def begin(names, handle="", **how):
        wants = names if callable(names) else names.__contains__
        return Walk(browse(user=person(handle) if handle else None), wants=wants, **how)

    return begin


def load(*subjects):
    """The example, in which everybody and everything has a long name."""
    at = timezone.now()
    for subject in (people, *subjects):
        subject.load(at)
    for model, field in ((User, "name"), (Organisation, "name"), (Course, "title")):
        model.objects.update(**{field: Concat(field, Value(LONG))})


LONG = " Featherstonehaugh-Wolfeschlegelsteinhausenbergerdorff"


def test_visitors_meet_no_barriers(walk):
    load(profiles, hours, training)
    signing_in = {"account_request_login_code", "account_reset_password"}
    names = pages.VISITORS | signing_in | {"account_login", "account_signup"}
    visitor = walk(names)

    visitor.follow_links("/", _page_to_decline_on(), reverse("erased"), _page_of_an_offer())
    visitor.follow_links(reverse("bookings:embed", args=["tracy-ruthven"]))
    visitor.press_too_early(
        {
            "account_login": "Sign in",
            "account_signup": "Create my account",
            "account_request_login_code": "Email me a code",
            "contact": "Send the message",
            "complaint": "Send the complaint",
            "team_enquiry": "Check your answers",
        }
    )
    _choose_a_time(visitor)
    _prove_an_email(visitor)
    _ask_for_a_team(visitor)
    _complain(visitor)
    _open_an_invitation(visitor)

    assert not visitor.problems, visitor.report()
    assert set(visitor.pages) == names


def _page_to_decline_on():
    token = unsubscribe.token_of(person("client"), "session-reminder-day")
    return reverse("notifications:decline", args=[token])


def _page_of_an_offer():
    """Of an earlier time, as the link in the email opens it."""
    at = timezone.now().replace(second=0, microsecond=0)  # as starts are
    wish = EarlierTimeWish.objects.create(
        client=person("client"),
        coach=person("coach").coach,
        minutes=60,
        location="VIDEO",
        weekdays=[0],
        from_time="09:00",
        until_time="17:00",
        first_on=at.date(),
        last_on=at.date(),
        created_at=at,
        offered_start=at + timedelta(days=2),
        offer_expires_at=at + timedelta(hours=2),
    )
    return reverse("bookings:earlier_time_offer", args=[wish.token])


def _make_a_calendar_feed(walk):
    walk.press_too_early({"bookings:calendar_feeds": "Make a feed"})
    fill_in(walk.page, {"Device or program": "Phone"})
    press(walk.page, "Make a feed")
    is_at(walk.page, "Calendar feeds")
    walk.look("with an address")


def _invite_an_assistant(walk):
    walk.press_too_early({"profiles:assistants": "Send the invitation"})
    who = {"Assistant’s name": "Ann", "Assistant’s email address": "ann@example.org"}
    fill_in(walk.page, who)
    press(walk.page, "Send the invitation")
    is_at(walk.page, "Assistants")
    walk.look("with an invitation")


def _open_an_invitation(walk):
    client = person("client")
    Client.objects.get_or_create(user=client, coach=person("coach").coach)
    _, token = assistants.invite_assistant(
        client=client, name="Ann", email="ann@example.org", at=timezone.now()
    )
    walk.page.goto(reverse("profiles:accept_by_link", args=[token]))
    is_at(walk.page, "Become an assistant")
    walk.look()


def _choose_a_time(walk):
    walk.page.goto("/book/tracy-ruthven/?minutes=60&programme=none")
    press(walk.page, "Continue with this time")
    walk.look("without a time")
    choose_time(walk.page)
    walk.look("with a time chosen")
    press(walk.page, "Continue with this time")


def _prove_an_email(walk):
    walk.look()
    press(walk.page, "Email me a code")
    walk.look("with errors")
    fill_in(walk.page, {"Your full name": "Vi", "Your email address": "vi@example.org"})
    fill_in(walk.page, {"I accept this agreement": True, "I want this session in the 14-day": True})
    press(walk.page, "Email me a code")
    is_at(walk.page, "Enter the code")
    walk.look()
    press(walk.page, "Book this session, £75.00")
    walk.look("with errors")
    [message] = OutgoingMessage.objects.filter(address="vi@example.org", kind="booking-code")
    walk.page.goto(outbox.secret_of(message)["path"])
    walk.look()
    _, token = invited(person("coach").coach, starts_at=_next_week(), at=timezone.now())
    walk.page.goto(reverse("bookings:accept_by_link", args=[token]))
    walk.look()
    press(walk.page, "Accept the agreement, £75.00")
    walk.look("with errors")


def _next_week():
    return timezone.now().replace(hour=20, minute=0, second=0, microsecond=0) + timedelta(days=7)


def _ask_for_a_team(walk):
    walk.look()
    walk.page.goto("/coaching/teams/")
    fill_in(walk.page, TEAM)
    press(walk.page, "Check your answers")
    walk.look("to check")
    press(walk.page, "Send the enquiry")
    walk.look()


def _complain(walk):
    walk.page.goto(reverse("complaint"))
    complaint = "What happened, and what would you like us to do?"
    who = {"Your name": "Vi", "Your email address": "vi@example.org"}
    fill_in(walk.page, {**who, complaint: "You wrote to me."})
    press(walk.page, "Send the complaint")
    is_at(walk.page, "We have your complaint")
    walk.look()


def test_clients_meet_no_barriers(walk):
    load(hours, coaching, programmes)
    client = walk(pages.CLIENTS, "client")
    past = CoachingSession.objects.filter(client=person("client")).earliest("starts_at")

    _confirm_that_it_is_you(client)
    client.follow_links("/sessions/")
    client.press_too_early({"bookings:session": "Add to the agenda"})
    _wait_for_an_earlier_time(client)
    _make_a_calendar_feed(client)
    _invite_an_assistant(client)
    client.follow_links(_address(past), _address(_programme("After the reorganisation")))
    client.follow_links(_address(Extension.objects.get()))
    _choose_a_series(client)
    _accept_what_the_coach_has_booked(client)
    _choose_a_time(client)
    client.look()
    _book(client)
    _ask_to_be_erased(client)

    assert not client.problems, client.report()
    assert set(client.pages) == pages.CLIENTS


def _choose_a_series(walk):
    walk.page.goto(reverse("bookings:series", args=[_programme("Leading a busy team").uuid]))
    walk.look()
    press(walk.page, "Check the dates")
    walk.look("without a time")
    choose_time(walk.page)
    fill_in(walk.page, {"How many sessions?": "3"})
    press(walk.page, "Check the dates")
    walk.look("with dates")
    while walk.page.get_by_text("Leave this one out").count():
        for each in walk.page.get_by_label("Leave this one out").all():
            each.check()
        press(walk.page, "Continue with these times")
    is_at(walk.page, "Check and confirm")
    walk.look("to check")
    walk.page.locator(".actions button").click()
    is_at(walk.page, "Booked")
    walk.look()


def _accept_what_the_coach_has_booked(walk):
    coach, at = person("coach").coach, timezone.now()
    session, _ = invited(coach, starts_at=_next_week(), at=at)
    User.objects.filter(pk=session.client_id).update(unproved_email=person("client").email)
    walk.page.goto(reverse("bookings:accept", args=[session.uuid]))
    walk.look()


def _wait_for_an_earlier_time(walk):
    walk.page.goto(walk.pages["bookings:new_earlier_time"])
    fill_in(walk.page, {"Last date": "2020-01-01"})
    press(walk.page, "Join the waiting list")
    is_told_of_problem(walk.page)
    walk.look("with errors")
    walk.page.goto(walk.pages["bookings:new_earlier_time"])
    press(walk.page, "Join the waiting list")
    is_at(walk.page, "Waiting list for earlier times")
    walk.look("with a wish")


def _programme(title):
    return Programme.objects.get(title=title)


def _address(of):
    return of.get_absolute_url()


def _book(walk):
    press(walk.page, "Book this session, £75.00")
    walk.look("with errors")
    fill_in(walk.page, {"I accept this agreement": True, "I want this session in the 14-day": True})
    press(walk.page, "Book this session, £75.00")
    is_at(walk.page, "Booked")
    walk.look()


def _confirm_that_it_is_you(walk):
    """Before links lead to what asks for the password again."""
    walk.page.goto(reverse("erase_me"))
    is_at(walk.page, "Confirm that it is you")
    walk.look("password again")
    fill_in(walk.page, {"Password": settings.EXAMPLE_PASSWORD})
    press(walk.page, "Continue")
    is_at(walk.page, "Erase your account")


def _ask_to_be_erased(walk):
    """Only somebody without sessions ahead is asked whether it is meant."""
    EarlierTimeWish.objects.all().delete()
    CoachingSession.objects.all().delete()
    walk.press_too_early({"erase_me": "Erase my account"})


def test_coaches_meet_no_barriers(walk):
    load(hours, coaching, programmes)
    coach = walk(pages.COACHES, "coach")
    missed = CoachingSession.objects.filter(status="NO_SHOW", waived_at=None).first()
    ahead = CoachingSession.objects.filter(coach__user=person("coach")).latest("starts_at")

    _connect_a_calendar()

    coach.follow_links("/calendar/", _address(missed), _address(ahead))
    for title in ("Leading a busy team", "After the reorganisation"):
        coach.follow_links(_address(_programme(title)))
    coach.page.goto("/calendar/book/?client=new")
    press(coach.page, "Book this session")
    coach.look("with errors")
    coach.press_too_early(
        {
            "bookings:new_date": "Save hours for this date",
            "bookings:new_time_off": "Take this time off",
            "bookings:programme_propose": "Propose these terms",
            "bookings:programme_review": "Record the review",
        }
    )

    assert not coach.problems, coach.report()
    assert set(coach.pages) == pages.COACHES


def _connect_a_calendar():
    connection = connections.connect(
        coach=person("coach").coach,
        kind="CALDAV",
        label="Work",
        credentials=Credentials("https://cloud.example.com/", "una", "heron"),
        at=timezone.now(),
    )
    ConnectedCalendar.objects.create(
        connection=connection, url="https://cloud.example.com/work/", name="Work", can_write=True
    )


def test_contacts_meet_no_barriers(walk):
    load(training)
    _offer_two_places()
    contact = walk(pages.CONTACTS, "contact")
    open_one, full = (
        Cohort.objects.get(course__slug=slug).get_absolute_url()
        for slug in ("clinical-audit", "root-cause-analysis")
    )

    contact.follow_links("/learning/", open_one, full)
    contact.press_too_early({"training:name_place": "Name the delegate"})
    _enrol(contact)

    assert not contact.problems, contact.report()
    assert set(contact.pages) == pages.CONTACTS


def _offer_two_places():
    """To the contact, who waits for dates on which there are some."""
    at, by = timezone.now(), person("contact")
    join_waiting_list(
        cohort=Cohort.objects.get(course__slug="clinical-audit"),
        by=by,
        organisation=by.memberships.first().organisation,
        places=2,
        at=at,
    )
    offer_free_places(at=at)


def _enrol(walk):
    walk.page.goto(walk.pages["training:enrol"])
    press(walk.page, "Continue")
    walk.look("with errors")
    fill_in(walk.page, {"Purchase order": "PO-123456", "I will name this delegate later": True})
    press(walk.page, "Continue")
    is_at(walk.page, "Check your answers")
    walk.look()
    press(walk.page, "Enrol 1 person")
    walk.look("with errors")
    fill_in(walk.page, {"I accept these terms": True})
    press(walk.page, "Enrol 1 person")
    is_at(walk.page, "Enrolled")
    walk.look()


def test_payers_and_admins_meet_no_barriers(walk):
    load(profiles, training, billing)
    payer = walk(pages.PAYERS, "priya")
    admin = walk(pages.is_admins, "admin", excused=pages.DJANGOS_MARKUP)

    payer.follow_links("/invoices/")
    assert not payer.problems, payer.report()
    assert set(payer.pages) == pages.PAYERS

    issued = Invoice.objects.issued().earliest("issued_at")
    page_of_invoice = reverse("admin:billing_invoice_change", args=[issued.pk])
    admin.follow_links(page_of_invoice, *_whole_lists(), "/admin/")
    assert not admin.problems, admin.report()
    assert set(admin.pages) > pages.ADMINS


def _whole_lists():
    """Of everything that the admin keeps for us; links on the way lead to parts of them."""
    for model in admin_site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        if pages.is_admins(name):
            yield reverse(name)


def test_what_was_looked_at_is_valid_html(tmp_path):
    if not checker.pages:
        pytest.skip("It asks about what the walks above have kept: run the whole file.")

    complaints = [each for each in checker.complaints(tmp_path) if not _is_djangos(each)]
    assert not complaints, "\n".join(complaints)


def _is_djangos(complaint):
    excused = any(may in complaint for may in pages.DJANGOS_HTML)
    return excused and complaint.startswith("/admin/profiles/")


def test_every_page_of_ours_is_looked_at():
    actions = {name for name, page in tables().items() if page.acts}

    assert {name for _, name, _ in OURS} - actions - pages.FILES == set().union(*pages.OURS)
