"""A new calendar feed."""

from django import forms

from bookings.models import CalendarFeed
from coaching_portal.common.forms import TaglessMixin


class FeedForm(TaglessMixin, forms.ModelForm):
    class Meta:
        model = CalendarFeed
        fields = ["label", "shows"]
        labels = {"label": "Name", "shows": "What it shows"}
        help_texts = {
            "label": "Which device or program reads it, such as “Phone”.",
            "shows": "Whoever has the address can read this.",
        }
        widgets = {"shows": forms.RadioSelect}
        error_messages = {"label": {"required": "Enter a name."}}
