"""Forgetting what is too old, kind by kind and in small batches."""

from datetime import timedelta

from django.db import transaction

from coaching_portal import privacy

BATCH = 500


def too_old(kind, at):
    """The rows of a kind that should have been forgotten by `at`."""
    return kind.find(at - timedelta(days=kind.days))


def forget(kind, at):
    """Forget all of them, a batch a transaction; how many. Doing it again does nothing."""
    forgotten, before = 0, []
    while (keys := _some(kind, at)) and keys != before:
        with transaction.atomic():
            kind.forget(kind.find(at).model._base_manager.filter(pk__in=keys))
        forgotten, before = forgotten + len(keys), keys
    return forgotten


def _some(kind, at):
    rows = too_old(kind, at).order_by("pk").values_list("pk", flat=True)
    return list(rows.distinct()[:BATCH])


def forget_everything_due(at):
    """{name of the kind: how many rows} of what was forgotten."""
    return {kind.name: forget(kind, at) for kind in privacy.retentions()}
