"""Dates and wall times as the coach's forms ask for them, with the browser's own pickers."""

from django import forms


class DayField(forms.DateField):
    def __init__(self, *, missing="Enter the date.", **kwargs):
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        words = {"required": missing, "invalid": "Enter a date such as 01/12/2026."}
        super().__init__(error_messages=words, **kwargs)


class ClockField(forms.TimeField):
    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
        kwargs.setdefault("input_formats", ["%H:%M", "%H:%M:%S"])
        super().__init__(error_messages={"invalid": "Enter a time such as 09:30."}, **kwargs)
