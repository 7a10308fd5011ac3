"""Counts of requests, shared by the processes of one web server, and how Prometheus reads them.

Each process adds up in a memory-mapped file of its own; whichever is asked reads all of them. The
folder belongs to one run of the web server, so that a restart begins at nought, as Prometheus
expects. Without METRICS_TOKEN nobody may ask, and nothing is counted.
"""

import contextlib
import logging
import os
import shutil
import time
from pathlib import Path

import psutil
from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client import exposition as prometheus
from prometheus_client.multiprocess import MultiProcessCollector

from coaching_portal.observability.logs import KNOWN_METHODS, route_of


def _run_of(process):
    return f"{process.pid}-{process.create_time():.0f}"


FOLDER = Path(settings.METRICS_DIR, _run_of(psutil.Process(os.getppid())))
# The library looks for the variable once, wherever it is imported first; so both are set here.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(FOLDER)
values.ValueClass = values.MultiProcessValue()

REQUESTS = Counter(
    "portal_http_requests",
    "Requests by the name of the page, the method and the class of the answer.",
    ["route", "method", "status"],
)
SECONDS = Histogram(
    "portal_http_request_seconds",
    "How long a page took.",
    ["route"],
    buckets=(0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
CONTENT_TYPE = prometheus.CONTENT_TYPE_PLAIN_0_0_4
SIZE = 1 << 20
logger = logging.getLogger(__name__)
_prepared: dict[int, bool] = {}


def counted(get_response):
    """Middleware: count each request."""

    def middleware(request):
        started = time.perf_counter()
        response = get_response(request)
        if settings.METRICS_TOKEN and _is_prepared():
            _count(request, response, time.perf_counter() - started)
        return response

    return middleware


def _count(request, response, seconds):
    route = route_of(request)
    method = request.method if request.method in KNOWN_METHODS else "other"
    REQUESTS.labels(route, method, f"{response.status_code // 100}xx").inc()
    SECONDS.labels(route).observe(seconds)


def _is_prepared():
    """Whether this process has its files; asked of the disk once."""
    pid = os.getpid()
    if pid not in _prepared:
        try:
            _prepare(pid)
        except OSError as error:
            logger.warning("Requests are not counted: %s", error)
            _prepared[pid] = False
        else:
            _prepared[pid] = True
    return _prepared[pid]


def _prepare(pid):
    """Reserve the room: writing into a mapped file that finds the disk full kills the process."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    _discard_those_of_runs_that_have_ended()
    for kind in ("counter", "histogram"):
        handle = os.open(FOLDER / f"{kind}_{pid}.db", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            if hasattr(os, "posix_fallocate"):  # not on macOS, where nobody is served
                os.posix_fallocate(handle, 0, SIZE)
        finally:
            os.close(handle)


def _discard_those_of_runs_that_have_ended():
    running = {FOLDER.name}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            running.add(_run_of(process))
    for folder in FOLDER.parent.iterdir():
        if folder.name not in running:
            shutil.rmtree(folder, ignore_errors=True)


def exposition(*collectors):
    """The text that Prometheus reads: what all processes have counted, and these."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    if FOLDER.is_dir():
        MultiProcessCollector(registry, path=str(FOLDER))
    return generate_latest(registry)
