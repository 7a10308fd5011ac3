"""From templates to an email: `<name>.subject.txt`, `<name>.txt` and `<name>.html`."""

import re
from typing import cast

from django.conf import settings
from django.template import Context
from django.template.backends.django import Template
from django.template.loader import get_template, render_to_string

from coaching_portal.notifications import sender, unsubscribe
from coaching_portal.notifications.kinds import Email


def _plain(template_name, context):
    """Text as it is: escaping for HTML would put &amp; and &#x27; into people's names."""
    template = cast(Template, get_template(template_name)).template
    return template.render(Context(context, autoescape=False))


def _tidy(text):
    """Without the blank lines that template tags leave behind."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def render(name, context, *, message=None, calendar=None, attachments=()):
    """Render the three templates of a message, such as "bookings/email/session_booked".

    Hand over the `message` where its kind may be declined: the mail then says how.
    """
    context = {
        "site_url": settings.SITE_URL,
        "practice": sender.practice(),
        "decline_url": unsubscribe.decline_url(message) if message else "",
        **context,
    }
    subject = " ".join(_plain(f"{name}.subject.txt", context).split())
    return Email(
        subject=subject,
        text=_tidy(_plain(f"{name}.txt", context)),
        html=render_to_string(f"{name}.html", {**context, "subject": subject}),
        calendar=calendar,
        attachments=list(attachments),
    )
