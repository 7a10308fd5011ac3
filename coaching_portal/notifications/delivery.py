"""Delivery: claim what is due, ask again whether it is true, send it, settle it.

A worker may be killed at any point. A claim is a lease, so that what it held is taken up again;
whoever settles must still hold it, so that a slow worker cannot undo another's work. Between the
mail server's "accepted" and our commit a kill sends a message twice, with the same Message-ID.
"""

import contextlib
import logging
import random
import time
from collections import Counter
from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F

from coaching_portal.notifications import refusals, sender, unsubscribe
from coaching_portal.notifications.envelope import envelope
from coaching_portal.notifications.kinds import kind_of
from coaching_portal.notifications.models import Heartbeat, MessageEvent, OutgoingMessage
from coaching_portal.observability.redaction import described

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 8
# Below the task's soft limit of 50 s, and far below the lease.
SECONDS_A_RUN = 40

Status, What = OutgoingMessage.Status, MessageEvent.What
logger = logging.getLogger(__name__)


class Clock:
    """The moment that a run was given, moving on with the time that the run has taken."""

    def __init__(self, at, seconds):
        self.at, self.seconds, self.started = at, seconds, time.monotonic()

    def now(self):
        return self.at + timedelta(seconds=time.monotonic() - self.started)

    def has_time(self):
        return time.monotonic() - self.started < self.seconds


def deliver_due(at, limit=50, seconds=SECONDS_A_RUN):
    """Send everything that is due, `limit` at a time; returns how many ended in which way."""
    Heartbeat.objects.beat("outbox", at)
    refusals.release()
    clock = Clock(at, seconds)
    counts: Counter[str] = Counter()
    with sender.asked_once():
        while clock.has_time() and (claimed := claim(clock.now(), limit)):
            counts += _deliver(claimed, clock)
    return counts


@transaction.atomic
def claim(at, limit):
    """Take up to `limit` due messages for two minutes; other workers take others."""
    claimed = next_due(at, limit)
    for message in claimed:
        message.status, message.lease_until = Status.SENDING, at + LEASE
        message.attempts += 1
    OutgoingMessage.objects.filter(pk__in=[message.pk for message in claimed]).update(
        status=Status.SENDING, lease_until=at + LEASE, attempts=F("attempts") + 1
    )
    return claimed


def next_due(at, limit):
    """Those to claim, locked.

    What a worker left behind is taken last and alone. It may be what killed that worker, and in a
    batch it would use up the attempts of others that were never tried.
    """
    due = OutgoingMessage.objects.due(at).order_by("due_at", "pk")
    due = due.select_for_update(skip_locked=True)
    waiting = list(due.filter(status=Status.WAITING)[:limit])
    return waiting or list(due.filter(status=Status.SENDING)[:1])


def _deliver(claimed, clock):
    """Deliver a batch over one connection; give back what there is no time for."""
    counts: Counter[str] = Counter()
    connection = get_connection()
    try:
        for message in claimed:
            if clock.has_time():
                counts[_deliver_one(message, connection, clock)] += 1
            else:
                _release(message)
    finally:
        _close(connection)
    return counts


def _close(connection):
    with contextlib.suppress(OSError, SMTPException):
        connection.close()


def _deliver_one(message, connection, clock):
    """Whatever goes wrong with one message is that message's failure, and no other's."""
    try:
        if reason := _reason_not_to_send(message, clock.now()):
            return finish(message, Status.DROPPED, clock.now(), detail=reason)
        if refusals.is_refused(message):
            return finish(message, Status.HELD, clock.now())
        if message.attempts > MOST_ATTEMPTS:
            return finish(message, Status.DEAD, clock.now(), detail="Sending never came to an end")
        _send(message, connection)
    except Exception as error:
        _close(connection)  # it may be half-way through a conversation
        return _fail(message, error, clock.now())
    refusals.accepted(message)
    return finish(message, Status.SENT, clock.now())


def _reason_not_to_send(message, at):
    if message.not_after and at >= message.not_after:
        return "It came too late to be of use"
    if message.recipient and not message.recipient.is_active:
        return "The recipient's account is closed"
    if not message.send_to:
        return "The recipient has no email address"
    if unsubscribe.is_declined(message):
        return "The recipient has declined messages of this kind"
    if not kind_of(message.kind).is_still_valid(message, at):
        return "It was out of date"
    return ""


def _send(message, connection):
    mail = envelope(message, kind_of(message.kind).render(message), connection)
    connection.open()  # once a batch: while it is open, sending leaves it open
    connection.send_messages([mail])


def _is_permanent(error):
    """The mail server says that trying again is no use (5xx)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= 500


def _fail(message, error, at):
    """Try again later, or give up after a permanent refusal or the last attempt."""
    detail, is_ours = _in_words(error)[:1000], not isinstance(error, OSError)
    logger.warning(
        "Message %s (%s) failed: %s", message.uuid, message.kind, error, exc_info=is_ours
    )
    refusals.note(message, error, at)
    if _is_permanent(error) or message.attempts >= MOST_ATTEMPTS:
        return finish(message, Status.DEAD, at, detail=detail, last_error=detail)

    again_at = at + wait_after(message.attempts)
    with transaction.atomic():
        mine = OutgoingMessage.objects.being_sent(message)
        if mine.update(status=Status.WAITING, due_at=again_at, lease_until=None, last_error=detail):
            MessageEvent.objects.create(message=message, what=What.FAILED, at=at, detail=detail)
    return Status.WAITING


def _in_words(error):
    """What a mail server says is for the office to read; words of our own faults are not.

    They may be somebody's: an error in a template repeats what it was given.
    """
    from_outside = isinstance(error, OSError)  # SMTPException is one
    return f"{type(error).__name__}: {error}" if from_outside else described(error)


def wait_after(attempts):
    """2, 4, 8 … minutes up to an hour, a little less by chance so that failures spread out."""
    minutes = min(2**attempts, 60) * random.uniform(0.8, 1)  # noqa: S311  (no secret)  # nosec B311
    return timedelta(minutes=minutes)


def finish(message, status, at, *, detail="", **changes):
    """Write down the end of it, unless the message is no longer in our hands.

    Its state comes first and by itself: a kill before that is stored sends the message twice. Its
    history may be a line short then.
    """
    if message.secret:
        changes["secret"] = b""
    mine = OutgoingMessage.objects.being_sent(message)
    if mine.update(status=status, settled_at=at, lease_until=None, **changes):
        MessageEvent.objects.create(message=message, what=status, at=at, detail=detail)
    return status


def _release(message):
    """Give a message back untried."""
    OutgoingMessage.objects.being_sent(message).update(
        status=Status.WAITING, lease_until=None, attempts=message.attempts - 1
    )
