"""An address that a mail server refuses for good: the office sees it, and mail to it waits."""

from datetime import timedelta

import pytest

from coaching_portal.notifications import kinds, outbox
from coaching_portal.notifications.models import OutgoingMessage, RefusedAddress
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db

Status = OutgoingMessage.Status
DAY = timedelta(days=1)
REFUSAL = "550 5.1.1 No such person"


@pytest.fixture
def refused(news, smtp_sink):
    """A message that the mail server has refused; it takes mail again afterwards."""
    smtp_sink.refuse_recipient = REFUSAL
    message = news.post("first")
    outbox.deliver_due(NINE)
    smtp_sink.refuse_recipient = None
    return message


def status(message):
    message.refresh_from_db()
    return message.status


def test_a_permanent_refusal_is_noted_and_not_tried_again(refused, smtp_sink):
    address = RefusedAddress.objects.get()
    assert (address.email, address.refused_at.date()) == ("reader@example.org", NINE.date())
    assert "5.1.1 No such person" in address.reply
    assert (status(refused), refused.attempts) == (Status.DEAD, 1)

    outbox.deliver_due(NINE + DAY)

    assert smtp_sink.mails == []


@pytest.mark.parametrize(
    "refusal", ["450 4.2.0 Greylisted", "550 5.7.1 Relaying denied", "554 5.7.1 Looks like spam"]
)
def test_a_refusal_for_now_or_of_ourselves_is_no_fault_of_the_address(news, smtp_sink, refusal):
    smtp_sink.refuse_recipient = refusal
    news.post()

    outbox.deliver_due(NINE)

    assert not RefusedAddress.objects.exists()


def test_a_refusal_of_what_was_written_is_none_of_the_address(news, smtp_sink):
    smtp_sink.refuse_data = "554 Refused"
    news.post()

    outbox.deliver_due(NINE)

    assert not RefusedAddress.objects.exists()


def test_further_mail_waits_whatever_the_letter_case_and_others_get_theirs(
    refused, news, smtp_sink
):
    held = news.post("second")
    in_capitals = news.post("third", recipient=None, address="Reader@Example.org")
    other = news.post("fourth", recipient=None, address="other@example.org")

    outbox.deliver_due(NINE + DAY)

    assert [mail["To"] for mail in smtp_sink.mails] == ["other@example.org"]
    assert [status(each) for each in (held, in_capitals, other)] == ["HELD", "HELD", "SENT"]
    assert held.events.get().what == "HELD"


def test_what_is_held_goes_out_once_the_office_clears_the_address(
    refused, news, smtp_sink, signed_in, admin_user
):
    held, untrue = news.post("second"), news.post("third", not_after=NINE + 2 * DAY)
    outbox.deliver_due(NINE + DAY)
    office = signed_in(admin_user)
    person = office.get(f"/admin/profiles/user/{news.recipient.pk}/change/").content.decode()
    assert "5.1.1 No such person" in person
    waiting = {each.name: each for each in office.get("/admin/").context["waiting"]}
    matter = waiting["Email addresses that refuse emails: ask for another"]
    assert matter.count == 1
    assert "reader@example.org" in office.get(matter.address).content.decode()

    rows = {"action": "clear", "_selected_action": [RefusedAddress.objects.get().pk]}
    office.post("/admin/notifications/refusedaddress/", rows)
    outbox.deliver_due(NINE + 3 * DAY)

    assert (status(held), status(untrue)) == (Status.SENT, Status.DROPPED)
    assert [mail["Subject"] for mail in smtp_sink.mails] == ["News second"]


def test_what_is_held_goes_to_the_new_address_of_the_person(refused, news, smtp_sink):
    held = news.post("second")
    outbox.deliver_due(NINE + DAY)

    news.recipient.email = "new@example.org"
    news.recipient.save()
    outbox.deliver_due(NINE + 2 * DAY)

    assert status(held) == Status.SENT
    assert [mail["To"] for mail in smtp_sink.mails] == ["new@example.org"]


def test_codes_for_signing_in_are_tried_and_show_that_it_takes_mail_again(refused, news, smtp_sink):
    outbox.register("code", render=news.render, is_always_tried=True)
    outbox.queue("code", about=refused, recipient=news.recipient, due_at=NINE + DAY)
    smtp_sink.refuse_recipient = REFUSAL
    outbox.deliver_due(NINE + DAY)
    assert RefusedAddress.objects.get().refused_at > NINE + DAY - timedelta(minutes=1)

    smtp_sink.refuse_recipient = None
    outbox.queue(
        "code", about=refused, occasion="2", recipient=news.recipient, due_at=NINE + 2 * DAY
    )
    outbox.deliver_due(NINE + 2 * DAY)

    assert len(smtp_sink.mails) == 1
    assert not RefusedAddress.objects.exists()


def test_every_message_of_an_account_is_always_tried():
    account = [kind for kind in kinds._kinds.values() if kind.label.startswith("Account: ")]

    assert [kind.name for kind in account if not kind.is_always_tried] == ["account-erased"]
    assert len(account) > 5
