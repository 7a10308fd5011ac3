"""manage.py portal as its user meets it: started, killed in every part, stopped."""

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg2
import pytest
from django.conf import settings

from coaching_portal.operations import embedded
from coaching_portal.operations.embedded import data_directory

pytestmark = pytest.mark.servers

OURS = (
    *("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL"),
    *("SITE_URL", "SECRET_KEY", "PORTAL_EMBEDDED", "VAR_DIR"),
)


class Portal:
    """One `manage.py portal` in `var_dir` on `port`, or parts of it, with what it printed."""

    def __init__(self, var_dir, *, port=None, only=(), **environment):
        self.var_dir, self.port = var_dir, port or embedded.free_port()
        self.words = ["--only", *only] if only else []
        inherited = {name: value for name, value in os.environ.items() if name not in OURS}
        self.environment = inherited | {
            "DJANGO_SETTINGS_MODULE": "coaching_portal.settings",
            "VAR_DIR": str(var_dir),
            "PORT": str(self.port),
            "TICK_SECONDS": "1",
            "EXAMPLE_SUBJECTS": "people",
            **environment,
        }
        self.output = var_dir / f"output-{self.port}"

    def begin(self):
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "portal", *self.words],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self

    def start(self):
        self.begin()
        wait_until(self.has_begun, timeout=180)
        assert self.process.poll() is None, self.said()
        return self

    def has_begun(self):
        return "Stop with Ctrl-C" in self.said() or self.process.poll() is not None

    def said(self):
        return self.output.read_text()

    def get(self, path):
        """Status and body of a page; (0, "") where nobody answers."""
        host = urlsplit(self.environment.get("SITE_URL", "")).hostname or "localhost"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with (
            contextlib.closing(connection),
            contextlib.suppress(OSError, http.client.HTTPException),
        ):
            connection.request("GET", path, headers={"Host": host})
            response = connection.getresponse()
            return response.status, response.read().decode()
        return 0, ""

    def is_in_order(self):
        return self.get("/readyz")[0] == 200

    def has_beaten_since(self, moment):
        status, body = self.get("/readyz")
        return status == 200 and time.time() - json.loads(body)["beat_age_seconds"] > moment

    def child(self, name):
        known = json.loads((self.var_dir / "run" / "children.json").read_text())
        return psutil.Process(known["children"][name][0])

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self):
        self.process.terminate()
        self.process.wait(60)


def wait_until(is_so, timeout=60):
    deadline = time.monotonic() + timeout
    while not is_so():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def gone(processes):
    return not any(process.is_running() for process in processes)


@pytest.fixture(scope="module")
def make_var():
    """make_var(): a var/ in a path with a space that PostgreSQL's user can reach."""
    home = Path(tempfile.mkdtemp(prefix="portal-test ", dir=data_directory.SHARED))
    home.chmod(0o755)

    def make():
        var_dir = Path(tempfile.mkdtemp(prefix="var ", dir=home))
        var_dir.chmod(0o755)
        return var_dir

    yield make
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def portal(make_var):
    running = Portal(make_var()).start()
    yield running
    running.end()


def test_the_first_start_tells_each_step_the_address_and_the_sign_ins(portal):
    for line in ("✓ PostgreSQL", "✓ Valkey", "✓ Migrations", "✓ Example people", "✓ Beat"):
        assert line in portal.said()
    assert f"The portal is at http://localhost:{portal.port}" in portal.said()
    assert "coach@example.org" in portal.said()
    assert portal.get("/account/login/")[0] == 200


def test_the_heartbeat_comes_through_beat_broker_worker_and_database(portal):
    wait_until(portal.is_in_order)


def test_a_second_start_says_where_the_first_one_runs(portal):
    second = Portal(portal.var_dir).begin()

    assert second.process.wait(60) == 1
    assert f"already running at http://localhost:{portal.port}" in second.said()


def test_a_busy_port_is_named_with_what_to_do(portal, make_var):
    second = Portal(make_var(), port=portal.port).begin()

    assert second.process.wait(60) == 1
    assert f"Port {portal.port} is in use" in second.said()
    assert "make run PORT=" in second.said()


@pytest.mark.parametrize("name", ["Worker", "Beat", "Web", "Valkey", "PostgreSQL"])
def test_what_is_killed_is_started_again(portal, name):
    killed = portal.child(name)
    its_workers = killed.children(recursive=True)

    killed.kill()
    killed_at = time.time()

    wait_until(lambda: portal.said().count(f"✓ {name} started again") == 1)
    wait_until(lambda: gone(its_workers))
    wait_until(lambda: portal.has_beaten_since(killed_at + 1))


