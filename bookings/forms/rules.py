"""How a coach may be booked."""

from decimal import Decimal

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from bookings.models import BookingRules
from coaching_portal.common import visible_text

LENGTHS = (60, 75, 90, 105, 120)
LOCATIONS = ("offers_video", "offers_telephone", "offers_practice", "offers_workplace")


class BookingRulesForm(forms.ModelForm):
    lengths = forms.TypedMultipleChoiceField(
        label="Lengths that can be booked",
        choices=[(minutes, f"{minutes} minutes") for minutes in LENGTHS],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one length."},
    )
    notice_hours = forms.DecimalField(
        label="Minimum notice (hours)",
        min_value=0,
        max_value=2160,
        decimal_places=2,
        help_text="How long before its start a session can still be booked.",
        error_messages={"required": "Enter the minimum notice in hours."},
    )

    video_room_url = forms.URLField(
        validators=[visible_text.LINE],
        label="Your usual video link",
        required=False,
        assume_scheme="https",
        help_text="Clients can join from their session’s page, 10 minutes before it starts.",
    )

    class Meta:
        model = BookingRules
        fields = (
            "accepts_bookings",
            "lengths",
            "offers_introduction",
            "offers_video",
            "offers_telephone",
            "offers_practice",
            "offers_workplace",
            "video_room_url",
            "practice_directions",
            "grid_minutes",
            "buffer_minutes",
            "horizon_days",
            "most_sessions_a_day",
            "most_minutes_a_day",
            "most_sessions_a_week",
            "most_minutes_a_week",
            "cancellation_notice_hours",
            "opens_on_bank_holidays",
        )
        labels = {
            "accepts_bookings": "I take new bookings",
            "offers_introduction": "I offer a free introductory conversation of 30 minutes",
            "offers_video": "Video call",
            "offers_telephone": "Phone",
            "offers_practice": "At the practice",
            "offers_workplace": "At the client’s workplace",
            "practice_directions": "How to find the practice",
            "grid_minutes": "A start every (minutes)",
            "buffer_minutes": "Buffer after a session (minutes)",
            "horizon_days": "Can be booked ahead (days)",
            "most_sessions_a_day": "Most sessions a day",
            "most_minutes_a_day": "Most minutes a day",
            "most_sessions_a_week": "Most sessions a week",
            "most_minutes_a_week": "Most minutes a week",
            "cancellation_notice_hours": "Cancellation notice (hours)",
            "opens_on_bank_holidays": "My hours also apply on bank holidays in England and Wales",
        }
        help_texts = {
            "grid_minutes": "Counted from the beginning of each shift.",
            "buffer_minutes": "Kept free after each session; it may run past your hours.",
            "most_sessions_a_day": "Empty: no limit.",
            "most_minutes_a_day": "Empty: no limit.",
            "most_sessions_a_week": "Monday to Sunday. Empty: no limit.",
            "most_minutes_a_week": "Monday to Sunday. Empty: no limit.",
            "cancellation_notice_hours": "For sessions booked from now on.",
        }
        widgets = {"practice_directions": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("lengths", self.instance.lengths)
        hours = Decimal(self.instance.minimum_notice_minutes) / 60
        self.initial["notice_hours"] = f"{hours:.2f}".rstrip("0").rstrip(".")
        for name, bounds in BOUNDS.items():
            self._bound(self.fields[name], *bounds)

    def _bound(self, field, least, most):
        field.validators = [
            MinValueValidator(least, f"Enter {least} or more."),
            MaxValueValidator(most, f"Enter {most} or less."),
        ]
        field.widget.attrs |= {"min": least, "max": most}
        field.error_messages |= {"required": "Enter a number.", "invalid": "Enter a whole number."}

    def clean_video_room_url(self):
        address = self.cleaned_data["video_room_url"]
        if address and not address.startswith("https://"):
            raise forms.ValidationError("Enter a link that begins with https://.")
        return address

    def clean(self):
        super().clean()
        given = self.cleaned_data
        if not any(given.get(location) for location in LOCATIONS):
            self.add_error("offers_video", "Choose at least one location.")
        return given

    def save(self, commit=True):
        self.instance.minimum_notice_minutes = int(self.cleaned_data["notice_hours"] * 60)
        return super().save(commit)


# Least and most of each number.
BOUNDS = {
    "grid_minutes": (5, 240),
    "buffer_minutes": (0, 240),
    "horizon_days": (1, 730),
    "most_sessions_a_day": (1, 24),
    "most_minutes_a_day": (30, 1440),
    "most_sessions_a_week": (1, 168),
    "most_minutes_a_week": (30, 10_080),
    "cancellation_notice_hours": (0, 720),
}
