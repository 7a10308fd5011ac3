"""Several workers at once: each message is sent once; without claims it would not be."""

import threading

import pytest
from django.core.mail import get_connection
from django.db import connection

from coaching_portal.notifications import delivery, outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing import NINE

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS, MESSAGES = 4, 40


def at_once(work):
    """Run `work(everybody_ready)` in parallel threads, each with a database connection."""
    barrier, errors = threading.Barrier(WORKERS, timeout=20), []

    def run():
        try:
            work(barrier.wait)
        except Exception as error:  # shown by the assertion below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def test_parallel_workers_send_each_message_once(news, smtp_sink):
    for number in range(MESSAGES):
        news.post(str(number))

    def work(everybody_ready):
        everybody_ready()
        outbox.deliver_due(NINE, limit=5)

    at_once(work)

    assert len(smtp_sink.message_ids) == MESSAGES
    assert set(smtp_sink.message_ids.values()) == {1}
    assert set(OutgoingMessage.objects.values_list("status", "attempts")) == {("SENT", 1)}


def test_the_control_workers_that_claim_nothing_send_doubles(news, smtp_sink):
    for number in range(MESSAGES):
        news.post(str(number))

    def work(everybody_ready):
        due, mail_server = list(OutgoingMessage.objects.due(NINE)), get_connection()
        everybody_ready()
        for message in due:
            delivery._send(message, mail_server)
            OutgoingMessage.objects.filter(pk=message.pk).update(status="SENT")

    at_once(work)

    assert len(smtp_sink.accepted) == WORKERS * MESSAGES


def test_parallel_posts_of_one_message_owe_it_once(news):
    first = news.post("of Monday")

    def work(everybody_ready):
        everybody_ready()
        news.post("of Tuesday", uuid=first.subject_uuid)

    at_once(work)

    assert OutgoingMessage.objects.count() == 2
