"""The admin site: Django admin in the portal's colours, arranged by task.

A model is listed under its group whenever it is registered. A ModelAdmin may add its own pages to
its group with `index_links = [("Invoice everything up to …", "admin:billing_run")]`.
"""

import contextlib
from dataclasses import dataclass

from django.contrib.admin import AdminSite
from django.contrib.auth import get_permission_codename
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from coaching_portal.common import date_fields, to_do
from coaching_portal.common.idempotency import idempotent

date_fields.use_in_admin()


@dataclass(frozen=True)
class Group:
    """A heading of the index: which apps it gathers, and which models come first, in order."""

    slug: str
    name: str
    apps: tuple[str, ...]
    first: tuple[str, ...] = ()

    def rank(self, entry):
        label = entry["model"]._meta.label_lower
        known = label in self.first
        return (not known, self.first.index(label) if known else 0, entry["name"])


GROUPS = (
    Group(
        "coaching",
        "Coaching",
        ("bookings",),
        ("bookings.enquiry", "bookings.coachingsession", "bookings.programme"),
    ),
    Group("training", "Training", ("training",), ("training.cohort", "training.course")),
    Group(
        "invoicing",
        "Invoicing",
        ("billing",),
        ("billing.invoice", "billing.payment", "billing.creditnote", "billing.practice"),
    ),
    Group(
        "people",
        "People",
        ("profiles",),
        ("profiles.user", "profiles.organisation", "profiles.coach", "profiles.leader"),
    ),
    Group("messages", "Messages", ("notifications",)),
)
THE_REST = Group("rest", "Sign-in and the rest", ())


def _content_type(key):
    with contextlib.suppress(ValueError, ContentType.DoesNotExist):
        return ContentType.objects.get(pk=key)


def _may_view(user, model):
    names = (get_permission_codename(action, model._meta) for action in ("view", "change"))
    return any(user.has_perm(f"{model._meta.app_label}.{name}") for name in names)


class PortalAdminSite(AdminSite):
    site_header = site_title = "Practice administration"
    index_title = "What there is to do"

    def get_app_list(self, request, app_label=None):
        """All models grouped by task; one app's page stays as Django has it."""
        if app_label:
            return super().get_app_list(request, app_label)
        apps = self._build_app_dict(request)
        gathered = {name for group in GROUPS for name in group.apps}
        rest = Group(THE_REST.slug, THE_REST.name, tuple(sorted(set(apps) - gathered)))
        found = [self._section(group, apps) for group in (*GROUPS, rest)]
        return [section for section in found if section["models"]]

    def _section(self, group, apps):
        entries = [entry for name in group.apps if name in apps for entry in apps[name]["models"]]
        return {
            "name": group.name,
            "app_label": group.slug,
            "app_url": f"{reverse('admin:index', current_app=self.name)}#{group.slug}",
            "has_module_perms": True,
            "models": sorted(entries, key=group.rank),
            "links": [link for entry in entries for link in self._links(entry["model"])],
        }

    def _links(self, model):
        links = getattr(self._registry[model], "index_links", [])
        return [{"label": label, "address": reverse(name)} for label, name in links]

    def admin_view(self, view, cacheable=False):
        """Django's own forms that add something act once, too."""
        if view is shortcut:
            view = self._view_on_site
        adds = getattr(view, "__name__", "") == "add_view"
        return super().admin_view(idempotent(view) if adds else view, cacheable)

    def _view_on_site(self, request, content_type_id, object_id):
        """Django's, for what this user may see in the admin; it fails at a key of another kind."""
        content_type = _content_type(content_type_id)
        model = content_type and content_type.model_class()
        if model not in self._shown() or not _may_view(request.user, model):
            raise Http404
        try:
            model._meta.pk.to_python(object_id)
        except ValidationError as error:
            raise Http404 from error
        return shortcut(request, content_type.pk, object_id)

    def _shown(self):
        """The models of which the admin shows rows: by themselves, or with those they belong to."""
        inlines = (inline for each in self._registry.values() for inline in each.inlines)
        return {*self._registry, *(inline.model for inline in inlines)}

    def index(self, request, extra_context=None):
        waiting = to_do.counted(request, self, timezone.now())
        return super().index(request, {"waiting": waiting, **(extra_context or {})})
