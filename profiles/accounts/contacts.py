"""People whom a coach enters by name, with an email address or a phone number.

A contact is a row of its own, also where the address is that of an account: an address that
nobody has proved joins nothing, and what the coach reads is what she entered.
"""

import uuid

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from coaching_portal.notifications.models import OutgoingMessage
from profiles.accounts import proved_emails
from profiles.models import User
from profiles.models.users import NO_ADDRESS


def create_contact(*, name: str, email: str = "", phone: str = "") -> User:
    """Somebody who cannot sign in, and is written to or phoned."""
    address = f"contact-{uuid.uuid4()}{NO_ADDRESS}"
    return User.objects.create_user(address, name=name, unproved_email=email.lower(), phone=phone)


def account_of(contact: User) -> User | None:
    """The account of a contact whose address is proved now: its own from now on, or one there was.

    None where that account is closed.
    """
    if not User.objects.filter(email=contact.unproved_email).exists() and _takes_address(contact):
        return contact
    return proved_emails.get_or_create_account(email=contact.unproved_email, name=contact.name)


def _takes_address(contact: User) -> bool:
    email, contact.email, contact.unproved_email = contact.email, contact.unproved_email, ""
    try:
        with transaction.atomic():
            contact.save(update_fields=["email", "unproved_email"])
    except IntegrityError:  # the same person has signed up a moment ago
        contact.email, contact.unproved_email = email, contact.email
        return False
    EmailAddress.objects.create(user=contact, email=contact.email, verified=True, primary=True)
    return True


def hand_over_messages(*, contact: User, account: User) -> None:
    """What was sent to the contact, and what is still to be sent, is the account's."""
    OutgoingMessage.objects.filter(recipient=contact).update(recipient=account)
