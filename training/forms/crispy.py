"""Forms whose <form> element the page writes itself."""

from crispy_forms.helper import FormHelper


class PlainHelper(FormHelper):
    form_tag = False
    # The page begins with a summary of all errors.
    form_show_errors = True
    disable_csrf = True
