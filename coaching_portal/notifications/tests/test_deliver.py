import contextlib
from datetime import timedelta

import pytest

from coaching_portal.notifications import delivery, outbox
from coaching_portal.notifications.models import Heartbeat, OutgoingMessage
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db

Status = OutgoingMessage.Status


def test_a_due_message_is_sent_once(news, mailoutbox):
    message = news.post("of Monday")

    outbox.deliver_due(NINE)
    outbox.deliver_due(NINE + timedelta(hours=1))

    message.refresh_from_db()
    assert [mail.subject for mail in mailoutbox] == ["News of Monday"]
    assert message.status == Status.SENT
    assert message.settled_at >= NINE
    assert [event.what for event in message.events.all()] == ["SENT"]


def test_a_message_waits_until_it_is_due(news, mailoutbox):
    news.post(due_at=NINE + timedelta(seconds=30))

    outbox.deliver_due(NINE + timedelta(seconds=29))
    assert len(mailoutbox) == 0

    outbox.deliver_due(NINE + timedelta(seconds=30))
    assert len(mailoutbox) == 1


def test_the_same_message_is_owed_once(news, mailoutbox):
    first = news.post("of Monday")
    news.post("of Monday", uuid=first.subject_uuid)
    news.post("of Tuesday", uuid=first.subject_uuid)

    outbox.deliver_due(NINE)

    assert [mail.subject for mail in mailoutbox] == ["News of Monday", "News of Tuesday"]


def test_a_message_that_has_become_untrue_is_dropped(news, mailoutbox):
    message = news.post()
    news.is_true = False

    outbox.deliver_due(NINE)

    message.refresh_from_db()
    assert message.status == Status.DROPPED
    assert not mailoutbox


@pytest.mark.parametrize(("seconds", "status"), [(-1, Status.SENT), (0, Status.DROPPED)])
def test_a_message_is_not_sent_at_or_after_its_last_moment(news, seconds, status):
    message = news.post(due_at=NINE - timedelta(hours=1), not_after=NINE)

    outbox.deliver_due(NINE + timedelta(seconds=seconds))

    message.refresh_from_db()
    assert message.status == status


def test_a_closed_account_gets_no_mail(news, mailoutbox):
    news.post()
    news.recipient.is_active = False
    news.recipient.save()

    outbox.deliver_due(NINE)

    assert not mailoutbox


def test_a_message_that_cannot_be_rendered_blocks_no_other(news, mailoutbox):
    def render(message):
        if message.occasion == "bad":
            raise ValueError("the matter of the herons")
        return outbox.Email("Good news", "Good.", "<p>Good.</p>")

    news.render = render
    bad, good = news.post("bad"), news.post("good")

    outbox.deliver_due(NINE)

    bad.refresh_from_db()
    good.refresh_from_db()
    assert good.status == Status.SENT
    assert bad.status == Status.WAITING
    # In the admin; the words of the error may be those of an agenda.
    assert bad.last_error == "ValueError"
    assert [event.what for event in bad.events.all()] == ["FAILED"]


def test_waiting_doubles_up_to_an_hour_with_some_chance():
    waits = [delivery.wait_after(attempts) for attempts in range(1, 9)]

    for wait, minutes in zip(waits, [2, 4, 8, 16, 32, 60, 60, 60], strict=True):
        assert timedelta(minutes=minutes * 0.8) <= wait <= timedelta(minutes=minutes)


def test_the_eighth_failure_is_the_last(news):
    def render(message):
        raise ValueError("never")

    news.render, message = render, news.post()
    at = NINE
    for _ in range(7):
        outbox.deliver_due(at)
        at += timedelta(hours=1)
    message.refresh_from_db()
    assert (message.status, message.attempts) == (Status.WAITING, 7)

    outbox.deliver_due(at)

    message.refresh_from_db()
    assert (message.status, message.attempts) == (Status.DEAD, 8)
    assert [event.what for event in message.events.all()] == ["FAILED"] * 7 + ["DEAD"]


def test_what_a_killed_worker_held_is_sent_when_its_lease_has_run_out(news, mailoutbox):
    message = news.post()
    delivery.claim(NINE, 50)

    outbox.deliver_due(NINE + timedelta(seconds=119))
    assert not mailoutbox

    outbox.deliver_due(NINE + timedelta(seconds=120))

    message.refresh_from_db()
    assert len(mailoutbox) == 1
    assert (message.status, message.attempts) == (Status.SENT, 2)


