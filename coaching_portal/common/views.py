"""What views of all apps share."""

from django.contrib import messages

from coaching_portal.common.refusals import Refusal


def perform(request, action, done="", /, *, form=None, about=None, **what):
    """Call the action with `what`, flash `done`, and return what the action returned.

    On a Refusal, return None: the reason is put on the form where there is one, else flashed, after
    what it is about. `done` may be a function that words what the action returned.
    """
    try:
        result = action(**what)
    except Refusal as refusal:
        if form is None:
            messages.error(request, f"{about}: {refusal}" if about else str(refusal))
        else:
            form.add_error(None, str(refusal))
        return None
    if done:
        messages.success(request, done(result) if callable(done) else done)
    return result
