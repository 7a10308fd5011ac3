"""A complaint about data protection: taken by a form, acknowledged at once, answered, forgotten."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import NINE
from profiles.actions import complaints, erasure
from profiles.models import DataComplaint

pytestmark = pytest.mark.django_db

PAGE = "/privacy/complaint/"
FORM = {"name": "Vi", "email": "vi@example.org", "message": "You wrote to me at https://x.example"}
DAY = timedelta(days=1)


def complain(**fields):
    return complaints.complain(**{**FORM, "at": NINE, **fields})


def found():
    return DataComplaint.objects.with_acknowledgement().get()


def mails(at=NINE):
    mail.outbox.clear()
    outbox.deliver_due(at)
    return {message.to[0]: message for message in mail.outbox}


def test_the_form_is_linked_from_the_privacy_page_and_the_footer(client):
    assert client.get("/privacy/").content.decode().count(f'href="{PAGE}"') == 2
    assert client.get("/").content.decode().count(f'href="{PAGE}"') == 1


def test_a_complaint_is_kept_and_its_reference_shown_and_nothing_of_what_was_written(client):
    page = client.post(PAGE, FORM, follow=True).content.decode()

    assert DataComplaint.objects.get().reference in page
    assert "You wrote to me" not in page
    assert "vi@example.org" not in page


def test_whoever_is_signed_in_finds_name_and_address_filled_in(signed_in, client_user):
    browser = signed_in(client_user)

    page = browser.get(PAGE).content.decode()
    assert 'value="Cleo Client"' in page
    assert 'value="client@example.org"' in page
    browser.post(PAGE, {**FORM, "email": "another@example.org"})
    assert DataComplaint.objects.get().email == "another@example.org"


def test_what_was_typed_stays_in_the_form_with_what_to_do(client):
    page = client.post(PAGE, {**FORM, "email": "vi"}).content.decode()

    assert "Enter an email address like name@example.org" in page
    assert "You wrote to me" in page
    assert not DataComplaint.objects.exists()


def test_the_same_form_sent_twice_is_kept_once(client):
    form = {**FORM, "idempotency_key": str(uuid.uuid4())}

    assert client.post(PAGE, form)["Location"] == client.post(PAGE, form)["Location"]
    assert DataComplaint.objects.count() == 1


def test_ten_complaints_an_hour_are_taken_from_an_address(client):
    answers = [client.post(PAGE, FORM).status_code for _ in range(11)]

    assert answers == [302] * 10 + [429]


def test_it_is_acknowledged_at_once_in_fixed_words_and_the_practice_is_told():
    complaint = complain()
    assert found().state == "Received"

    sent = mails()

    acknowledgement, note = sent["vi@example.org"], sent["practice@example.org"]
    assert complaint.reference in acknowledgement.subject
    assert "Acknowledge by: Tuesday 6 July 2027" in note.body
    for message in (acknowledgement, note):
        assert "x.example" not in message.body
    assert found().state == "Acknowledged"


def test_a_mail_that_could_not_be_sent_is_no_acknowledgement():
    complain()
    OutgoingMessage.objects.update(status=OutgoingMessage.Status.DEAD, settled_at=NINE)

    assert found().state == "Received"
    complaints.mark_acknowledged(complaint=found(), at=NINE + DAY)
    complaints.mark_acknowledged(complaint=found(), at=NINE + 2 * DAY)
    assert (found().state, found().acknowledged) == ("Acknowledged", NINE + DAY)


@pytest.mark.parametrize(
    ("received_at", "at", "is_overdue"),
    [
        # In London it is still, or already, another day than in UTC.
        (NINE, datetime(2027, 7, 6, 22, 59, tzinfo=UTC), False),
        (NINE, datetime(2027, 7, 6, 23, 0, tzinfo=UTC), True),
        (
            datetime(2027, 6, 6, 23, 0, tzinfo=UTC),
            datetime(2027, 7, 6, 22, 59, tzinfo=UTC),
            False,
        ),
        (datetime(2027, 6, 6, 22, 59, tzinfo=UTC), datetime(2027, 7, 5, 23, 0, tzinfo=UTC), True),
    ],
)
def test_the_thirty_days_begin_with_the_day_of_receipt(received_at, at, is_overdue):
    complain(at=received_at)

    assert DataComplaint.objects.overdue(at).exists() is is_overdue
    mails(received_at)
    assert not DataComplaint.objects.overdue(at).exists()


def test_the_office_sees_what_is_overdue_and_marks_it(signed_in, admin_user):
    complain(at=timezone.now() - 31 * DAY)
    office = signed_in(admin_user)
    names = {each.name: each for each in office.get("/admin/").context["waiting"]}
    overdue = names["Complaints about data protection to acknowledge: overdue"]
    waiting = names["Complaints about data protection to answer without undue delay"]
    assert (overdue.count, waiting.count) == (1, 1)
    page = office.get(overdue.address).content.decode()
    assert "Received" in page
    assert found().reference in page
    assert "You wrote to me" in office.get(_row()).content.decode()

    office.post(
        "/admin/profiles/datacomplaint/",
        {"action": "mark_answered", "_selected_action": [found().pk]},
    )

    assert (found().state, found().answered_by) == ("Answered", admin_user)
    assert not DataComplaint.objects.overdue(timezone.now()).exists()
    assert not DataComplaint.objects.waiting().exists()


def _row():
    return f"/admin/profiles/datacomplaint/{found().pk}/change/"


def test_the_first_to_answer_is_kept_with_when_it_was_acknowledged(admin_user, stranger):
    complain()
    mails()

    for by in (admin_user, stranger):
        complaints.mark_answered(complaint=found(), by=by, at=NINE + DAY)

    complaint = DataComplaint.objects.get()
    assert complaint.answered_by == admin_user
    assert complaint.acknowledged_at is not None
    assert complaint.acknowledged_at < NINE + DAY


def test_erasing_an_account_leaves_a_complaint_that_is_to_be_answered(client_user, admin_user):
    answered, waiting = (complain(email=client_user.email) for _ in range(2))
    complaints.mark_answered(complaint=answered, by=admin_user, at=NINE)
    mails()

    erasure.erase(user=client_user, at=NINE)

    assert found() == waiting
    assert found().state == "Acknowledged"
    assert not OutgoingMessage.objects.filter(kind="complaint-acknowledged").exists()
