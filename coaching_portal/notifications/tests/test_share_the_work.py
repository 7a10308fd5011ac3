"""Several workers at once: each message is sent once; without claims it would not be."""

import pytest

from coaching_portal.notifications import delivery, outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import at_once, hold_at, without_constraints

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS, MESSAGES = 4, 40


def queue(news):
    for number in range(MESSAGES):
        news.post(str(number))


def deliver():
    return outbox.deliver_due(NINE, limit=5)


def test_parallel_workers_send_each_message_once(news, smtp_sink):
    queue(news)

    counts = at_once([deliver] * WORKERS)

    assert sum(count["SENT"] for count in counts) == MESSAGES
    assert len(smtp_sink.message_ids) == MESSAGES
    assert set(smtp_sink.message_ids.values()) == {1}
    assert set(OutgoingMessage.objects.values_list("status", "attempts")) == {("SENT", 1)}


def test_control_workers_that_claim_without_a_lock_all_send_everything(
    news, smtp_sink, monkeypatch
):
    queue(news)
    rows = type(OutgoingMessage.objects.all())
    monkeypatch.setattr(rows, "select_for_update", lambda self, **how: self)
    hold_at(monkeypatch, delivery, "next_due", WORKERS)

    at_once([lambda: outbox.deliver_due(NINE, limit=MESSAGES)] * WORKERS)

    assert len(smtp_sink.message_ids) == MESSAGES
    assert len(smtp_sink.accepted) == WORKERS * MESSAGES


def test_parallel_posts_of_one_message_owe_it_once(news):
    first = news.post("of Monday")

    at_once([lambda: news.post("of Tuesday", uuid=first.subject_uuid)] * WORKERS)

    assert OutgoingMessage.objects.count() == 2


def test_control_without_the_unique_key_it_is_owed_by_each(news):
    first = news.post("of Monday")

    with without_constraints(OutgoingMessage, "notifications_message_is_owed_once"):
        at_once([lambda: news.post("of Tuesday", uuid=first.subject_uuid)] * WORKERS)

        assert OutgoingMessage.objects.count() == 1 + WORKERS
