"""What training does when a user verifies an email or signs in."""

from allauth.account.signals import email_confirmed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from training.actions import claim_places


@receiver(email_confirmed)
def claim_for_a_confirmed_address(request, email_address, **kwargs):
    claim_places(user=email_address.user)


@receiver(user_logged_in)
def claim_at_sign_in(request, user, **kwargs):
    claim_places(user=user)
