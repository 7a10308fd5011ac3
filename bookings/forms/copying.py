"""Copying hours: from a weekday to others in the form, and from a week to another."""

from datetime import timedelta

from django import forms
from django.http import QueryDict

from bookings.models import WeeklyHours
from coaching_portal.common.date_fields import DayField

DAY = timedelta(days=1)


class CopyDayForm(forms.Form):
    """Which weekday to copy to which others."""

    copy_from = forms.TypedChoiceField(
        label="Copy the hours of", choices=WeeklyHours.Weekday.choices, coerce=int
    )
    copy_to = forms.TypedMultipleChoiceField(
        label="To",
        choices=WeeklyHours.Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one day to copy to."},
    )

    def clean(self):
        given = self.cleaned_data
        if given.get("copy_to") == [given.get("copy_from")]:
            self.add_error("copy_to", "Choose another day to copy to.")
        return given

    def copied(self, typed: QueryDict) -> QueryDict:
        """What was typed, with the fields of one weekday in the places of the others'."""
        source = f"day{self.cleaned_data['copy_from']}_"
        data = typed.copy()
        for weekday in self.cleaned_data["copy_to"]:
            target = f"day{weekday}_"
            if target == source:
                continue
            for name in [name for name in data if name.startswith(target)]:
                del data[name]
            for name in [name for name in typed if name.startswith(source)]:
                data.setlist(name.replace(source, target, 1), typed.getlist(name))
        return data


class CopyWeekForm(forms.Form):
    """From the week of one date to the week of another. Weeks start on Mondays."""

    copy_from = DayField(
        label="Copy from the week of",
        missing="Enter a date in the week to copy.",
        help_text="Any date in that week. Weeks start on Monday.",
    )
    copy_to = DayField(label="To the week of", missing="Enter a date in the week to copy to.")

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_copy_from(self):
        return _monday(self.cleaned_data["copy_from"])

    def clean_copy_to(self):
        monday = _monday(self.cleaned_data["copy_to"])
        if monday < _monday(self.today):
            raise forms.ValidationError("Enter a date in this week or later.")
        return monday


def _monday(day):
    return day - day.weekday() * DAY
