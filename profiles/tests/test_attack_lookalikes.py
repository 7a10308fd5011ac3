"""An address that only looks like somebody's: a dotless ı, whose capital is the I of others.

`lıve.example.org` can be registered like any other name, so its owner can confirm an address there.
"""

import pytest

from bookings.actions import enquiries
from bookings.models import Enquiry
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.personal_data import export
from coaching_portal.testing.plugin import NINE
from profiles.accounts import emails
from profiles.actions import erasure
from training.actions.places import verified_user

pytestmark = pytest.mark.django_db

OWN = "vi@live.example.org"
LOOKALIKE = "vi@l\N{LATIN SMALL LETTER DOTLESS I}ve.example.org"


@pytest.fixture
def enquiry():
    """What Vi, who has no account, asked in confidence."""
    return enquiries.submit_enquiry(
        subject="MESSAGE", name="Vi", email=OWN, message="My own secret", at=NINE
    )


@pytest.fixture
def impostor(make_user):
    return make_user(LOOKALIKE, name="Ivy Impostor")


def test_their_copy_of_the_data_holds_nothing_of_the_other(enquiry, impostor):
    data = str(export.collect(impostor, NINE))

    assert enquiry.message not in data
    assert OWN not in data


def test_erasing_them_leaves_the_others_enquiry_and_mail(enquiry, impostor):
    emails.queue_email("account/email/unknown_account", OWN, {})

    erasure.erase(user=impostor, at=NINE)

    assert Enquiry.objects.filter(pk=enquiry.pk).exists()
    assert OutgoingMessage.objects.get(address=OWN).status == OutgoingMessage.Status.WAITING


def test_control_compared_in_capitals_they_are_the_same(enquiry, impostor):
    assert Enquiry.objects.filter(email__iexact=impostor.email).exists()


def test_vi_herself_has_what_she_wrote_in_any_letter_case(make_user):
    enquiries.submit_enquiry(
        subject="MESSAGE", name="Vi", email="Vi@Live.Example.ORG", message="My own secret", at=NINE
    )

    assert "My own secret" in str(export.collect(make_user(OWN), NINE))


def test_a_place_bought_for_the_lookalike_is_not_the_others(make_user):
    vi = make_user(OWN)

    assert verified_user(LOOKALIKE) is None
    assert verified_user(OWN.upper()) == vi


def test_mail_about_an_account_is_not_entered_as_the_others(make_user):
    make_user(OWN)

    emails.queue_email("account/email/unknown_account", LOOKALIKE, {})

    assert OutgoingMessage.objects.get(address=LOOKALIKE).recipient is None
