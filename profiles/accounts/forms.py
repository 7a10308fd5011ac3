"""The account's forms: django-allauth's, with our labels and one password field each."""

from copy import copy
from functools import cache
from typing import cast
from uuid import uuid4
from zoneinfo import available_timezones

from allauth.account import forms as account
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.models import EmailAddress
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.db import IntegrityError, transaction
from django.utils import timezone
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from coaching_portal.common import visible_text
from coaching_portal.common.forms import TaglessMixin
from profiles.accounts import code_attempts, known_devices
from profiles.actions import consents
from profiles.models import User
from profiles.names import validate_name

GOOD_ENOUGH = "At least 12 characters. A few words in a row are good; common passwords are refused."


MISSING = {
    "name": "Enter your name",
    "email": "Enter your email address",
    "login": "Enter your email address",
    "password": "Enter your password",
    "oldpassword": "Enter your current password",
    "password1": "Choose a password",
    "code": "Enter the code",
    "time_zone": "Choose your time zone",
}


class PlainFields(forms.BaseForm):
    """Labels and hints instead of placeholders, which vanish when they are needed."""

    labels: dict[str, str] = {}
    hints: dict[str, str] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, field.help_text)
            field.error_messages["required"] = MISSING.get(name, field.error_messages["required"])
        visible_text.guard_form(self)


class OnePassword(forms.BaseForm):
    """The password is typed once: it can be shown, pasted, or replaced by mail."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class CodeField(forms.BaseForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"spellcheck": "false", "class": "code"}


class CodeOfTheApp(mfa.BaseAuthenticateForm):
    """A code of the app counts once, for as long as its time runs."""

    def clean_code(self):
        device = known_devices.find(context.request, self.user, timezone.now())
        code = self._clean_code_on(device) if device else super().clean_code()
        is_of_the_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_of_the_app and not code_attempts.take(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _clean_code_on(self, device):
        """As allauth does, but counted for the known device alone: strangers do not use it up."""
        key = f"code {device}"
        if not ratelimit.consume(context.request, action="login_failed_known_device", key=key):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        code = self.cleaned_data["code"]
        factors = Authenticator.objects.filter(user=self.user)
        for factor in factors.exclude(type=Authenticator.Type.WEBAUTHN):
            if factor.wrap().validate_code(code):
                factor.user = self.user
                self.authenticator = factor
                return code
        raise get_adapter().validation_error("incorrect_code")


class SignInForm(PlainFields, account.LoginForm):
    labels = {"login": "Email address", "password": "Password"}
    hints = {"password": ""}  # the page itself leads to a new one


class SignUpForm(PlainFields, account.SignupForm):
    name = forms.CharField(max_length=150, widget=forms.TextInput({"autocomplete": "name"}))

    labels = {"name": "Your name", "email": "Email address", "password1": "Password"}
    hints = {"email": "We send a code to it.", "password1": GOOD_ENOUGH}
    field_order = ["name", "email", "password1"]
    account_already_exists: bool  # said by allauth's clean()

    def try_save(self, request):
        if self.account_already_exists:
            self._work_in_vain(request)
            return super().try_save(request)
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:  # somebody else signed up with this address a moment ago
            self.account_already_exists = True
            return super().try_save(request)

    def _work_in_vain(self, request):
        """What a new account would take, so that the answer takes as long; nothing is kept."""
        copy_of_form = copy(self)
        copy_of_form.account_already_exists = False
        copy_of_form.cleaned_data = {**self.cleaned_data, "email": f"{uuid4()}@nobody.invalid"}
        with transaction.atomic():
            copy_of_form.save(request)
            transaction.set_rollback(True)


class ChangeEmailForm(PlainFields, account.AddEmailForm):
    labels = {"email": "New email address"}
    hints = {"email": "We send a code to it. Nothing changes until you enter the code."}


class ChangePasswordForm(OnePassword, PlainFields, account.ChangePasswordForm):
    labels = {"oldpassword": "Current password", "password1": "New password"}
    hints = {"oldpassword": "", "password1": GOOD_ENOUGH}


class SetPasswordForm(OnePassword, PlainFields, account.SetPasswordForm):
    labels = {"password1": "Password"}
    hints = {"password1": GOOD_ENOUGH}


class ResetPasswordForm(PlainFields, account.ResetPasswordForm):
    labels = {"email": "Email address"}


class NewPasswordForm(OnePassword, PlainFields, account.ResetPasswordKeyForm):
    labels = {"password1": "New password"}
    hints = {"password1": GOOD_ENOUGH}


class ConfirmEmailForm(CodeField, PlainFields, account.ConfirmEmailVerificationCodeForm):
    labels = {"code": "Code"}
    hints = {"code": "Six digits"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self):
        if not code_attempts.may_guess(self.email, self.expected_code):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        return super().clean_code()


class RequestCodeForm(PlainFields, account.RequestLoginCodeForm):
    labels = {"email": "Email address"}
    hints = {"email": "We send a code to it."}
    _user: User | None  # whom allauth has found

    def clean_email(self):
        """Only where the address has been proved: a password set before that may be anyone's."""
        email = super().clean_email()
        proved = EmailAddress.objects.filter(user=self._user, email__iexact=email, verified=True)
        if not proved.exists():
            self._user = None
        return email


