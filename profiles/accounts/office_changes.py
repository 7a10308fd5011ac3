"""What the office changes about a user's sign-in: the user gets an email, and it is recorded."""

from allauth.account.models import EmailAddress

from profiles.accounts import emails


def change_email(*, user, old, at):
    """The account has another address: only it signs in, once it is verified; both get an email."""
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    _record(user, at)
    for address in (old, user.email):
        emails.queue_email("office/email_changed", address, {"user": user})


def tell_of_rights(*, user, at):
    """What the account may do has changed: staff, superuser, a group, being a coach."""
    _record(user, at)
    emails.queue_email("office/rights_changed", user.email, {"user": user})


def tell_of_password(*, user, at):
    _record(user, at)
    emails.queue_email("office/password_changed", user.email, {"user": user})


def _record(user, at):
    """The audit trail keeps no address and no password: that they changed, when, and by whom."""
    user.sign_in_changed_at = at
    user.save(update_fields=["sign_in_changed_at"])
