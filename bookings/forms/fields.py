"""Wall times as the coach's forms ask for them, with the browser's own picker."""

from django import forms


class ClockField(forms.TimeField):
    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
        kwargs.setdefault("input_formats", ["%H:%M", "%H:%M:%S"])
        super().__init__(error_messages={"invalid": "Enter a time such as 09:30."}, **kwargs)
