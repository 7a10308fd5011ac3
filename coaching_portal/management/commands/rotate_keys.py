"""manage.py rotate_keys: bring every secret under the first key, so that earlier ones can go."""

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from bookings.models import CalendarConnection
from coaching_portal.common import vault
from coaching_portal.notifications.models import OutgoingMessage

# What is encrypted of a second factor: the app's secret, and what recovery codes come from.
SECRETS_OF_A_FACTOR = ("secret", "seed")


class Command(BaseCommand):
    help = "Encrypt every secret anew with the first of VAULT_KEYS; any of them may have been used."

    def handle(self, **options):
        factors, messages = (
            Authenticator.objects.all(),
            OutgoingMessage.objects.exclude(secret=None),
        )
        try:
            done = (
                _each(factors, _rotate_factor),
                _each(messages, _rotate_secret),
                _each(CalendarConnection.objects.all(), _rotate_secret),
            )
        except vault.WrongKey as refusal:
            raise CommandError(f"{refusal} Put the key of that time behind the first.") from refusal
        self.stdout.write(
            f"Under the first key now: {done[0]} second factors, {done[1]} messages, "
            f"{done[2]} calendar connections."
        )


def _each(rows, rotate):
    """A transaction a row, so that nobody who signs in waits; how many held a secret."""
    return sum(
        _in_turn(rows, key, rotate) for key in rows.order_by("pk").values_list("pk", flat=True)
    )


@transaction.atomic
def _in_turn(rows, key, rotate):
    row = rows.select_for_update(of=("self",)).filter(pk=key).first()
    return rotate(row) if row else False


def _rotate_factor(factor):
    secrets = {name: factor.data[name] for name in SECRETS_OF_A_FACTOR if factor.data.get(name)}
    factor.data |= {name: _rotated_text(secret) for name, secret in secrets.items()}
    if codes := factor.data.get("migrated_codes"):
        factor.data["migrated_codes"] = [_rotated_text(code) for code in codes]
    factor.save(update_fields=["data"])
    return bool(secrets)


def _rotated_text(secret):
    return vault.rotate(secret.encode()).decode()


def _rotate_secret(row):
    if not row.secret:
        return False
    row.secret = vault.rotate(row.secret)
    row.save(update_fields=["secret"])
    return True
