"""Every mail about an account, as it leaves the outbox."""

from pathlib import Path

import allauth
import pytest
from django.utils import timezone

from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from profiles.accounts import emails

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("template", sorted(emails.MAILS))
def test_each_is_sent_in_text_and_html_and_tells_what_it_must(template, jo, mailoutbox):
    told = {"account/email/password_reset_key": {"password_reset_url": "http://testserver/key"}}
    context = told.get(template, {"code": "246810"} if emails.MAILS[template].worth else {})

    emails.queue_email(template, "jo@example.org", context)
    counts = outbox.deliver_due(timezone.now())

    assert counts == {"SENT": 1}
    (mail,) = mailoutbox
    html = mail.alternatives[0].content
    assert mail.to == ["jo@example.org"]
    assert mail.subject
    for secret in context.values():
        assert secret in mail.body
        assert secret in html
        assert secret not in mail.subject
    assert "{{" not in mail.body + html
    if "http" in mail.body:
        assert "http://testserver/" in mail.body


def test_what_has_given_its_secret_away_is_not_sent_empty(jo, mailoutbox):
    emails.queue_email("account/email/email_confirmation", "jo@example.org", {"code": "246810"})
    OutgoingMessage.objects.update(secret=b"")

    assert outbox.deliver_due(timezone.now()) == {"DROPPED": 1}
    assert mailoutbox == []


def test_every_mail_of_allauth_that_can_come_up_is_known():
    """allauth's own templates say which mails it sends; these are switched off here."""

    off = {"email_confirm", "password_reset_code"}
    folder = Path(allauth.__file__).parent / "templates"
    known = {
        f"{found.parent.relative_to(folder)}/{found.name.removesuffix('_subject.txt')}"
        for app in ("account", "mfa")
        for found in (folder / app / "email").glob("*_subject.txt")
    }

    ours = {name for name in emails.MAILS if name.startswith("office/")}
    sent = {name for name in known if name.rsplit("/", 1)[1] not in off}
    assert sent == set(emails.MAILS) - ours
