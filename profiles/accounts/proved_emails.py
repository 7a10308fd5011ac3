"""Accounts of people who have just proved an email address by a code that was sent to it."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import EmailAddress, Login
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from profiles.models import User


@transaction.atomic
def get_or_create_account(*, email: str, name: str) -> User | None:
    """The account of a proved email; a new one has no password. None where it is closed.

    The name is for a new account: an existing one keeps its own.
    """
    user = _create(email, name) or User.objects.get(email=email.lower())
    if not user.is_active:
        return None
    if not EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists():
        _verify(user)
    return user


def _create(email: str, name: str) -> User | None:
    if User.objects.filter(email=email.lower()).exists():
        return None
    try:
        with transaction.atomic():
            return User.objects.create_user(email=email, name=name)
    except IntegrityError:  # the same person, a moment ago in another window
        return None


def _verify(user: User) -> None:
    """The address is theirs. A password set before that was proved may be anyone's: it goes."""
    if user.has_usable_password():
        user.set_unusable_password()
        user.save(update_fields=["password"])
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def sign_in(request: HttpRequest, user: Any, *, redirect_url: str) -> HttpResponse:
    """Sign in by the proof, with the second step where the account has one.

    The answer leads there, or to `redirect_url`; `request.user` says whether it is done.
    """
    record_authentication(request, user, method="code", email=user.email)
    return perform_login(request, Login(user=user, redirect_url=redirect_url, email=user.email))
