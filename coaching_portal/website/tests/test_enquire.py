"""Enquiries: asked in four questions, checked, kept once, answered by a person."""

import uuid

import pytest
from django.core import mail
from django.test import override_settings

from bookings.actions import enquiries
from bookings.models import Enquiry
from coaching_portal.notifications import outbox
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db

TEAM = {
    "organisation": "Example Hospitals NHS Trust, recovery",
    "people": "8",
    "message": "Calmer mornings.",
    "arrangements": "Not sure yet",
    "name": "Jo Bloggs",
    "email": "jo@example.org",
    "phone": "",
}
MESSAGE = {"name": "Jo Bloggs", "email": "jo@example.org", "message": "Where are you?"}


def test_a_team_enquiry_is_checked_before_it_is_sent(client):
    response = client.post("/coaching/teams/", TEAM)

    page = response.content.decode()
    assert "Check your answers" in page
    assert "Calmer mornings." in page
    assert not Enquiry.objects.exists()


def test_changing_an_answer_keeps_all_of_them(client):
    response = client.post("/coaching/teams/", {**TEAM, "change": "people"})

    page = response.content.decode()
    assert 'value="8"' in page
    assert "Calmer mornings." in page
    assert "There is a problem" not in page


def test_a_team_enquiry_that_is_sent_gets_a_reference(client):
    response = client.post("/coaching/teams/", {**TEAM, "send": "yes"}, follow=True)

    enquiry = Enquiry.objects.get()
    assert enquiry.subject == Enquiry.Subject.TEAM
    assert enquiry.people == 8
    assert enquiry.reference in response.content.decode()


def test_the_thanks_repeat_nothing_that_was_written(client):
    response = client.post("/contact/", MESSAGE, follow=True)

    page = response.content.decode()
    assert "Thank you" in page
    assert "Where are you?" not in page
    assert "jo@example.org" not in page


def test_the_same_form_sent_twice_is_kept_once(client):
    form = {**TEAM, "send": "yes", "idempotency_key": str(uuid.uuid4())}

    first = client.post("/coaching/teams/", form)
    second = client.post("/coaching/teams/", form)

    assert first["Location"] == second["Location"]
    assert Enquiry.objects.count() == 1


def test_the_same_form_after_a_correction_is_kept(client):
    key = str(uuid.uuid4())

    wrong = client.post("/contact/", {**MESSAGE, "email": "jo", "idempotency_key": key})
    right = client.post("/contact/", {**MESSAGE, "idempotency_key": key})

    assert wrong.status_code == 200
    assert right.status_code == 302
    assert Enquiry.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("people", "1", "A team has two people or more"),
        ("people", "", "Enter how many people are in the team"),
        ("email", "jo", "Enter an email address like name@example.org"),
        ("arrangements", "", "Enter when and where"),
        ("message", "x" * 4001, "Keep this under 4,000 characters."),
    ],
)
def test_an_answer_that_will_not_do_says_what_will(client, field, value, words):
    response = client.post("/coaching/teams/", {**TEAM, field: value, "send": "yes"})

    page = response.content.decode()
    assert "<title>Error: " in page
    assert page.count(words) == 2  # in the summary and at the field
    assert not Enquiry.objects.exists()


def test_two_people_are_a_team(client):
    client.post("/coaching/teams/", {**TEAM, "people": "2", "send": "yes"})

    assert Enquiry.objects.get().people == 2


def test_a_message_from_the_contact_page_is_kept(client):
    client.post("/contact/", {**MESSAGE, "subject": "TEAM", "answered_at": "2020-01-01"})

    enquiry = Enquiry.objects.get()
    assert enquiry.subject == Enquiry.Subject.MESSAGE
    assert enquiry.answered_at is None


def test_the_contact_page_says_where_to_turn_in_a_crisis(client):
    page = client.get("/contact/").content.decode()

    for number in ("999", "111", "116 123"):
        assert number in page
    assert 'id="crisis"' in page


@override_settings(ACCOUNT_RATE_LIMITS={"enquiry": "2/h/ip"})
def test_a_flood_of_messages_is_held_back(client):
    answers = [client.post("/contact/", MESSAGE).status_code for _ in range(3)]

    assert answers == [302, 302, 429]
    assert Enquiry.objects.count() == 2


def test_a_script_in_an_enquiry_is_shown_as_it_was_written(client, signed_in, admin_user):
    client.post("/contact/", {**MESSAGE, "name": "<script>alert(1)</script>"})

    page = signed_in(admin_user).get("/admin/bookings/enquiry/").content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_practice_is_told_without_a_word_of_what_was_asked():
    enquiry = enquiries.submit_enquiry(
        subject="MESSAGE", name="Jo", email="jo@example.org", message="My secret", at=NINE
    )

    outbox.deliver_due(at=NINE)

    (sent,) = mail.outbox
    assert sent.to == ["practice@example.org"]
    assert enquiry.reference in sent.subject
    assert "/admin/bookings/enquiry/" in sent.body
    assert "My secret" not in str(sent.message())


def test_an_enquiry_answered_before_the_mail_goes_is_not_announced(admin_user):
    enquiry = enquiries.submit_enquiry(
        subject="MESSAGE", name="Jo", email="jo@example.org", message="?", at=NINE
    )
    enquiries.mark_answered(enquiry=enquiry, by=admin_user, at=NINE)

    outbox.deliver_due(at=NINE)

    assert mail.outbox == []


def test_an_answered_enquiry_no_longer_waits(admin_user):
    enquiry = enquiries.submit_enquiry(
        subject="MESSAGE", name="Jo", email="jo@example.org", message="?", at=NINE
    )

    enquiries.mark_answered(enquiry=enquiry, by=admin_user, at=NINE)

    assert not Enquiry.objects.waiting().exists()


def test_who_answered_first_is_kept(admin_user, stranger):
    enquiry = enquiries.submit_enquiry(
        subject="MESSAGE", name="Jo", email="jo@example.org", message="?", at=NINE
    )

    enquiries.mark_answered(enquiry=enquiry, by=admin_user, at=NINE)
    enquiries.mark_answered(enquiry=enquiry, by=stranger, at=NINE)

    assert Enquiry.objects.get().answered_by == admin_user
