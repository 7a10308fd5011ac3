"""From templates to an e-mail: `<name>.subject.txt`, `<name>.txt` and `<name>.html`."""

from django.conf import settings
from django.template.loader import render_to_string

from coaching_portal.notifications.outbox import Email


def render(name, context, *, calendar=None, attachments=()):
    """Render the three templates of a message, such as "bookings/email/session_booked"."""
    context = {"site_url": settings.SITE_URL, **context}
    return Email(
        subject=" ".join(render_to_string(f"{name}.subject.txt", context).split()),
        text=render_to_string(f"{name}.txt", context),
        html=render_to_string(f"{name}.html", context),
        calendar=calendar,
        attachments=list(attachments),
    )
