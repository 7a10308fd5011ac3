"""From a rendered message to what goes over the wire: its headers and its parts."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from coaching_portal.notifications import sender, unsubscribe


def message_id(message):
    """The same for every attempt, so that a mail that arrives twice is shown once."""
    return f"<{message.name_in_mail}@{urlsplit(settings.SITE_URL).hostname}>"


def _headers(message):
    headers = {"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"}
    if url := unsubscribe.decline_url(message):
        headers["List-Unsubscribe"] = f"<{url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def envelope(message, email, connection=None):
    mail = EmailMultiAlternatives(
        subject=email.subject,
        body=email.text,
        from_email=sender.from_address(),
        to=[message.send_to],
        reply_to=[sender.practice().email] if sender.practice().email else None,
        headers=_headers(message),
        connection=connection,
    )
    mail.attach_alternative(email.html, "text/html")
    if email.calendar:
        _attach_invitation(mail, *email.calendar)
    for name, content, mimetype in email.attachments:
        mail.attach(name, content, mimetype)
    return mail


def _attach_invitation(mail, ics, method):
    """As a part that calendars act on, and as a file for programs that only open files."""
    mail.attach_alternative(ics, f"text/calendar; method={method}")
    mail.attach("invite.ics", ics.encode(), "application/ics")