def test_nothing_outlives_a_parent_that_is_killed_and_the_next_start_works(make_var):
    first = Portal(make_var()).start()
    family = first.family()

    first.process.kill()
    first.process.wait()
    second = Portal(first.var_dir, port=first.port).start()

    assert gone(family)
    assert "Example people" not in second.said()  # the first one's database is still there
    its_family = second.family()
    second.end()
    assert second.process.returncode == 0
    assert gone(its_family)


def ask(url, statement):
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


def test_web_and_worker_connect_as_neither_owner_nor_superuser(portal):
    wait_until(portal.is_in_order)

    owners = embedded.owners_database_url(portal.var_dir)
    known = ask(
        owners,
        "SELECT DISTINCT usename FROM pg_stat_activity"
        " WHERE datname = 'portal' AND pid <> pg_backend_pid()",
    )

    assert known == [("portal_app",)]
    whose = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    assert ask(owners, whose) == [("portal",)]


@pytest.fixture
def real_servers():
    """A database of its own on the tests' servers, as an installation would have."""
    url = os.environ["TESTS_DATABASE_URL"]
    name = f"installed_{os.getpid()}"
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name}")
        yield {
            "DATABASE_URL": url.rsplit("/", 1)[0] + f"/{name}",
            "REDIS_URL": os.environ["TESTS_REDIS_URL"] + "/60",
        }
        connection.cursor().execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def two_roles(real_servers):
    """The same with an owner who is no superuser, and makes the portal's role."""
    admins = real_servers["DATABASE_URL"]
    address, name = admins.partition("@")[2].rsplit("/", 1)
    roles = [f"owner_of_{name}", f"portal_of_{name}"]
    ask(admins, f"CREATE ROLE {roles[0]} LOGIN CREATEDB CREATEROLE PASSWORD 'one'")
    ask(admins, f"ALTER DATABASE {name} OWNER TO {roles[0]}")
    yield {
        **real_servers,
        "DATABASE_URL": f"postgresql://{roles[1]}:two@{address}/{name}",
        "MIGRATION_DATABASE_URL": f"postgresql://{roles[0]}:one@{address}/{name}",
        "PORTAL_EMBEDDED": "true",
    }
    ask(f"{admins.rpartition('/')[0]}/postgres", f"DROP DATABASE {name} WITH (FORCE)")
    for role in reversed(roles):
        ask(f"{admins.rpartition('/')[0]}/postgres", f"DROP ROLE {role}")


def test_an_owner_prepares_what_the_portals_role_uses(make_var, two_roles, tmp_path):
    prepared = Portal(make_var(), only=["preparation"], **two_roles).begin()

    assert prepared.process.wait(600) == 0, prepared.said()

    assert "owns the tables" not in prepared.said()
    assert "Example people" in prepared.said()  # written by the portal's role
    ask(two_roles["DATABASE_URL"], "SELECT email FROM profiles_user")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(two_roles["DATABASE_URL"], "TRUNCATE billing_invoice CASCADE")
    for words in (["--to", str(tmp_path)], ["--check", str(tmp_path)]):
        subprocess.run(
            [sys.executable, "manage.py", "backup", *words],
            cwd=settings.BASE_DIR,
            env=prepared.environment,
            check=True,
        )


def test_a_part_insists_on_shared_servers(make_var):
    alone = Portal(make_var(), only=["web"]).begin()

    assert alone.process.wait(60) == 1
    assert "set DATABASE_URL and REDIS_URL" in alone.said()


def test_a_part_insists_on_being_prepared_for(make_var, real_servers):
    hasty = Portal(make_var(), only=["worker"], PORTAL_EMBEDDED="true", **real_servers).begin()

    assert hasty.process.wait(60) == 1
    assert "manage.py portal --only preparation" in hasty.said()


def drop_database(url):
    address, name = url.rsplit("/", 1)
    with contextlib.closing(psycopg2.connect(f"{address}/portal")) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_real_installation_runs_on_its_own_servers_without_example_people(make_var, real_servers):
    installed = Portal(
        make_var(),
        SITE_URL="https://portal.example.org",
        SECRET_KEY="0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN",
        EMAIL_URL="smtp://127.0.0.1:1",
        **real_servers,
    ).start()

    try:
        wait_until(installed.is_in_order)
        assert installed.get("/account/login/")[0] == 301  # to https
        assert "✓ Database" in installed.said()
        assert "Example" not in installed.said()

        drop_database(real_servers["DATABASE_URL"])
        status, body = installed.get("/readyz")
        assert (status, json.loads(body)["reasons"]) == (503, ["the database does not answer"])
        assert installed.get("/healthz") == (200, "ok\n")
    finally:
        installed.end()
    assert installed.process.returncode == 0