def test_a_worker_whose_lease_ran_out_settles_nothing(news):
    message = news.post()
    [held_by_the_slow] = delivery.claim(NINE, 50)
    outbox.deliver_due(NINE + timedelta(minutes=2))

    delivery._fail(held_by_the_slow, OSError("too slow"), NINE + timedelta(minutes=3))

    message.refresh_from_db()
    assert message.status == Status.SENT
    assert [event.what for event in message.events.all()] == ["SENT"]


def test_a_message_that_kills_its_worker_each_time_is_given_up(news, mailoutbox):
    message = news.post()
    at = NINE
    for _ in range(8):
        delivery.claim(at, 50)
        at += timedelta(minutes=2)

    outbox.deliver_due(at)

    message.refresh_from_db()
    assert message.status == Status.DEAD
    assert not mailoutbox


class Killed(BaseException):
    """The end of the worker: nobody is left to settle anything."""


def kill_at(news, fatal):
    """Workers die of the message `fatal`, and have successors: at once, and after each lease."""

    def render(message):
        if message.pk == fatal.pk:
            raise Killed
        return outbox.Email("News", "Some news.", "<p>Some news.</p>")

    news.render, at = render, NINE
    for _ in range(10):
        for _ in range(3):
            with contextlib.suppress(Killed):
                outbox.deliver_due(at)
        at += timedelta(minutes=3)


def test_a_message_that_kills_its_worker_takes_no_other_with_it(news, mailoutbox):
    news.post("before")
    fatal, after = news.post("fatal"), news.post("after")

    kill_at(news, fatal)

    fatal.refresh_from_db()
    after.refresh_from_db()
    assert fatal.status == Status.DEAD
    assert (after.status, after.attempts) == (Status.SENT, 2)
    assert len(mailoutbox) == 2


def test_the_control_taken_in_one_batch_all_are_given_up(news, monkeypatch):
    monkeypatch.setattr(delivery, "claim", claim_whatever_is_due)
    news.post("before")
    fatal, after = news.post("fatal"), news.post("after")

    kill_at(news, fatal)

    after.refresh_from_db()
    assert after.status == Status.DEAD


def claim_whatever_is_due(at, limit):
    claimed = list(OutgoingMessage.objects.due(at).order_by("due_at", "pk")[:limit])
    for message in claimed:
        message.status, message.lease_until = Status.SENDING, at + delivery.LEASE
        message.attempts += 1
        message.save()
    return claimed


def test_what_there_is_no_time_for_is_given_back_untried(news, mailoutbox):
    message = news.post()
    claimed = delivery.claim(NINE, 50)

    delivery._deliver(claimed, delivery.Clock(NINE, seconds=0))

    message.refresh_from_db()
    assert (message.status, message.attempts) == (Status.WAITING, 0)
    assert not mailoutbox


def test_more_than_one_batch_is_sent_in_a_run(news, mailoutbox):
    for number in range(5):
        news.post(str(number))

    counts = outbox.deliver_due(NINE, limit=2)

    assert counts == {Status.SENT: 5}
    assert len(mailoutbox) == 5


def test_each_run_leaves_a_heartbeat(db):
    outbox.deliver_due(NINE)
    outbox.deliver_due(NINE + timedelta(seconds=15))

    assert Heartbeat.objects.get(name="outbox").at == NINE + timedelta(seconds=15)


def test_a_secret_is_sealed_while_it_waits_and_erased_when_sent(news, mailoutbox):
    def render(message):
        return outbox.Email("Code", outbox.secret_of(message)["code"], "")

    news.render, message = render, news.post(secret={"code": "123456"})
    assert b"123456" not in bytes(message.secret)

    outbox.deliver_due(NINE)

    message.refresh_from_db()
    assert mailoutbox[0].body == "123456"
    assert bytes(message.secret) == b""
    assert outbox.secret_of(message) == {}
    assert not message.can_be_sent_again


def test_an_unknown_kind_is_refused_where_it_is_posted(client_user):
    with pytest.raises(LookupError):
        outbox.queue("no-such-kind", about=client_user, recipient=client_user, due_at=NINE)
