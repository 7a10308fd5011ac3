"""The code that was emailed to a visitor."""

from django import forms


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        help_text="Six digits",
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "spellcheck": "false",
                "class": "code",
            }
        ),
        error_messages={"required": "Enter the code."},
    )

    def clean_code(self):
        """As it is pasted: with spaces, perhaps."""
        return "".join(self.cleaned_data["code"].split())
