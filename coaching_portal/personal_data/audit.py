"""The audit trail: who changed what, and when, written by the database itself.

A trigger writes an event for each insert, change and deletion of the named fields, whoever asks:
page, admin, shell or SQL. Only fields that are named are kept, and none may hold what somebody
told in confidence, a secret, or a person's name: `tests/test_audit.py` looks for them.
"""

from dataclasses import dataclass
from datetime import datetime

import pghistory
import pgtrigger
from django.apps import apps
from django.contrib.auth import get_user_model

from coaching_portal.common.guards import never_truncated
from coaching_portal.personal_data import privacy


def tracked(*fields):
    """Decorate a model: keep every change of these fields, in rows that nobody can edit."""

    def decorate(model):
        return pghistory.track(
            pghistory.InsertEvent("created"),
            pghistory.UpdateEvent("changed"),
            pghistory.DeleteEvent("deleted"),
            fields=list(fields),
            model_name=f"{model.__name__}Change",
            append_only=True,
            meta={"default_permissions": (), "triggers": [never_truncated()]},
        )(model)

    return decorate


class AuditContextMiddleware:
    """Tell the trail who asks and on which page (its name: an address may hold a token)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        with pghistory.context(user=request.user.pk):
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        pghistory.context(page=request.resolver_match.view_name)


MOST_SHOWN = 200


@dataclass(frozen=True)
class Change:
    """One event: `fields` are triples of label, value before and value after."""

    at: datetime
    what: str
    by: str
    where: str
    fields: list


def changes_of(thing):
    """What happened to an object, the newest first, in two queries; None where nobody looks."""
    if not hasattr(type(thing), "pgh_event_models"):
        return None
    events = type(thing).pgh_event_model.objects.filter(pgh_obj_id=thing.pk)
    newest = list(events.select_related("pgh_context").order_by("-pgh_id")[: MOST_SHOWN + 1])
    names = _names_of(newest)
    pairs = zip(newest, [*newest[1:], None], strict=True)
    return [_change(event, before, names) for event, before in pairs][:MOST_SHOWN]


def _names_of(events):
    """{key of a user: name} of everybody who did one of these."""
    keys = {_told(event).get("user") for event in events} - {None}
    return {user.pk: str(user) for user in get_user_model().objects.filter(pk__in=keys)}


def _told(event):
    return event.pgh_context.metadata if event.pgh_context else {}


def _change(event, before, names):
    told = _told(event)
    return Change(
        at=event.pgh_created_at,
        what=event.pgh_label,
        by=names.get(told.get("user")) or told.get("task") or "the portal itself",
        where=told.get("page", ""),
        fields=list(_differences(event, before)),
    )


def _differences(event, before):
    for field in event._meta.fields:
        if field.name.startswith("pgh_") or field.name == "id":
            continue
        old = getattr(before, field.attname) if before else None
        new = getattr(event, field.attname)
        if old != new:
            yield field.verbose_name, _in_words(field, old), _in_words(field, new)


def _in_words(field, value):
    if value is None or value == "":
        return "–"
    if field.is_relation:
        return f"{field.related_model._meta.verbose_name} {value}"
    return str(dict(field.flatchoices).get(value, value))


def event_models():
    return [model for model in apps.get_models() if getattr(model, "pgh_tracked_model", None)]


def register():
    """Events go after six years, as the claims that they may prove (Limitation Act 1980)."""
    for model in event_models():
        tracked_model = model.pgh_tracked_model._meta
        privacy.register_retention(
            f"trail-{tracked_model.model_name}",
            days=2192,
            what=f"Who changed a {tracked_model.verbose_name}, and when",
            find=lambda before, model=model: model.objects.filter(pgh_created_at__lt=before),
            forget=_forget,
        )


def _forget(rows):
    """Forgetting what was kept long enough is the one thing that may touch events."""
    with pgtrigger.ignore():
        rows.delete()
