"""A visitor's booking waits until the email is proved: by the code, or by the link beside it."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bookings.emails import pending_bookings as emails
from bookings.models import PendingBooking
from coaching_portal.common.refusals import Refusal
from profiles.models import Coach

CODE_LASTS = timedelta(hours=1)


class WrongCode(Refusal):
    def __init__(
        self, message: str = "That code is wrong. Check it, or ask for a new one."
    ) -> None:
        super().__init__(message)


class CodeExpired(Refusal):
    def __init__(self, message: str = "That code no longer works. Ask for a new one.") -> None:
        super().__init__(message)


class CodeUsed(Refusal):
    def __init__(
        self,
        message: str = "That code or link has been used, or it is too old. Choose a time again.",
    ) -> None:
        super().__init__(message)


@transaction.atomic
def save_pending(
    *,
    coach: Coach,
    visitor_key: str,
    email: str,
    selection: dict[str, Any],
    answers: dict[str, Any],
    at: datetime,
) -> PendingBooking:
    """Keep what a visitor chose and typed, and owe the code. Whose email it is is not asked."""
    pending = PendingBooking(
        coach=coach,
        visitor_key=visitor_key,
        email=email.lower(),
        selection=selection,
        answers=answers,
        created_at=at,
    )
    _set_new_code(pending, at)
    return pending


@transaction.atomic
def send_new_code(*, pending: PendingBooking, at: datetime) -> None:
    """Owe another code; those before it no longer work."""
    locked = _lock(pending)
    if locked is None:
        raise CodeUsed
    _set_new_code(locked, at)


def _set_new_code(pending: PendingBooking, at: datetime) -> None:
    code, token = f"{secrets.randbelow(10**6):06}", secrets.token_urlsafe(32)
    pending.set_code(code=code, token=token, expires_at=at + CODE_LASTS)
    pending.save()
    emails.code_asked_for(pending, code=code, token=token, at=at)


def use_code(*, pending: PendingBooking, code: str, at: datetime) -> Refusal | None:
    """Use the code up, and what was pending with it; or say why not.

    The refusal is returned, not raised: the guess must stay counted.
    """
    with transaction.atomic():
        locked = _lock(pending)
        if locked is None:
            return CodeUsed()
        if not locked.can_be_guessed(at):
            return CodeExpired()
        if not locked.is_code(code):
            locked.guesses += 1
            locked.save(update_fields=["guesses"])
            return WrongCode() if locked.can_be_guessed(at) else CodeExpired()
        locked.delete()
        return None


@transaction.atomic
def use_link(*, pending: PendingBooking, token: str, at: datetime) -> None:
    """The same by the link, or raise CodeUsed."""
    working = PendingBooking.objects.of_link(token).of_a_link_that_works(at)
    locked = working.select_for_update().filter(pk=pending.pk).first()
    if locked is None:
        raise CodeUsed
    locked.delete()


def _lock(pending: PendingBooking) -> PendingBooking | None:
    return PendingBooking.objects.select_for_update().filter(pk=pending.pk).first()
