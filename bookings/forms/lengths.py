"""How long a booked session shall be, with what each length costs."""

from datetime import timedelta

from django import forms

from bookings import pricing
from bookings.models import BookingRules
from coaching_portal.common import formatting


class LengthForm(forms.Form):
    field_order = ("minutes", "outside_hours")
    outside_hours = forms.BooleanField(
        required=False, label="It may be outside my hours or in my time off"
    )

    def __init__(self, *args, session, **kwargs):
        super().__init__(*args, **kwargs)
        rules = getattr(session.coach, "booking_rules", None) or BookingRules(coach=session.coach)
        self.lengths = pricing.other_lengths(session, rules)
        self.fields["minutes"] = forms.TypedChoiceField(
            coerce=int,
            label="New length",
            choices=[(each, _words(session, each)) for each in self.lengths],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose a length.", "invalid_choice": "Choose a length."},
        )
        self.order_fields(self.field_order)


def _words(session, minutes):
    """1 hour 30 minutes, until 10:30am, £112.50"""
    ends_at = session.starts_at + timedelta(minutes=minutes)
    until = formatting.clock(ends_at, session.coach.time_zone)
    price = pricing.of_another_length(session, minutes).price
    costs = formatting.money(price) if price else "free"
    return f"{formatting.length(minutes)}, until {until}, {costs}"
