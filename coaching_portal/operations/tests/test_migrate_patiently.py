"""A migration that waits for a lock lets the pages through, and tries again."""

import threading
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction

from coaching_portal.operations.portal import preparation

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def somebody_using_the_table():
    """A long transaction on a table that every migration needs; `let_go()` ends it."""
    is_locked, may_end = threading.Event(), threading.Event()

    def keep():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
            is_locked.set()
            may_end.wait(timeout=30)
        connection.close()

    keeper = threading.Thread(target=keep)
    keeper.start()
    assert is_locked.wait(timeout=20)
    try:
        yield may_end.set
    finally:
        may_end.set()
        keeper.join()


def test_it_gives_up_its_place_in_the_queue_and_then_gives_up():
    with somebody_using_the_table(), pytest.raises(OperationalError, match="lock timeout"):
        preparation._migrate_patiently("50ms", tries=2)


def test_it_goes_on_when_the_table_is_free():
    with somebody_using_the_table() as let_go:
        threading.Timer(0.3, let_go).start()
        preparation._migrate_patiently("50ms", tries=5)

    assert preparation.migrate() == 0


def test_the_wait_is_not_left_behind():
    preparation._migrate_patiently("50ms", tries=1)

    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_through_a_pool_it_leaves_nothing_to_others(settings):
    settings.DATABASE_IS_POOLED = True

    with pytest.raises(RuntimeError, match="own address"):
        preparation._migrate_patiently("50ms", tries=1)
