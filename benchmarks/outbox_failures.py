"""A storm over the outbox: workers killed, two beats, a broker that dies, a mail server that balks.

Imported once Django is set up.
"""

import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from benchmarks.faults_pages import Visitor
from benchmarks.faults_servers import broker_pid
from bookings.models import CoachingSession
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.tests.smtp import Sink, controller_of
from coaching_portal.operations.embedded import children, free_port
from coaching_portal.operations.portal.servers import embedded_valkey

KIND = "session-charge-waived"
TICK_SECONDS = "3"
BEATS = 2
REFUSE_ONE_IN = 20  # 5 %
MOST_SECONDS = 600
FROZEN_SECONDS = 12


@dataclass(frozen=True)
class Plan:
    """What is to happen while so many messages go out."""

    name: str
    messages: int
    kills: int
    faster: int = 1
    control: str = ""
    broker_suffers: bool = True
    workers: int = 2
    refuse_one_in: int = REFUSE_ONE_IN


@dataclass(frozen=True)
class Outcome:
    """What the mail server counted, and how the pages answered meanwhile."""

    plan: Plan
    distinct: int
    accepted: int
    refused: int
    dead: int
    seconds: float
    slowest_page: float
    failed_pages: int

    @property
    def lost(self):
        return self.plan.messages - self.distinct

    @property
    def doubled(self):
        return self.accepted - self.distinct

    @property
    def is_kept(self):
        return not (self.lost or self.dead or self.failed_pages) and self.doubled <= 2

    def __str__(self):
        plan = self.plan
        return (
            f"| {plan.name} | {plan.messages} | {plan.kills} | {self.refused} | {self.distinct} "
            f"| {self.lost} | {self.doubled} | {self.seconds:.0f} | {self.slowest_page:.0f} |"
        )


def break_out(plans, site, coach, client):
    """Each plan in turn: its outcome."""
    subject = a_waived_session(coach, client)
    for plan in plans:
        yield weather(plan, site, subject)


def weather(plan, site, subject):
    """Owe the messages about `subject`, let the storm loose, wait until nothing is owed."""
    OutgoingMessage.objects.all().delete()
    sink, port = Sink(), free_port()
    sink.refuse_one_in = plan.refuse_one_in
    mail_server = controller_of(sink, port)
    mail_server.start()
    crew = Crew(plan, port)
    try:
        _owe(subject, plan.messages)
        return _blow(plan, crew, sink, site)
    finally:
        crew.end()
        mail_server.stop()


def _owe(session, messages):
    now = timezone.now()
    for number in range(messages):
        occasion = str(number)
        outbox.queue(KIND, about=session, recipient=session.client, occasion=occasion, due_at=now)


def a_waived_session(coach, client):
    """Something that every message of KIND stays true about."""
    at = timezone.now()
    return CoachingSession.objects.create(
        coach=coach,
        client=client,
        status="NO_SHOW",
        starts_at=at,
        ends_at=at + timedelta(hours=1),
        free_again_at=at + timedelta(hours=1),
        rate=75,
        price=75,
        waived_at=at,
    )


def _blow(plan, crew, sink, site):
    visitor, began = Visitor(site), time.monotonic()
    crew.begin()
    with visitor:
        for kill in range(1, plan.kills + 1):
            # Each kill leaves up to a batch behind, so that soon nothing else would be left.
            share = plan.messages * kill // (plan.kills * 3)
            _wait(lambda share=share: len(sink.accepted) + sink.refused >= share)
            # At any moment, not just when a mail has been accepted.
            time.sleep(random.uniform(0, 0.5))  # noqa: S311  no secret
            crew.kill(kill % plan.workers)
            if plan.broker_suffers and kill == plan.kills // 2:
                crew.kill_broker()
            if plan.broker_suffers and kill == plan.kills - 1:
                crew.freeze_broker()
        _wait(lambda: not _owed().exists())
    return Outcome(
        plan=plan,
        distinct=len(sink.message_ids),
        accepted=len(sink.accepted),
        refused=sink.refused,
        dead=OutgoingMessage.objects.filter(status="DEAD").count(),
        seconds=time.monotonic() - began,
        slowest_page=visitor.slowest,
        failed_pages=visitor.failed,
    )


def _owed():
    return OutgoingMessage.objects.filter(status__in=["WAITING", "SENDING"])


def _wait(condition):
    deadline = time.monotonic() + MOST_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"The storm did not end in {MOST_SECONDS} s.")
        time.sleep(0.2)


class Crew:
    """The workers and beats, in process groups of their own, and the broker's second life."""

    def __init__(self, plan, mail_port):
        self.plan = plan
        self.environment = os.environ | {
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "TICK_SECONDS": TICK_SECONDS,
            "FASTER": str(plan.faster),
            "CONTROL": plan.control,
        }
        self.workers, self.beats, self.broker = [], [], None

    def begin(self):
        self.workers = [self._worker() for _ in range(self.plan.workers)]
        self.beats = [self._beat(number) for number in range(BEATS)]

    def kill(self, place):
        """SIGKILL to a worker and its processes, as when memory runs out; its parent's part."""
        children.end_group(self.workers[place].pid)
        self.workers[place].wait()
        self.workers[place] = self._worker()

    def kill_broker(self):
        """SIGKILL to Valkey; it is back a second later."""
        os.kill(broker_pid(), signal.SIGKILL)
        time.sleep(1)
        if self.broker:
            self.broker.wait()
        self.broker = embedded_valkey().start()

    def freeze_broker(self):
        """Longer than a client of it waits for an answer (10 s)."""
        os.kill(pid := broker_pid(), signal.SIGSTOP)
        time.sleep(FROZEN_SECONDS)
        os.kill(pid, signal.SIGCONT)

    def end(self):
        for process in self.workers + self.beats:
            children.end_group(process.pid)
            process.wait()

    def _worker(self):
        few = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--concurrency=1")
        return self._celery("worker", *few)

    def _beat(self, number):
        return self._celery("beat", "--schedule", settings.VAR_DIR / f"beat-{number}")

    def _celery(self, *words):
        return children.spawn(
            [sys.executable, "-m", "celery", "-A", "benchmarks.faults_worker", *words],
            log=settings.VAR_DIR / "log" / f"{words[0]}.log",
            env=self.environment,
            cwd=settings.BASE_DIR,
        )
