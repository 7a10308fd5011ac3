"""Time off, in the coach's own dates and wall time."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms

from bookings.availability.recurring_time_off import LONGEST_OF_A_YEAR
from bookings.forms.fields import ClockField
from bookings.models import TimeOff
from coaching_portal.common import visible_text
from coaching_portal.common.date_fields import DayField

DAY = timedelta(days=1)


class TimeOffForm(forms.Form):
    starts_on = DayField(label="From", missing="Enter the first day.")
    starts = ClockField(
        label="Time", required=False, help_text="Empty: from the beginning of that day."
    )
    ends_on = DayField(label="To", missing="Enter the last day.")
    ends = ClockField(label="Time", required=False, help_text="Empty: to the end of that day.")
    recurrence = forms.ChoiceField(
        label="How often", choices=TimeOff.Recurrence.choices, required=False
    )
    reason = forms.CharField(
        validators=[visible_text.LINE],
        label="Reason",
        required=False,
        max_length=100,
        help_text="Only you see it.",
    )

    def __init__(self, data=None, *, coach, at, time_off=None):
        self.zone, self.at = ZoneInfo(coach.time_zone), at
        super().__init__(data, initial=self._of(time_off))

    def _of(self, time_off):
        if time_off is None:
            return {}
        first, last = (
            moment.astimezone(self.zone) for moment in (time_off.starts_at, time_off.ends_at)
        )
        ends_with_its_day = last.time() == time()
        return {
            "starts_on": first.date(),
            "starts": first.time() if first.time() != time() else None,
            "ends_on": last.date() - DAY if ends_with_its_day else last.date(),
            "ends": None if ends_with_its_day else last.time(),
            "recurrence": time_off.recurrence,
            "reason": time_off.reason,
        }

    def clean(self):
        given = self.cleaned_data
        if "starts_on" not in given or "ends_on" not in given or self.errors:
            return given
        until = (
            (given["ends_on"], given["ends"]) if given["ends"] else (given["ends_on"] + DAY, time())
        )
        given["starts_at"] = self._earliest(given["starts_on"], given["starts"] or time())
        given["ends_at"] = self._latest(*until)
        if given["ends_at"] <= given["starts_at"]:
            self.add_error("ends_on", "The end must come after the beginning.")
        elif given["recurrence"]:
            if given["ends_at"] - given["starts_at"] > LONGEST_OF_A_YEAR:
                self.add_error("ends_on", "Time off of every year must be shorter than a year.")
        elif given["ends_at"] <= self.at:
            self.add_error("ends_on", "Enter an end that is still to come.")
        return given

    def _instants(self, day, wall):
        """The instants that may be meant: two where a clock change skips or repeats the time."""
        local = datetime.combine(day, wall, self.zone)
        return [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]

    def _earliest(self, day, wall):
        return min(self._instants(day, wall))

    def _latest(self, day, wall):
        return max(self._instants(day, wall))
