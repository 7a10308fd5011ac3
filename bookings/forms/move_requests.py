"""What may be typed with a request to move, and with its answer: a line each."""

from django import forms

from bookings.models import MoveRequest
from coaching_portal.common import visible_text


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=MoveRequest._meta.get_field("reason").max_length,
        required=False,
        validators=[visible_text.LINE],
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        max_length=MoveRequest._meta.get_field("answer").max_length,
        required=False,
        validators=[visible_text.LINE],
    )


def problem_of(form: forms.Form) -> str:
    """What is wrong with the line, in a sentence."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)
