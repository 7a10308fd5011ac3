from django import forms
from django.utils.functional import cached_property

from coaching_portal.common.choice_fields import choice_field
from coaching_portal.common.forms import TaglessMixin
from coaching_portal.notifications import unsubscribe
from coaching_portal.notifications.kinds import with_unsubscribe


class PreferencesForm(TaglessMixin, forms.Form):
    """The kinds of message that may be declined, ticked where they are wanted."""

    wanted = forms.MultipleChoiceField(
        label="Send me", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        wanted = choice_field(self, "wanted")
        wanted.choices = [(kind.name, kind.label) for kind in with_unsubscribe()]
        wanted.initial = list(self.names - unsubscribe.declined_by(user))

    @cached_property
    def names(self):
        return {kind.name for kind in with_unsubscribe()}

    def save(self):
        wanted = set(self.cleaned_data["wanted"])
        for name in self.names:
            unsubscribe.choose(user=self.user, kind=name, declined=name not in wanted)
