"""Forgetting what is too old, kind by kind and in small batches."""

from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction

from coaching_portal.personal_data import privacy

BATCH = 500


def too_old(kind, at):
    """The rows of a kind that should have been forgotten by `at`."""
    return kind.find(at - timedelta(days=kind.days))


def forget(kind, at):
    """Forget all of them, a batch a transaction; how many. Doing it again does nothing."""
    forgotten = 0
    before: list[int] = []
    while (keys := _some(kind, at)) and keys != before:
        with transaction.atomic():
            kind.forget(kind.find(at).model._base_manager.filter(pk__in=keys))
        forgotten, before = forgotten + len(keys), keys
    return forgotten


def _some(kind, at):
    rows = too_old(kind, at).order_by("pk").values_list("pk", flat=True)
    return list(rows.distinct()[:BATCH])


@contextmanager
def allowed():
    """Tell the database that the retention job is at work, for this part of a transaction.

    Guards that keep documents let it blank what is older than the law asks, by their own clock.
    """
    _say_at_work("on")
    yield
    _say_at_work("")


def _say_at_work(said):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.retention', %s, true)", [said])


def forget_everything_due(at):
    """{name of the kind: how many rows} of what was forgotten."""
    return {kind.name: forget(kind, at) for kind in privacy.retentions()}
