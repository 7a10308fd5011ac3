"""Pages that ask before something is done: what it concerns, a form, one button that says it."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse

from coaching_portal.billing.refusals import Refusal
from coaching_portal.common.documents import CouldNotWrite


@dataclass
class ActionPage:
    """`back` is where the page came from and where it leads; `facts` are pairs of name and value.

    `problems` stand in the way: pairs of the reason and the address where to mend it.
    """

    title: str
    button: str
    back: str
    form: Any
    facts: list = field(default_factory=list)
    consequence: str = ""
    problems: list = field(default_factory=list)
    opts: Any = None
    is_download: bool = False


def posted(request):
    """What a form is bound to: what was sent, if only a button."""
    return request.POST if request.method == "POST" else None


def ask(request, question, act):
    """Show the page; on a valid POST do `act(form)`, which says what happened and where to go."""
    form = question.form
    if request.method == "POST" and form.is_valid():
        try:
            said, address = act(form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        except CouldNotWrite:
            form.add_error(None, "The PDF could not be written. Look at the texts on it.")
        else:
            messages.success(request, said)
            return HttpResponseRedirect(address)
    context = {
        **admin.site.each_context(request),
        "title": question.title,
        "question": question,
        "form": form,
        "opts": question.opts,
    }
    return TemplateResponse(request, "billing/admin/ask.html", context)
