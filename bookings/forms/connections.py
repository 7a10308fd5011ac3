"""Connecting a calendar, and what its calendars do."""

from typing import Any

from django import forms

from bookings.connections.providers import Credentials
from bookings.models import CalendarConnection
from coaching_portal.common import public_web
from coaching_portal.common.feed_sources import Shows
from coaching_portal.common.forms import TaglessMixin

Kind = CalendarConnection.Kind
NO_CALENDAR = ""


class ConnectForm(TaglessMixin, forms.Form):
    label = forms.CharField(
        label="Name",
        max_length=40,
        help_text="A name by which you know it again, such as “Home” or “iCloud”.",
        error_messages={"required": "Enter a name."},
    )
    kind = forms.ChoiceField(
        label="Kind of calendar", choices=Kind, widget=forms.RadioSelect, initial=Kind.CALDAV
    )
    address = forms.CharField(
        label="Address",
        max_length=public_web.LONGEST_ADDRESS,
        help_text="iCloud: https://caldav.icloud.com. Fastmail: https://caldav.fastmail.com. "
        "Nextcloud: the address of your Nextcloud. Secret address: as your calendar shows it.",
        error_messages={"required": "Enter the address."},
    )
    username = forms.CharField(
        label="Username",
        max_length=200,
        required=False,
        help_text="Often your email address. Leave it empty for a secret address.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label="App password",
        max_length=200,
        required=False,
        strip=False,
        help_text="Make one for this portal in the security settings of your calendar account. "
        "Do not use your usual password. Leave it empty for a secret address.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_address(self) -> str:
        address = self.cleaned_data["address"].strip()
        scheme, separator, rest = address.partition("://")
        if separator and scheme.lower() in ("webcal", "webcals"):
            address = f"https://{rest}"
        elif not separator:
            address = f"https://{address}"
        try:
            public_web.checked(address)
        except public_web.UnsafeAddress as error:
            raise forms.ValidationError(str(error)) from None
        return address

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") == Kind.CALDAV:
            for name, words in (("username", "your username"), ("password", "an app password")):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, f"Enter {words}.")
        if ":" in given.get("username", ""):
            self.add_error("username", "Enter a username without a colon.")
        return given

    @property
    def credentials(self) -> Credentials:
        given = self.cleaned_data
        if given["kind"] == Kind.ICS:
            return Credentials(given["address"])
        return Credentials(given["address"], given["username"], given["password"])


class CalendarsForm(TaglessMixin, forms.Form):
    """What each calendar of a connection does."""

    blocking = forms.TypedMultipleChoiceField(
        label="These calendars block your time",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Clients cannot book you while you are busy in one of them.",
    )
    gets_sessions = forms.TypedChoiceField(
        label="Write my sessions to",
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    shows = forms.ChoiceField(
        label="What is written",
        choices=[
            (Shows.BUSY, "“Coaching session” only"),
            (Shows.INITIALS, "The client’s initials"),
            (Shows.NAMES, "The client’s name"),
        ],
        widget=forms.RadioSelect,
        help_text="Never what a session is about.",
    )

    def __init__(self, data: Any = None, *, connection: CalendarConnection):
        calendars = list(connection.calendars.order_by("pk"))
        chosen = next((each.pk for each in calendars if each.gets_sessions), None)
        initial = {
            "blocking": [each.pk for each in calendars if each.blocks],
            "gets_sessions": chosen or NO_CALENDAR,
            "shows": connection.shows,
        }
        super().__init__(data, initial=initial)
        writable = [(each.pk, each.name) for each in calendars if each.can_write]
        fields: Any = self.fields
        fields["blocking"].choices = [(each.pk, each.name) for each in calendars]
        fields["gets_sessions"].choices = [(NO_CALENDAR, "None of them"), *writable]
        if not writable:
            fields["gets_sessions"].widget = forms.HiddenInput()
            fields["shows"].widget = forms.HiddenInput()


class PasswordForm(TaglessMixin, forms.Form):
    password = forms.CharField(
        label="New app password",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter the new app password."},
    )
