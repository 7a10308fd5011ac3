"""Which days and hours would suit a client who waits for an earlier time."""

from datetime import time

from django import forms

from bookings.actions.earlier_times import Suitable
from bookings.forms.fields import ClockField
from bookings.models.earlier_times import MIDNIGHT, WEEKDAYS
from coaching_portal.common import formatting
from coaching_portal.common.choice_fields import choice_field
from coaching_portal.common.date_fields import DayField
from coaching_portal.common.forms import TaglessMixin

FURTHEST_AHEAD = 366  # days


class EarlierTimeForm(TaglessMixin, forms.Form):
    """Of a session that is booked, length and location are known."""

    minutes = forms.TypedChoiceField(label="Length", coerce=int)
    location = forms.ChoiceField(label="Location")
    weekdays = forms.TypedMultipleChoiceField(
        label="Days that would suit",
        coerce=int,
        choices=WEEKDAYS,
        initial=[0, 1, 2, 3, 4],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one day"},
    )
    from_time = ClockField(label="Not before", initial=time(9))
    until_time = ClockField(
        label="Over by", initial=time(17), help_text="The whole session lies between these times."
    )
    first_on = DayField(label="First date", missing="Enter the first date that would suit")
    last_on = DayField(label="Last date", missing="Enter the last date that would suit")

    def __init__(self, *args, today, lengths, locations, session_on=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.today, self.session_on = today, session_on
        for name, choices in (("minutes", lengths), ("location", locations)):
            if session_on:
                del self.fields[name]
            else:
                choice_field(self, name).choices = choices
        self.fields["from_time"].error_messages["required"] = "Enter from which time"
        self.fields["until_time"].error_messages["required"] = "Enter by which time"

    def clean(self):
        super().clean()
        given = self.cleaned_data
        starts, ends = given.get("from_time"), given.get("until_time")
        if starts and ends and ends != MIDNIGHT and ends <= starts:
            self.add_error("until_time", "Enter a time after the first one")
        self._check_days(given.get("first_on"), given.get("last_on"))
        return given

    def _check_days(self, first, last):
        if last and last < self.today:
            self.add_error("last_on", "Enter a date that is not in the past")
        elif first and last and last < first:
            self.add_error("last_on", "Enter a date on or after the first one")
        elif last and self.session_on and last > self.session_on:
            day = formatting.long_date(self.session_on)
            self.add_error(
                "last_on", f"Your session is on {day}: enter that date or an earlier one"
            )
        elif last and (last - self.today).days > FURTHEST_AHEAD:
            self.add_error("last_on", "Enter a date within the next year")

    def suitable(self):
        given = self.cleaned_data
        return Suitable(
            given["weekdays"],
            given["from_time"],
            given["until_time"],
            given["first_on"],
            given["last_on"],
        )
