"""What a visitor meets while the database or the broker is away, and just after.

The portal runs on servers of its own. A portal with unsafe settings beside it, on the same servers
and without what is tested here, is the control.
"""

import contextlib
import json
import shutil
import signal
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

import psycopg2
import pytest

from coaching_portal.operations import embedded
from coaching_portal.operations.embedded import children, data_directory
from coaching_portal.operations.embedded.postgres import Postgres
from coaching_portal.operations.embedded.valkey import Valkey
from coaching_portal.operations.tests.test_portal import Portal, wait_until
from coaching_portal.testing.http import Browser

pytestmark = pytest.mark.servers

COACH, PASSWORD = "tracy-ruthven", "coaching-portal"
UNSAFE = "coaching_portal.operations.tests.settings_unsafe"
THREADS = 16  # of the one web worker, each with a connection of its own


class Servers:
    """PostgreSQL and Valkey that a test may stop, freeze and start again."""

    def __init__(self, home):
        ours = {"password": "only-for-tests"}
        self.database = Postgres(
            home / "postgres",
            port=embedded.free_port(),
            log=home / "postgres.log",
            durable=False,
            **ours,
        )
        self.broker = Valkey(
            home / "valkey", port=embedded.free_port(), log=home / "valkey.log", **ours
        )
        self.start_database()
        self.broker_process = self.broker.start()

    def start_database(self):
        self.database_process = self.database.start()

    def stop_database(self):
        children.end(self.database_process, self.database.end_signal)

    @contextlib.contextmanager
    def database_away(self):
        self.stop_database()
        try:
            yield
        finally:
            self.start_database()

    @contextlib.contextmanager
    def broker_frozen(self):
        self.broker_process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.broker_process.send_signal(signal.SIGCONT)

    def ask(self, question):
        """The first column of what the database answers, without the portal."""
        with contextlib.closing(psycopg2.connect(self.database.url())) as connection:
            cursor = connection.cursor()
            cursor.execute(question)
            return [first for first, *_ in cursor.fetchall()]

    def end(self):
        self.stop_database()
        children.end(self.broker_process)


@pytest.fixture(scope="module")
def home():
    home = Path(tempfile.mkdtemp(prefix="portal-faults-", dir=data_directory.SHARED))
    home.chmod(0o755)
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def servers(home):
    servers = Servers(home)
    yield servers
    servers.end()


@pytest.fixture(scope="module")
def make_portal(home, servers):
    """make_portal("web"): those parts of a portal, with the example's people and hours."""
    with contextlib.ExitStack() as running:

        def make(*parts, **environment):
            portal = Portal(
                home,
                only=parts,
                DATABASE_URL=servers.database.url(),
                REDIS_URL=f"{servers.broker.url()}/0",
                PORTAL_EMBEDDED="true",
                EXAMPLE_SUBJECTS="people,hours",
                WEB_WORKERS="1",
                **environment,
            ).start()
            running.callback(portal.end)
            return portal

        yield make


@pytest.fixture(scope="module")
def portal(make_portal):
    return make_portal("preparation", "web")


@pytest.fixture(scope="module")
def unsafe_portal(portal, make_portal):
    return make_portal("web", DJANGO_SETTINGS_MODULE=UNSAFE)


@pytest.fixture
def client_person(portal):
    person = Browser(f"http://127.0.0.1:{portal.port}")
    assert person.sign_in("client@example.org", PASSWORD).status == 302
    return person


def free_times(person):
    today = date.today()  # noqa: DTZ011  the portal is asked, whatever day it is
    asked = {"minutes": 60, "from": today + timedelta(20), "to": today + timedelta(60)}
    return json.loads(person.get(f"/book/{COACH}/times.json?{urlencode(asked)}").page)["times"]


def last_step(start):
    asked = urlencode({"minutes": 60, "location": "VIDEO", "start": start})
    return f"/book/{COACH}/details/?{asked}"


def bookings_at(servers, start):
    return servers.ask(f"SELECT status FROM bookings_coachingsession WHERE starts_at = '{start}'")


def a_statement_waits(servers):
    return servers.ask("SELECT 1 FROM pg_locks WHERE NOT granted")


def test_a_booking_that_the_database_cut_off_left_nothing_and_may_be_sent_again(
    client_person, servers
):
    start = free_times(client_person)[0]
    form = client_person.form(last_step(start)) | {"payer": "self", "accept": "on"}
    holder = psycopg2.connect(servers.database.url())
    holder.cursor().execute("SELECT 1 FROM profiles_coach FOR UPDATE")

    with ThreadPoolExecutor(1) as elsewhere:
        cut_off = elsewhere.submit(client_person.post, last_step(start), form)
        wait_until(lambda: a_statement_waits(servers))
        with servers.database_away():
            answer = cut_off.result()

    assert answer.status == 503
    assert "send it again" in answer.page
    assert bookings_at(servers, start) == []
    assert client_person.post(last_step(start), form).status == 302
    assert client_person.post(last_step(start), form).status == 302
    assert bookings_at(servers, start) == ["BOOKED"]


def test_while_the_database_is_away_pages_say_so_in_plain_words(portal, servers):
    person = Browser(f"http://127.0.0.1:{portal.port}")

    with servers.database_away():
        page = person.get("/")
        data = person.get(f"/book/{COACH}/times.json?minutes=60")
        alive = person.get("/healthz")

    assert page.status == data.status == 503
    assert "Please try again in a minute" in page.page
    assert "Please try again in a minute" in json.loads(data.page)["error"]
    for answer in (page, data):
        assert "no-store" in answer.headers["Cache-Control"]
        assert int(answer.headers["Retry-After"]) > 0
        assert "psycopg2" not in answer.page
    assert alive.status == 200


def test_the_control_an_unsafe_portal_answers_500(unsafe_portal, servers):
    with servers.database_away():
        assert Browser(f"http://127.0.0.1:{unsafe_portal.port}").get("/").status == 500


def open_connections(portal):
    """Let every thread of the web server have a connection to the database."""
    statuses(portal, THREADS * 4)


def statuses(portal, number=THREADS):
    with ThreadPoolExecutor(THREADS) as people:
        return {
            answer.status
            for answer in people.map(
                Browser(f"http://127.0.0.1:{portal.port}").get, ["/coaches/"] * number
            )
        }


def test_after_a_restart_the_very_next_requests_are_answered(portal, servers):
    open_connections(portal)

    with servers.database_away():
        pass

    assert statuses(portal) == {200}


def test_the_control_without_health_checks_they_fail(unsafe_portal, servers):
    open_connections(unsafe_portal)

    with servers.database_away():
        pass

    assert statuses(unsafe_portal) != {200}


def test_with_a_frozen_broker_people_sign_in_and_book(portal, servers):
    person = Browser(f"http://127.0.0.1:{portal.port}")

    with servers.broker_frozen():
        signed_in = person.sign_in("learner@example.org", PASSWORD)
        start = free_times(person)[-1]
        form = person.form(last_step(start)) | {"payer": "self", "accept": "on"}
        booked = person.post(last_step(start), form)

    assert (signed_in.status, booked.status) == (302, 302)
    assert bookings_at(servers, start) == ["BOOKED"]


def test_the_control_with_an_unsafe_cache_nobody_signs_in(unsafe_portal, servers):
    with servers.broker_frozen():
        assert (
            Browser(f"http://127.0.0.1:{unsafe_portal.port}")
            .sign_in("learner@example.org", PASSWORD)
            .status
            == 500
        )
