"""Where django-allauth asks the portal: addresses, mail, words, and what is kept encrypted."""

import time
import unicodedata
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from coaching_portal.common import vault
from profiles.accounts import emails, known_devices, login_stages, second_factor


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "Your email address or password is incorrect. "
        "Check both, or choose a new password.",
        "too_many_login_attempts": "There have been too many attempts. Wait five minutes, then "
        "try again.",
        "incorrect_code": "That code is wrong. Check it, or ask for a new one.",
        "incorrect_password": "This is not your password.",
        "enter_current_password": "This is not your current password.",
        "duplicate_email": "This is the address that you already use.",
        "rate_limited": "You have just asked for a code. Wait a moment, then ask again.",
    }

    def save_user(self, request, user, form, commit=True):
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit)

    def get_password_change_redirect_url(self, request):
        return reverse("profiles:account")

    def get_email_verification_redirect_url(self, email_address):
        return reverse("profiles:account")

    def is_safe_url(self, url):
        """Only addresses on this site, written without a host."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_reset_password_from_key_url(self, key):
        uid, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", args=[uid, token])
        return f"{settings.SITE_URL}{path}"

    def send_mail(self, template_prefix, email, context):
        emails.queue_email(template_prefix, email, context)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        super().send_notification_mail(
            template_prefix, user, {**(context or {}), "user": user}, email
        )

    def pre_authenticate(self, request, **credentials):
        """Count an attempt: on a device that the person has used before, apart from strangers'."""
        if device := self.known_device(request, **credentials):
            self._login_failed_rl_usage = self._consume("login_failed_known_device", device)
            return
        super().pre_authenticate(request, **credentials)
        usage = self._login_failed_rl_usage.usage  # what a successful sign-in gives back
        try:
            usage += self._consume("login_failed_anywhere", "everybody").usage
        except ValidationError:
            # Many fail, all over: each address and each account is given fewer attempts. Nobody
            # is refused because of what others try at other accounts.
            key = self._get_login_attempts_cache_key(request, **credentials)
            usage += self._consume("login_failed_slower", key).usage

    def known_device(self, request, **credentials):
        typed = self._get_login_attempts_cache_key(request, **credentials)

        def is_same(email):
            return self._get_login_attempts_cache_key(request, email=email) == typed

        return known_devices.find_by_email(request, is_same, timezone.now())

    def _consume(self, action, key):
        usage = ratelimit.consume(self.request, app="allauth.account", action=action, key=key)
        if not usage:
            raise self.validation_error("too_many_login_attempts")
        return usage

    def login(self, request, user):
        login_stages.insist_on_one_password(request, user)
        super().login(request, user)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Whoever has just signed in has just said who they are."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def _get_login_attempts_cache_key(self, request, **credentials):
        """An account is one account under any host name and in any letter case."""
        login = unicodedata.normalize("NFKC", credentials.get("email") or "")
        return login.strip().casefold()


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": "You can see other people’s confidential information, "
        "so the second step has to stay on.",
        "unverified_email": "Verify your email address first.",
    }

    def get_totp_issuer(self):
        return settings.SITE_URL.split("://", 1)[1]

    def encrypt(self, text):
        return vault.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return vault.decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self):
        """Whose passkeys they are: the name that people type, whatever a request calls itself."""
        name = urlsplit(settings.SITE_URL).hostname
        if settings.EMBEDDED:  # localhost and the tests' servers answer too
            name = context.request.get_host().partition(":")[0]
        return {"id": name, "name": self.get_totp_issuer()}

    def generate_authenticator_name(self, user, type):
        number = user.authenticator_set.filter(type=type).count() + 1
        return f"Passkey {number}" if number > 1 else "Passkey"

    def can_delete_authenticator(self, authenticator):
        return not second_factor.is_last_of_required(authenticator)
