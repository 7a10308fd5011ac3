"""Which other sites may show a coach's free times."""

from django import forms
from django.core.exceptions import ValidationError

from bookings.models.embedding import MOST_ORIGINS
from coaching_portal.common import visible_text
from coaching_portal.common.forms import TaglessMixin
from coaching_portal.common.origins import origin_of


class EmbedForm(TaglessMixin, forms.Form):
    origins = forms.CharField(
        label="Sites that may show your free times in a frame",
        required=False,
        max_length=8000,
        validators=[visible_text.ADDRESS],
        widget=forms.Textarea({"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text="One address in a line, such as https://www.example.org. "
        f"At most {MOST_ORIGINS}. Empty: no site.",
    )

    def clean_origins(self):
        """Each address once, in the order in which they were typed."""
        lines = [line.strip() for line in self.cleaned_data["origins"].splitlines()]
        found: dict[str, None] = {}
        wrong = []
        for number, line in enumerate(lines, start=1):
            try:
                found |= {origin_of(line): None} if line else {}
            except ValidationError as error:
                wrong.append(f"Line {number}: {error.message}")
        if len(found) > MOST_ORIGINS:
            wrong.append(f"Enter at most {MOST_ORIGINS} addresses.")
        if wrong:
            raise ValidationError(wrong)
        return list(found)
