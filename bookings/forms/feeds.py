"""A new calendar feed."""

from django import forms

from bookings.models import CalendarFeed
from coaching_portal.common.forms import TaglessMixin


class FeedForm(TaglessMixin, forms.ModelForm):
    class Meta:
        model = CalendarFeed
        fields = ["label", "shows"]
        labels = {"label": "Device or program", "shows": "What it shows"}
        help_texts = {
            "label": "A name by which you know it again, such as “Phone”.",
            "shows": "Initials: “Session with JB”. Names: “Session with Jo Bloggs”. Anyone who has "
            "the address can read it.",
        }
        widgets = {"shows": forms.RadioSelect}
        error_messages = {"label": {"required": "Enter a device or program."}}
