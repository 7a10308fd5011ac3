"""manage.py portal: everything under one parent, from an empty folder to a served page.

`--only` runs a part of it, for an installation of several machines on shared servers.
"""

import os
import signal
import sys
from contextlib import nullcontext

import redis
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection

from coaching_portal.example_data.people import SIGN_INS
from coaching_portal.operations import database_roles, embedded
from coaching_portal.operations.embedded import children
from coaching_portal.operations.portal import preparation
from coaching_portal.operations.portal.programs import programs
from coaching_portal.operations.portal.servers import (
    embedded_postgres,
    embedded_valkey,
    keep_logs_short,
)
from coaching_portal.operations.portal.supervisor import Supervisor
from coaching_portal.operations.progress import Steps
from coaching_portal.operations.single_instance import (
    AlreadyRunning,
    PortIsBusy,
    insist_that_port_is_free,
    single_instance,
)

PREPARATION = "preparation"
PARTS = (PREPARATION, "web", "worker", "beat")
EXAMPLE_RUN = """
Sign in at {site}/account/login/ with the password {password} as:
{people}

This is an example run: two-factor sign-in is {mfa}, and mail is kept in {mail}.
"""


class Command(BaseCommand):
    help = "Start what is missing, then run web, worker and beat until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--only",
            nargs="+",
            choices=PARTS,
            metavar="PART",
            help=f"Run only these of {', '.join(PARTS)}; needs DATABASE_URL and REDIS_URL.",
        )

    def handle(self, *, only=None, **options):
        self.parts, self.is_whole = only or PARTS, not only
        self.name = "portal" if self.is_whole else name_of(only)
        self.steps = Steps(self.stdout)
        for ending in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, signal.default_int_handler)  # as Ctrl-C does
        try:
            with single_instance(settings.VAR_DIR, settings.SITE_URL, self.name):
                self.run()
        except (AlreadyRunning, PortIsBusy, RuntimeError, OperationalError) as error:
            sys.exit(f"✗ {error}")

    def run(self):
        file = "children.json" if self.is_whole else f"{self.name}.children.json"
        register = children.Register(settings.VAR_DIR / "run" / file)
        register.end_leftovers()
        keep_logs_short()
        if not self.is_whole:
            insist_on_shared_servers()
        if "web" in self.parts:
            insist_that_port_is_free(settings.BIND, settings.PORT)
        move_away_from_busy_ports()
        supervisor = Supervisor(register, self.steps)
        try:
            self.start(supervisor)
            if supervisor.processes:  # nobody is left after a preparation
                supervisor.watch()
        except KeyboardInterrupt:
            self.steps.say()
        finally:
            self.end(supervisor)

    def start(self, supervisor):
        self.start_database(supervisor)
        self.start_broker(supervisor)
        if PREPARATION in self.parts:
            self.prepare()
        else:
            preparation.insist_that_it_is_done()
        self.start_programs(supervisor)
        self.announce()

    def end(self, supervisor):
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, signal.SIG_IGN)
        with self.steps("Stopped"):
            supervisor.end()

    def start_database(self, supervisor):
        if settings.RUNS_POSTGRES:
            with self.steps("PostgreSQL") as note:
                server = embedded_postgres()
                supervisor.start(server)
                note(f"port {server.port}")
        else:
            # Before the preparation there may be no role but the owner's.
            role = database_roles.as_owner() if PREPARATION in self.parts else nullcontext()
            with self.steps("Database"), role:
                connection.ensure_connection()

    def start_broker(self, supervisor):
        if settings.RUNS_VALKEY:
            with self.steps("Valkey") as note:
                server = embedded_valkey()
                supervisor.start(server)
                note(f"port {server.port}")
        else:
            with self.steps("Broker"):
                insist_that_broker_answers()

    def prepare(self):
        with self.steps("Migrations") as note:
            note(f"{preparation.migrate()} applied")
        if words := database_roles.warning():
            self.steps.say(f"! {words}")
        with self.steps("Static files") as note:
            is_new = preparation.collect_static(settings.STATIC_ROOT)
            note("collected" if is_new else "unchanged")
        if settings.EMBEDDED:
            preparation.load_example(self.stdout)
        connection.close()

    def start_programs(self, supervisor):
        wanted = [each for each in programs(supervisor.register.mark) if each.part in self.parts]
        started = [(program, supervisor.start(program)) for program in wanted]
        for program, process in started:
            with self.steps(program.name):
                program.wait(process)

    def announce(self):
        if not self.is_whole:
            self.steps.say(f"\nDone: {', '.join(self.parts)}. Stop with Ctrl-C.")
            return
        self.steps.say(f"\nThe portal is at {settings.SITE_URL}")
        if settings.EMBEDDED:
            self.steps.say(
                EXAMPLE_RUN.format(
                    site=settings.SITE_URL,
                    people="\n".join(
                        f"    {who + '@example.org':<24} {SIGN_INS[who]}" for who in SIGN_INS
                    ),
                    password=settings.EXAMPLE_PASSWORD,
                    mfa="required" if settings.REQUIRE_MFA else "not asked for",
                    mail=settings.MAIL_DIR,
                )
            )
        self.steps.say("Stop with Ctrl-C.")


def name_of(parts):
    """What a run of these parts is called: one var/ holds one of each, and a web for each port."""
    return "-".join([*parts, *([str(settings.PORT)] if "web" in parts else [])])


def insist_on_shared_servers():
    if settings.RUNS_POSTGRES or settings.RUNS_VALKEY:
        raise RuntimeError("A part runs on shared servers: set DATABASE_URL and REDIS_URL.")


def insist_that_broker_answers():
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5) as broker:
            broker.ping()
    except redis.RedisError as error:
        raise RuntimeError(f"REDIS_URL does not answer: {error}") from error


def move_away_from_busy_ports():
    """Where another program took an embedded server's port, take a new one and begin again.

    Settings have read the old one already, hence the new start of this very process.
    """
    known = embedded.state(settings.VAR_DIR)
    ours = {"postgres_port": settings.RUNS_POSTGRES, "valkey_port": settings.RUNS_VALKEY}
    busy = [name for name, is_ours in ours.items() if is_ours and not embedded.is_free(known[name])]
    if busy:
        embedded.remember(settings.VAR_DIR, **{name: embedded.free_port() for name in busy})
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  (itself)  # nosec B606
