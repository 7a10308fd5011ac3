"""What `manage.py portal` runs beside the servers: the web server, the worker and beat."""

import http.client
import os
import signal
import sys
import time
from urllib.parse import urlsplit

from django.conf import settings

from coaching_portal.operations.embedded import children

POLL_SECONDS = 0.05


class Program:
    """A Python program of ours that says by a file that it is ready (see celery.py)."""

    end_signal = signal.SIGTERM
    is_program = True

    def __init__(self, name, *arguments, mark):
        self.name, self.arguments, self.mark = name, arguments, mark
        self.part, self.log = name.lower(), log_of(name)
        self.ready_file = settings.VAR_DIR / "run" / f"{self.part}.ready"

    def start(self):
        """Start it without waiting: the three take their time side by side."""
        self.ready_file.unlink(missing_ok=True)
        return children.spawn(
            [sys.executable, "-m", *self.arguments],
            log=self.log,
            env=self._environment(),
            cwd=settings.BASE_DIR,
        )

    def is_ready(self):
        return self.ready_file.exists()

    def wait(self, process, timeout=120):
        """Return once it is ready; DidNotStart when it ended instead, or takes too long."""
        deadline = time.monotonic() + timeout
        while not self.is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise children.DidNotStart(self.name, self.log)
            time.sleep(POLL_SECONDS)

    def _environment(self):
        return os.environ | {
            "PORTAL_READY_FILE": str(self.ready_file),
            "PYTHONUNBUFFERED": "1",
            children.RUN: self.mark,
        }


class Web(Program):
    """Granian: ready when it answers."""

    def __init__(self, *, mark):
        super().__init__("Web", *_granian(), mark=mark)

    def is_ready(self):
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (asked, not bound)  # nosec B104
        host = everywhere.get(settings.BIND, settings.BIND)
        connection = http.client.HTTPConnection(host, settings.PORT, timeout=5)
        try:
            connection.request(
                "GET", "/healthz", headers={"Host": urlsplit(settings.SITE_URL).netloc}
            )
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()


def log_of(name):
    """The file that a child writes to; none where all is to go to our own output."""
    return None if settings.LOG_TO_STDOUT else settings.VAR_DIR / "log" / f"{name.lower()}.log"


def programs(mark):
    worker = ("celery", "-A", "coaching_portal", "worker", "--loglevel", "INFO")
    economy = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    concurrency = ("--concurrency", str(settings.WORKER_PROCESSES))
    beat = ("celery", "-A", "coaching_portal", "beat", "--loglevel", "INFO")
    return [
        Web(mark=mark),
        Program("Worker", *worker, *concurrency, *economy, mark=mark),
        Program("Beat", *beat, mark=mark),
    ]


def _granian():
    return [
        *("granian", "--interface", "wsgi", "--no-ws", "--respawn-failed-workers"),
        *("--host", settings.BIND, "--port", str(settings.PORT)),
        *("--workers", str(settings.WEB_WORKERS), "--blocking-threads", "16"),
        *("--workers-kill-timeout", "10"),
        "coaching_portal.wsgi:application",
    ]
