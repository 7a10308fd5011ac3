"""What goes over the wire to a real mail server, and what its refusals mean."""

import pytest

from coaching_portal.billing.models import Practice
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db

Status = OutgoingMessage.Status
ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Zoë’s\r\nEND:VCALENDAR\r\n"


def test_headers_say_who_it_is_from_and_that_a_machine_sent_it(news, smtp_sink):
    Practice.objects.update_or_create(
        pk=1, defaults={"name": "Umber, Coaching", "email": "desk@example.org"}
    )
    message = news.post("of Monday")

    outbox.deliver_due(NINE)

    [mail] = smtp_sink.mails
    assert mail["From"] == '"Umber, Coaching" <practice@example.org>'
    assert mail["Reply-To"] == "desk@example.org"
    assert mail["To"] == "reader@example.org"
    assert mail["Subject"] == "News of Monday"
    assert mail["Message-ID"] == f"<{message.uuid}@testserver>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (
        mail["List-Unsubscribe"]
        .strip()
        .startswith("<http://testserver/account/preferences/decline/")
    )


def test_an_address_without_an_account_gets_mail_without_a_way_to_decline(news, smtp_sink):
    news.post(recipient=None, address="payables@example.org")

    outbox.deliver_due(NINE)

    [mail] = smtp_sink.mails
    assert mail["To"] == "payables@example.org"
    assert mail["List-Unsubscribe"] is None


def test_an_invitation_is_a_part_and_a_file(news, smtp_sink):
    news.render = lambda message: outbox.Email("Come", "Come.", "<p>Come.</p>", (ICS, "REQUEST"))
    news.post()

    outbox.deliver_due(NINE)

    [mail] = smtp_sink.mails
    types = [part.get_content_type() for part in mail.walk()]
    assert types == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert part["Content-Type"].params == {"method": "REQUEST", "charset": "utf-8"}
    [file] = mail.iter_attachments()
    assert file.get_filename() == "invite.ics"
    assert file.get_content().decode() == ICS
    assert part.get_content().splitlines() == ICS.splitlines()


@pytest.mark.parametrize(
    ("refusal", "status"),
    [("550 No such person", Status.DEAD), ("451 Greylisted, come back", Status.WAITING)],
)
def test_a_refused_recipient_is_final_with_5xx_and_tried_again_with_4xx(
    news, smtp_sink, refusal, status
):
    smtp_sink.refuse_recipient = refusal
    message = news.post()

    outbox.deliver_due(NINE)

    message.refresh_from_db()
    assert message.status == status
    assert message.attempts == 1
    assert refusal.split(" ", 1)[1] in message.last_error


@pytest.mark.parametrize(
    ("refusal", "status"), [("554 Refused", Status.DEAD), ("452 Full", Status.WAITING)]
)
def test_a_refused_message_likewise(news, smtp_sink, refusal, status):
    smtp_sink.refuse_data = refusal
    message = news.post()

    outbox.deliver_due(NINE)

    message.refresh_from_db()
    assert message.status == status


def test_a_refusal_leaves_the_rest_of_the_batch_alone(news, smtp_sink, make_user):
    def render(message):
        smtp_sink.refuse_recipient = "550 No" if message.occasion == "1" else None
        return outbox.Email(f"News {message.occasion}", "News.", "<p>News.</p>")

    news.render = render
    for number in range(3):
        news.post(str(number), recipient=make_user(f"reader{number}@example.org"))

    outbox.deliver_due(NINE)

    assert [mail["Subject"] for mail in smtp_sink.mails] == ["News 0", "News 2"]


def test_a_mail_server_that_is_down_delays_and_loses_nothing(news, settings, smtp_sink):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    message = news.post()
    outbox.deliver_due(NINE)
    message.refresh_from_db()
    assert message.status == Status.WAITING
    assert "refused" in message.last_error

    settings.EMAIL_PORT = port
    outbox.deliver_due(message.due_at)

    assert len(smtp_sink.accepted) == 1


def test_a_mail_sent_again_has_a_message_id_of_its_own(news, smtp_sink, admin_user):
    message = news.post()
    outbox.deliver_due(NINE)
    message.refresh_from_db()

    outbox.send_again(message=message, by=admin_user, at=NINE)
    outbox.deliver_due(NINE)

    assert list(smtp_sink.message_ids) == [
        f"<{message.uuid}@testserver>",
        f"<{message.uuid}-1@testserver>",
    ]
