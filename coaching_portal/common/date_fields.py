"""Dates in forms: the browser's own picker, and no date that a calendar of ours cannot show.

A browser reads `type="date"` as yyyy-mm-dd only, and shows anything else as empty. So values go out
like that, whatever was typed, and come in like that or as dd/mm/yyyy.
"""

import contextlib
from datetime import UTC, date, datetime

from django import forms
from django.contrib.admin.options import FORMFIELD_FOR_DBFIELD_DEFAULTS
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import get_format

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
# The same for instants, in any zone: for constraints of the database.
FIRST_MOMENT = datetime(1999, 12, 31, tzinfo=UTC)
LAST_MOMENT = datetime(2101, 1, 2, tzinfo=UTC)
ISO = "%Y-%m-%d"
WORDS = "Enter a date from 2000 to 2100."
INVALID = "Enter a date such as 01/12/2026."


def is_within_reach(day):
    """Whether the weeks around it, and other zones, are far from the ends of the calendar."""
    return FIRST.year <= day.year <= LAST.year


def check(day):
    if day and not is_within_reach(day):
        raise ValidationError(WORDS, code="out_of_reach")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format=ISO)

    def format_value(self, value):
        """ISO also for what was typed as dd/mm/yyyy; what is no date stays as it was typed."""
        if isinstance(value, str):
            for format_ in get_format("DATE_INPUT_FORMATS"):
                with contextlib.suppress(ValueError):
                    return datetime.strptime(value.strip(), format_).strftime(ISO)  # noqa: DTZ007
            return value
        return super().format_value(value)


class DayField(forms.DateField):
    widget = DayInput

    def __init__(self, *, missing="Enter the date.", **kwargs):
        words = {"required": missing, "invalid": INVALID} | (kwargs.pop("error_messages", {}) or {})
        super().__init__(error_messages=words, **kwargs)
        self.validators.append(check)


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%H:%M")


class MomentInput(forms.SplitDateTimeWidget):
    """A date and a time, as the admin lays them out."""

    template_name = "admin/widgets/split_datetime.html"

    def __init__(self, attrs=None):
        # The name of the field is a legend around both.
        inputs = [DayInput({"aria-label": "Date"}), TimeInput({"aria-label": "Time"})]
        forms.MultiWidget.__init__(self, inputs, attrs)

    def get_context(self, name, value, attrs):
        labels = {"date_label": "Date:", "time_label": "Time:"}
        return {**super().get_context(name, value, attrs), **labels}


class MomentField(forms.SplitDateTimeField):
    widget = MomentInput

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.fields[0].validators.append(check)
        self.fields[0].error_messages["invalid"] = INVALID


def use_in_admin():
    """For every model's form in the admin. Django copies these defaults for each of its classes."""
    FORMFIELD_FOR_DBFIELD_DEFAULTS[models.DateField] = {"form_class": DayField}
    FORMFIELD_FOR_DBFIELD_DEFAULTS[models.DateTimeField] = {"form_class": MomentField}


def within_reach(name, *fields):
    """A constraint: these dates are within reach, or empty."""
    return _constraint(name, fields, FIRST, LAST)


def moments_within_reach(name, *fields):
    """The same for instants."""
    return _constraint(name, fields, FIRST_MOMENT, LAST_MOMENT)


def _constraint(name, fields, first, last):
    condition = models.Q()
    for field in fields:
        condition &= models.Q((f"{field}__gte", first), (f"{field}__lte", last))
    return models.CheckConstraint(name=name, condition=condition, violation_error_message=WORDS)
