"""Forms in which a coach says when she can be booked."""

from datetime import time

from django import forms
from django.utils.html import format_html
from django.utils.text import capfirst

from bookings.availability import shifts
from bookings.forms.fields import ClockField
from bookings.models import WeeklyHours
from coaching_portal.common.date_fields import DayField

FEWEST_ROWS, MOST_ROWS = 2, 6
ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth"]


class ShiftFields:
    """Pairs of times for one day in a form: rows that may be filled, changed or cleared."""

    def __init__(self, form, prefix, *, day, given=(), locations=(), rows=None):
        self.form, self.prefix, self.day = form, prefix, day
        self.locations = locations if len(locations) > 1 else ()
        self.rows = rows or self._rows_in(form.data) or self._rows_for(given)
        for number in range(self.rows):
            initial = given[number] if number < len(given) else (None, None, ())
            self._add(number, "starts", "from", initial[0])
            self._add(number, "ends", "to", initial[1])
            if self.locations:
                self._add_locations(number, initial[2] if len(initial) > 2 else ())

    def _rows_in(self, data):
        return sum(f"{self.prefix}_{number}_starts" in data for number in range(MOST_ROWS))

    def _rows_for(self, given):
        return min(max(len(given) + 1, FEWEST_ROWS), MOST_ROWS)

    def _add(self, number, end, word, initial):
        hidden = f"{self.day}, {ORDINALS[number]} shift, "
        label = format_html('<span class="visually-hidden">{}</span>{}', hidden, capfirst(word))
        self.form.fields[f"{self.prefix}_{number}_{end}"] = ClockField(
            label=label, initial=initial, required=False
        )

    def _add_locations(self, number, initial):
        hidden = f"{self.day}, {ORDINALS[number]} shift, "
        label = format_html('<span class="visually-hidden">{}</span>Locations', hidden)
        self.form.fields[f"{self.prefix}_{number}_locations"] = forms.MultipleChoiceField(
            label=label,
            initial=list(initial),
            required=False,
            choices=[(each.value, each.label) for each in self.locations],
            widget=forms.CheckboxSelectMultiple,
        )

    @property
    def lines(self):
        """Bound fields of each row, for the template: its times, and its locations if any."""
        return [
            (*pair, self._locations_field(number), self._locations_words(number))
            for number, pair in enumerate(self.pairs)
        ]

    def _locations_field(self, number):
        return self.form[f"{self.prefix}_{number}_locations"] if self.locations else None

    def _locations_words(self, number):
        """What is chosen, in words."""
        field = self._locations_field(number)
        chosen = field.value() or [] if field else []
        labels = [each.label for each in self.locations if each.value in chosen]
        return ", ".join(labels) or "Any location"

    def _chosen_locations(self, number):
        """The codes that were ticked; all of them are no restriction."""
        chosen = self.form.cleaned_data.get(f"{self.prefix}_{number}_locations") or []
        return () if len(chosen) == len(self.locations) else tuple(chosen)

    @property
    def pairs(self):
        """Bound fields, for the template."""
        return [
            (self.form[f"{self.prefix}_{number}_starts"], self.form[f"{self.prefix}_{number}_ends"])
            for number in range(self.rows)
        ]

    def clean(self):
        """The shifts that were given, sorted; errors are at their fields."""
        found = []
        for number, (starts, ends) in enumerate(self.pairs):
            pair = tuple(self.form.cleaned_data.get(field.name) for field in (starts, ends))
            if (
                starts.name in self.form.errors
                or ends.name in self.form.errors
                or pair == (None, None)
            ):
                continue
            if None in pair:
                self._ask_for_the_other(starts, ends, pair)
            else:
                chosen = self._chosen_locations(number)
                found.append((*pair, chosen) if chosen else pair)
                self._complain(ends, [pair])
        if not any(field.name in self.form.errors for pair in self.pairs for field in pair):
            self._complain(self.pairs[0][0], found)
        return sorted(found)

    def _ask_for_the_other(self, starts, ends, pair):
        missing, word = (starts, "starts") if pair[0] is None else (ends, "ends")
        self.form.add_error(missing.name, f"{self.day}: enter when the shift {word}.")

    def _complain(self, field, found):
        problem = shifts.problem_with(found)
        if problem:
            self.form.add_error(field.name, f"{self.day}: {problem}")


class WeeklyHoursForm(forms.Form):
    """The week, several shifts a day. Times are wall time in the coach's zone."""

    def __init__(self, *args, coach, locations=(), **kwargs):
        super().__init__(*args, **kwargs)
        given: dict[int, list[tuple[time, time, tuple[str, ...]]]] = {}
        for row in coach.weekly_hours.order_by("weekday", "starts"):
            shift = (row.starts, row.ends, tuple(row.locations))
            given.setdefault(row.weekday, []).append(shift)
        self.days = [
            ShiftFields(
                self, f"day{value}", day=label, given=given.get(value, []), locations=locations
            )
            for value, label in WeeklyHours.Weekday.choices
        ]

    def clean(self):
        self.shifts = {weekday: day.clean() for weekday, day in enumerate(self.days)}
        return self.cleaned_data


class DateHoursForm(forms.Form):
    """Other hours on one date, or none."""

    OPEN, CLOSED = "open", "closed"

    date = DayField(label="Date", missing="Enter the date.")
    kind = forms.ChoiceField(
        label="On this date",
        choices=[(CLOSED, "I am closed all day"), (OPEN, "I have these hours instead")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether you are closed or have other hours."},
    )

    def __init__(self, *args, given=(), locations=(), today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.day = ShiftFields(
            self, "shift", day="On this date", given=list(given), locations=locations
        )

    def clean_date(self):
        if self.cleaned_data["date"] < self.today:
            raise forms.ValidationError("Enter a date from today on.")
        return self.cleaned_data["date"]

    def clean(self):
        self.shifts = self.day.clean()
        kind = self.cleaned_data.get("kind")
        if kind == self.CLOSED:
            self.shifts = []
        elif kind == self.OPEN and not self.shifts and not self.errors:
            self.add_error(self.day.pairs[0][0].name, "Enter the hours of this date.")
        return self.cleaned_data
