"""manage.py rotate_keys: afterwards the first key opens everything, and the earlier ones can go."""

import io

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command

from bookings.actions import connections
from bookings.connections.providers import Credentials
from bookings.models import CalendarConnection
from coaching_portal.common import vault
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import NINE

EARLIER, LATER = "the-key-of-last-year", "the-key-of-this-year"

pytestmark = pytest.mark.django_db


@pytest.fixture
def secrets(client_user, coach, settings):
    """secrets(): what is encrypted under the earlier key, as it is read now."""
    settings.VAULT_KEYS = [EARLIER]
    TOTP.activate(client_user, "HERONSNESTHERONSNESTHERONSNEST22")
    RecoveryCodes.activate(client_user)
    outbox.queue(
        "account-code", about=client_user, due_at=NINE, recipient=client_user, secret={"code": "1"}
    )

    connections.connect(
        coach=coach,
        kind="CALDAV",
        label="Work",
        credentials=Credentials("https://cloud.example.com/", "una", "heron"),
        at=NINE,
    )

    def read():
        app, codes = client_user.authenticator_set.order_by("-type")
        message = OutgoingMessage.objects.get(kind="account-code")
        return (
            vault.decrypt(app.data["secret"].encode()),
            RecoveryCodes(codes).get_unused_codes(),
            outbox.secret_of(message),
            connections.credentials_of(CalendarConnection.objects.get()),
        )

    return read


def rotate():
    said = io.StringIO()
    call_command("rotate_keys", stdout=said)
    return said.getvalue().strip()


def test_afterwards_the_later_key_is_enough(secrets, settings):
    before = secrets()
    settings.VAULT_KEYS = [LATER, EARLIER]

    said = rotate()

    settings.VAULT_KEYS = [LATER]
    assert said == "Under the first key now: 2 second factors, 1 messages, 1 calendar connections."
    assert secrets() == before


def test_control_without_it_the_earlier_key_is_needed(secrets, settings):
    settings.VAULT_KEYS = [LATER]

    with pytest.raises(vault.WrongKey):
        secrets()


def test_doing_it_twice_is_harmless(secrets, settings):
    before = secrets()

    assert rotate() == rotate()
    assert secrets() == before


def test_a_key_that_is_missing_is_said_and_nothing_is_lost(secrets, settings):
    before = secrets()
    settings.VAULT_KEYS = [LATER]

    with pytest.raises(CommandError, match="Put the key of that time behind the first"):
        rotate()

    settings.VAULT_KEYS = [EARLIER]
    assert secrets() == before
