"""What forms of all apps share."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.functional import cached_property


def posted(request):
    """The data to bind a form to: even an empty POST is one."""
    return request.POST if request.method == "POST" else None


class TaglessMixin:
    """A form whose tag, token and button the page writes itself: {% crispy form %}."""

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class ConfirmForm(TaglessMixin, forms.Form):
    """For a page that only asks whether to go on."""
