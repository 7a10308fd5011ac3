"""PostgreSQL and Valkey on one machine survive whatever happens to them and their parent."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from coaching_portal.operations import embedded
from coaching_portal.operations.embedded import children, data_directory
from coaching_portal.operations.embedded.postgres import Postgres
from coaching_portal.operations.embedded.valkey import Valkey

pytestmark = pytest.mark.servers


@pytest.fixture
def folder():
    """A folder that PostgreSQL's user can reach (pytest's own are private)."""
    made = Path(tempfile.mkdtemp(prefix="portal-test ", dir=data_directory.SHARED))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def postgres(folder):
    server = Postgres(
        folder / "postgres",
        port=embedded.free_port(),
        password="secret",
        log=folder / "postgres.log",
    )
    with ending(server) as started:
        yield started


@pytest.fixture
def valkey(folder):
    server = Valkey(
        folder / "valkey",
        port=embedded.free_port(),
        password="secret",
        log=folder / "valkey.log",
    )
    with ending(server) as started:
        yield started


@contextlib.contextmanager
def ending(server):
    """The server, whose every start is ended after the test."""
    begin, processes = server.start, []
    server.start = lambda: processes.append(begin()) or processes[-1]
    yield server
    for process in processes:
        children.end(process, server.end_signal)


def ask(postgres, statement):
    with contextlib.closing(psycopg2.connect(postgres.url())) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


def wait_until(is_so, timeout=60):
    deadline = time.monotonic() + timeout
    while not is_so():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def test_postgres_keeps_its_rows_through_kill_9(postgres):
    process = postgres.start()
    ask(postgres, "CREATE TABLE kept AS SELECT 75 AS price")

    process.kill()
    process.wait()
    postgres.start()

    assert ask(postgres, "SELECT price FROM kept") == [(75,)]


def test_a_cluster_of_an_earlier_version_gets_the_portals_role(postgres):
    process = postgres.start()
    ask(postgres, f"DROP ROLE {embedded.PORTAL}")
    children.end(process, postgres.end_signal)

    postgres.start()

    address = postgres.url().replace(
        f"{embedded.OWNER}:secret", f"{embedded.PORTAL}:{embedded.password_of_portal('secret')}"
    )
    with contextlib.closing(psycopg2.connect(address)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("portal_app", False)


def test_postgres_ends_a_server_that_its_parent_left_running(postgres):
    left_over = postgres.start()

    process = postgres.start()

    assert left_over.wait(60) == 0
    assert process.poll() is None
    assert ask(postgres, "SELECT 1") == [(1,)]


def test_postgres_ends_when_asked_and_starts_again(postgres):
    process = postgres.start()

    children.end(process, postgres.end_signal)

    assert process.returncode == 0
    assert embedded.is_free(postgres.port)
    assert postgres.start().poll() is None


def test_valkey_keeps_its_keys_through_kill_9(valkey):
    process = valkey.start()
    with redis.Redis.from_url(valkey.url()) as connection:
        connection.set("kept", "75")

    process.kill()
    process.wait()
    valkey.start()

    with redis.Redis.from_url(valkey.url()) as connection:
        assert connection.get("kept") == b"75"


def test_valkey_answers_nobody_without_the_password(valkey):
    valkey.start()

    with redis.Redis(port=valkey.port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_a_server_that_cannot_start_shows_the_end_of_its_log(valkey):
    valkey.start()
    second = Valkey(valkey.home, port=valkey.port, password="secret", log=valkey.log)

    with pytest.raises(children.DidNotStart, match="Address already in use"):
        second.start()


def test_root_finds_a_place_that_the_unprivileged_user_can_reach(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(data_directory, "SHARED", folder)
    var_dir = tmp_path / "var"
    tmp_path.chmod(0o700)

    home = data_directory.home(var_dir)

    assert data_directory.can_enter(home, data_directory.identity(home / "data"))
    assert data_directory.home(var_dir) == home


@pytest.fixture
def as_root(monkeypatch):
    """Whoever runs the tests: the choice of a place as root makes it when var/ is out of reach."""
    monkeypatch.setattr(data_directory, "can_enter", lambda folder, who: False)


def test_a_cluster_elsewhere_is_discarded_with_its_var(as_root, tmp_path, folder, monkeypatch):
    monkeypatch.setattr(data_directory, "SHARED", folder)
    forgotten = data_directory.home(tmp_path / "first")
    kept = data_directory.home(tmp_path / "second")
    shutil.rmtree(tmp_path / "first")

    data_directory.home(tmp_path / "third")

    assert not forgotten.exists()
    assert data_directory.home(tmp_path / "second") == kept
    assert kept.is_dir()


def test_all_who_ask_first_get_the_same_ports_and_secrets(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(embedded.state, [tmp_path] * 8))

    assert all(state == states[0] for state in states)
    assert (tmp_path / embedded.STATE).stat().st_mode & 0o077 == 0


PARENT = """
import signal, sys, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a dead child leaves no trace
from pathlib import Path
from coaching_portal.operations.embedded import children
child = children.spawn(["sleep", "300"], log=sys.argv[1])
register = children.Register(Path(sys.argv[2]))
register.note("Sleeper", child, 15)
print(child.pid, flush=True)
time.sleep(300)
"""


@pytest.fixture
def parent(tmp_path):
    """A process with a child that sleeps: (the parent, the child)."""
    arguments = [str(tmp_path / "log"), str(tmp_path / "children.json")]
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, *arguments], stdout=subprocess.PIPE, text=True
    )
    yield process, psutil.Process(int(process.stdout.readline()))
    process.kill()
    process.wait()


def test_children_do_not_outlive_a_parent_that_is_killed(parent, tmp_path):
    process, child = parent

    process.send_signal(signal.SIGKILL)
    process.wait()
    children.Register(tmp_path / "children.json").end_leftovers()

    wait_until(lambda: not child.is_running())


def test_a_register_ends_the_process_that_it_knows(parent, tmp_path):
    _, child = parent

    children.Register(tmp_path / "children.json").end_leftovers()

    assert not child.is_running()
    assert not (tmp_path / "children.json").exists()


def test_a_register_spares_another_process_that_has_the_number_now(tmp_path):
    path = tmp_path / "children.json"
    entry = [os.getpid(), psutil.Process().create_time() - 60, int(signal.SIGKILL)]
    path.write_text(json.dumps({"mark": "none", "children": {"Worker": entry}}))

    children.Register(path).end_leftovers()

    assert not path.exists()  # and this test is still running
