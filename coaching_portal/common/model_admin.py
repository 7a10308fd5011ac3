"""The base of every registered admin."""

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models.constants import LOOKUP_SEP


class PortalModelAdmin(admin.ModelAdmin):
    """A list is filtered only by what it shows, searches or filters by.

    Django lets a list be filtered by any field of its rows (`?session_key__regex=^a`), so that
    whoever may see the list could read, letter by letter, what no page shows.
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