class SignInCodeForm(CodeField, PlainFields, account.ConfirmLoginCodeForm):
    labels = {"code": "Code"}
    hints = {"code": "Six digits"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self):
        stage = context.request._login_stage
        # By when it was asked for: there is no code where there is no account, and none may show.
        if not code_attempts.may_guess(stage.login.email, stage.state["at"]):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        return super().clean_code()


class ConfirmPasswordForm(PlainFields, account.ReauthenticateForm):
    labels = {"password": "Password"}
    hints = SignInForm.hints


class SecondFactorForm(CodeOfTheApp, CodeField, PlainFields, mfa.AuthenticateForm):
    labels = {"code": "Code"}
    hints = {"code": "Six digits from your app, or one of your recovery codes"}


class ConfirmSecondFactorForm(CodeOfTheApp, CodeField, PlainFields, mfa.ReauthenticateForm):
    labels = SecondFactorForm.labels
    hints = SecondFactorForm.hints


class ActivateAppForm(CodeField, PlainFields, totp.ActivateTOTPForm):
    labels = {"code": "Code from the app"}
    hints = {"code": "Six digits"}


class PasskeyAnswerField(forms.JSONField):
    """What a browser sent of a passkey, if it can be read as such an answer at all.

    Allauth reads it too, yet lets most of what fido2 then fails with become a 500.
    """

    widget = forms.HiddenInput

    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def to_python(self, value):
        answer = super().to_python(value)
        try:
            if answer is not None:
                self.kind.from_dict(answer)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise get_adapter().validation_error("incorrect_code") from None
        return answer


class PasskeyForm(webauthn.AuthenticateWebAuthnForm):
    credential = PasskeyAnswerField(AuthenticationResponse)


class PasskeyAloneForm(webauthn.LoginWebAuthnForm):
    credential = PasskeyAnswerField(AuthenticationResponse)


class ConfirmWithPasskeyForm(webauthn.ReauthenticateWebAuthnForm):
    credential = PasskeyAnswerField(AuthenticationResponse)


class AddPasskeyForm(PlainFields, webauthn.AddWebAuthnForm):
    credential = PasskeyAnswerField(RegistrationResponse)
    labels = {"name": "Name of the passkey", "passwordless": "Sign in with it alone"}
    hints = {
        "name": "So that you know it again, such as “My phone”.",
        "passwordless": "Without your password: the device asks for your fingerprint, face or PIN.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name = cast(forms.CharField, self.fields["name"])
        name.max_length = name.widget.attrs["maxlength"] = 60
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(PlainFields, webauthn.EditWebAuthnForm):
    labels = {"name": "Name of the passkey"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["maxlength"] = 60

    def clean_name(self):
        return self.cleaned_data["name"][:60]


@cache
def _zones():
    """Every zone under its continent: [("Europe", [("Europe/London", "London"), …]), …]."""
    groups: dict[str, list] = {}
    for zone in sorted(available_timezones()):
        continent, _, place = zone.partition("/")
        if place and continent not in ("Etc", "SystemV", "posix", "right"):
            groups.setdefault(continent, []).append((zone, place.replace("_", " ")))
    return sorted(groups.items())


class DetailsForm(PlainFields, forms.ModelForm):
    time_zone = forms.ChoiceField(
        label="Time zone", choices=_zones, help_text="Times are shown to you in this zone."
    )

    class Meta:
        model = User
        fields = ["name", "phone", "needs", "time_zone"]
        labels = {"name": "Your name", "phone": "Phone", "needs": "Accessibility needs"}
        help_texts = {
            "phone": "For sessions by phone, and if a session has to change at short notice.",
            "needs": "Anything that makes a session or a course day work for you. "
            + consents.NEEDS_WORDS,
        }
        widgets = {
            "name": forms.TextInput({"autocomplete": "name"}),
            "phone": forms.TextInput({"autocomplete": "tel", "type": "tel"}),
            "needs": forms.Textarea({"rows": 3}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True

    def save(self, *, at):  # type: ignore[override]  # the moment comes in, as for actions
        needs = self.cleaned_data["needs"]
        user = super().save()
        consents.record_needs(user=user, needs=needs, at=at)
        return user


class InviteAssistantForm(TaglessMixin, forms.Form):
    """Who is to book, move and cancel for the user."""

    name = forms.CharField(
        label="Assistant’s name",
        max_length=150,
        validators=[visible_text.LINE, validate_name],
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Enter the assistant’s name."},
    )
    email = forms.EmailField(
        label="Assistant’s email address",
        max_length=254,
        validators=[visible_text.LINE],
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text="We send an invitation to it, which works for 14 days.",
        error_messages={
            "required": "Enter the assistant’s email address.",
            "invalid": "Enter the email address in the form name@example.org.",
        },
    )
