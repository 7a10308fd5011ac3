"""The base of every registered admin, rows that are only read, and pages that ask first."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import FieldDoesNotExist
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse

from coaching_portal.common.documents import CouldNotWrite
from coaching_portal.common.refusals import Refusal


class PortalModelAdmin(admin.ModelAdmin):
    """A list is filtered only by what it shows, searches or filters by.

    Django lets a list be filtered by any field of its rows (`?session_key__regex=^a`), so that
    anyone who may see the list could read, letter by letter, what no page shows.
    """

    def lookup_allowed(self, lookup, value, request):
        """Anything else is refused with 400 (DisallowedModelAdminLookup)."""
        return lookup in self._filter_parameters(request) or (
            field_path(self.model, lookup) in self._open_paths(request)
        )

    def _filter_parameters(self, request):
        filters = self.get_list_filter(request)
        return {getattr(each, "parameter_name", None) for each in filters} - {None}

    def _open_paths(self, request):
        filters = [
            each[0] if isinstance(each, tuple | list) else each
            for each in self.get_list_filter(request)
        ]
        searched = [name.lstrip("^=@") for name in self.get_search_fields(request)]
        named = (*self.get_list_display(request), *filters, *searched, self.date_hierarchy)
        paths = {field_path(self.model, name) for name in named if isinstance(name, str)}
        return paths - {""}


def field_path(model, lookup):
    """The fields that a lookup goes through: "coach__id__exact" is about "coach".

    Empty where it begins with no field of the model: a column, an annotation, a typing error.
    """
    names, field = [], None
    for part in lookup.split(LOOKUP_SEP):
        if model is None:
            break
        try:
            field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        except FieldDoesNotExist:
            break
        names.append(field.name)
        model = field.related_model
    # A related row is known by its key.
    if len(names) > 1 and getattr(field, "primary_key", False):
        names.pop()
    return LOOKUP_SEP.join(names)


class ReadOnly:
    """Rows that actions make and change: looked at in admin, never typed or deleted."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@dataclass
class ActionPage:
    """A page that asks before something is done: what it concerns, a form, one button.

    `back` is where the page came from and where it leads; `facts` are pairs of name and value.
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

    def respond(self, request, act):
        """Show the page; on a valid POST do `act(form)`: it says what happened, where to go."""
        form = self.form
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
            "title": self.title,
            "page": self,
            "form": form,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/action_page.html", context)


def confirm_action(
    model_admin, request, rows, *, action, button, template="admin/confirm_action.html", **context
):
    """The page between choosing rows and acting on them: its button sends `confirmed`."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": button,
        "opts": model_admin.opts,
        "rows": rows,
        "action": action,
        "button": button,
        **context,
    }
    return TemplateResponse(request, template, context)
