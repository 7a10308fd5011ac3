"""How many messages one worker sends in a minute to a mail server.

python -m benchmarks.messages

3,000 confirmations of sessions lie in the outbox, each asked again whether it is true and written
when its turn comes. One Celery worker with one process delivers them to aiosmtpd, a real SMTP
server in a process of its own. What counts is the time between the first and the last that it took.
"""

import contextlib
import secrets
import subprocess
import sys
import time
from datetime import datetime, timedelta
from typing import cast

from benchmarks import measuring, temporary_portal

MESSAGES, TARGET, LONGEST = 3_000, 1_000, 600
HOUR = timedelta(hours=1)


def main():
    from coaching_portal.operations.embedded import free_port

    port = free_port()
    with (
        _mail_server(port) as counted,
        temporary_portal.running(EMAIL_URL=f"smtp://127.0.0.1:{port}", WORKER_PROCESSES="1"),
    ):
        _owe(MESSAGES)
        with _worker():
            first, last, sent = _deliver()
        taken = counted()
    a_minute = (sent - 1) / (last - first).total_seconds() * 60
    print("| messages | sent | taken by the mail server | seconds | a minute |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    print(
        f"| {MESSAGES:,} | {sent:,} | {taken:,} | {(last - first).total_seconds():.1f} "
        f"| {a_minute:,.0f} |"
    )
    return 0 if sent == taken == MESSAGES and a_minute >= TARGET else 1


@contextlib.contextmanager
def _mail_server(port):
    """aiosmtpd, which says a line for each message; the function counts them."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.mail_server", str(port)],
        stdout=subprocess.PIPE,
        text=True,
    )

    def counted():
        server.terminate()
        return int(server.communicate()[0])

    try:
        yield counted
    finally:
        server.kill()


def _owe(number):
    """Half as many sessions, each confirmed to its client and told to its coach."""
    from django.utils import timezone

    from bookings import emails
    from bookings.models import CoachingSession
    from profiles.models import Coach, User

    at = timezone.now()
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=30)
    coach = Coach.objects.create(user=measuring.person("coach"), slug="una", is_public=True)
    clients = [measuring.person(f"client{each}") for each in range(50)]
    rows = [
        measuring.session(coach, clients[each % 50], midnight + each * HOUR)
        for each in range(number // 2)
    ]
    for session in CoachingSession.objects.bulk_create(rows):
        emails.session_booked(session, by=cast(User, session.client), at=at)


@contextlib.contextmanager
def _worker():
    from coaching_portal.operations.embedded import children
    from coaching_portal.operations.portal.programs import programs

    worker = next(each for each in programs(secrets.token_hex(8)) if each.name == "Worker")
    process = worker.start()
    try:
        worker.wait(process)
        yield
    finally:
        children.end(process, worker.end_signal)


def _deliver():
    """(first, last, how many): as beat does, a task every ten seconds, until nothing is due."""
    from django.db.models import Max, Min
    from django.utils import timezone

    from coaching_portal.notifications.models import OutgoingMessage
    from coaching_portal.notifications.tasks import deliver_due_messages

    ends = time.monotonic() + LONGEST
    while OutgoingMessage.objects.due(timezone.now()).exists() and time.monotonic() < ends:
        deliver_due_messages.apply_async(expires=10)
        time.sleep(10)
    while OutgoingMessage.objects.filter(status="SENDING").exists() and time.monotonic() < ends:
        time.sleep(0.2)
    sent = OutgoingMessage.objects.filter(status="SENT")
    span: dict[str, datetime] = sent.aggregate(first=Min("settled_at"), last=Max("settled_at"))
    return span["first"], span["last"], sent.count()


if __name__ == "__main__":
    sys.exit(main())
