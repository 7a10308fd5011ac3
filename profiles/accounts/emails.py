"""Mail about accounts: codes, links and notices, owed through the outbox.

A code or a link is a secret: it waits encrypted and is erased once the message is settled.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from coaching_portal.common.formatting import when
from coaching_portal.notifications import outbox
from coaching_portal.notifications.rendering import render
from profiles.models import User

CODE = timedelta(seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT)
LINK = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


@dataclass(frozen=True)
class Mail:
    """What allauth's template stands for: our kind, our templates, and when it is pointless."""

    kind: str
    template: str
    label: str
    worth: timedelta | None = None
    notice: str = ""
    is_by_office: bool = False


def _notice(kind, label, notice):
    return Mail(f"account-{kind}", "profiles/email/notice", label, notice=notice)


def _by_office(kind, label, changed):
    notice = f"We changed {changed}."
    return Mail(f"account-{kind}", "profiles/email/notice", label, notice=notice, is_by_office=True)


_CODE = Mail("account-code", "profiles/email/code", "Code for an email address", CODE)

MAILS = {
    "account/email/email_confirmation_signup": _CODE,
    "account/email/email_confirmation": _CODE,
    "account/email/login_code": Mail(
        "account-sign-in-code", "profiles/email/code", "Code to sign in", CODE
    ),
    "account/email/password_reset_key": Mail(
        "account-new-password", "profiles/email/new_password", "Link to choose a password", LINK
    ),
    "account/email/account_already_exists": Mail(
        "account-exists", "profiles/email/exists", "There is an account already"
    ),
    "account/email/unknown_account": Mail(
        "account-unknown", "profiles/email/unknown", "There is no account"
    ),
    "account/email/password_changed": _notice(
        "password-changed", "Password changed", "Your password was changed."
    ),
    "account/email/password_set": _notice("password-set", "Password set", "A password was set."),
    "account/email/password_reset": _notice(
        "password-reset", "Password reset", "A new password was chosen through a link in an email."
    ),
    "account/email/email_changed": _notice(
        "address-changed", "Email address changed", "Your email address was changed."
    ),
    "office/email_changed": _by_office(
        "address-changed-by-us", "Email address changed", "the email address of your account"
    ),
    "office/password_changed": _by_office(
        "password-changed-by-us", "Password changed", "the password of your account"
    ),
    "office/rights_changed": _by_office(
        "rights-changed-by-us", "Rights changed", "what your account may do"
    ),
    "account/email/email_deleted": _notice(
        "address-removed", "Email address removed", "An email address was removed."
    ),
    "mfa/email/totp_activated": _notice(
        "second-step-on", "Second step on", "Signing in now takes a code from an app."
    ),
    "mfa/email/totp_deactivated": _notice(
        "second-step-off", "Second step off", "Signing in no longer takes a code from an app."
    ),
    "mfa/email/webauthn_added": _notice(
        "passkey-added", "Passkey added", "A passkey was added, with which one can sign in."
    ),
    "mfa/email/webauthn_removed": _notice(
        "passkey-removed", "Passkey removed", "A passkey was removed."
    ),
    "mfa/email/recovery_codes_generated": _notice(
        "recovery-codes", "New recovery codes", "New recovery codes replaced the earlier ones."
    ),
}


@dataclass(frozen=True)
class NoAccount:
    """Whom a message is about when its address belongs to no account."""

    uuid: uuid.UUID


def queue_email(template, email, context):
    """Owe the mail that allauth calls `template` to `email`."""
    mail, at = MAILS[template], timezone.now()
    secret = {"code": context.get("code"), "link": context.get("password_reset_url")}
    user = context.get("user") or User.objects.filter(email=email.lower()).first()
    outbox.queue(
        mail.kind,
        about=user or NoAccount(uuid.uuid4()),
        recipient=user,
        address=email,
        occasion=uuid.uuid4().hex,
        due_at=at,
        not_after=at + mail.worth if mail.worth else None,
        secret=secret if any(secret.values()) else None,
    )


def register_kinds():
    for mail in set(MAILS.values()):
        outbox.register(
            mail.kind,
            render=_renderer(mail),
            is_still_valid=_holds_its_secret if mail.worth else _always,
            label=f"Account: {mail.label}",
            # Without its code nobody gets in, to put the address right.
            is_always_tried=True,
        )


def _holds_its_secret(message, at):
    """A code or a link is erased when it is sent: what is sent again would hold none."""
    return bool(message.secret)


def _always(message, at):
    return True


def _renderer(mail):
    def render_mail(message):
        secret = outbox.secret_of(message)
        context = {**secret, "mail": mail, "address": message.address}
        return render(mail.template, {**context, "facts": _facts(mail, message, secret)})

    return render_mail


def _facts(mail, message, secret):
    if secret.get("code"):
        return [("Code", secret["code"])]
    zone = message.recipient.time_zone if message.recipient else None
    return [("When", when(message.created_at, zone))] if mail.notice else []
