"""A whole portal for one measurement: its servers and the web, as `make run` has them.

Everything lies in a folder that goes with it. Only the worker and beat are left out: no request
waits for them.
"""

import contextlib
import os
import secrets
import shutil
import tempfile
from pathlib import Path


@contextlib.contextmanager
def running(**environment):
    """Serve an empty portal, and set Django up for the same database: its address."""
    home = Path(tempfile.mkdtemp(prefix="portal-benchmark-"))
    try:
        _settle_environment(home)
        os.environ.update(environment)
        with contextlib.ExitStack() as started:
            yield _start(started)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _settle_environment(home):
    """An example run in `home`, whatever this machine's own environment says."""
    from coaching_portal.operations.embedded import free_port

    home.chmod(0o755)  # PostgreSQL may run as another user
    port = str(free_port())
    ours = {"DATABASE_URL": "", "REDIS_URL": "", "SITE_URL": "", "EMAIL_URL": ""}
    ours |= {"VAR_DIR": str(home), "PORT": port, "BIND": "127.0.0.1", "PORTAL_EMBEDDED": "true"}
    ours |= {"DJANGO_SETTINGS_MODULE": "coaching_portal.settings", "LOG_LEVEL": "WARNING"}
    # A handful of clients book more than people would.
    ours |= dict.fromkeys(["MOST_OPEN_SESSIONS", "MOST_OPEN_SESSIONS_AT_FIRST"], "1000")
    ours["MOST_BOOKINGS_AN_HOUR"] = "1000"
    ours["SITE_URL"] = f"http://127.0.0.1:{port}"
    os.environ.update(ours)


def _start(started):
    import django

    django.setup()
    from django.conf import settings

    from coaching_portal.operations.portal import preparation, servers
    from coaching_portal.operations.portal.programs import Web

    (settings.VAR_DIR / "run").mkdir(parents=True)
    servers.keep_logs_short()
    _begin(started, servers.embedded_postgres())
    _begin(started, servers.embedded_valkey())
    preparation.migrate()
    preparation.collect_static(settings.STATIC_ROOT)
    web = Web(mark=secrets.token_hex(8))
    web.wait(_begin(started, web))
    started.callback(_let_go)
    return settings.SITE_URL


def _begin(started, kind):
    from coaching_portal.operations.embedded import children

    process = kind.start()
    started.callback(children.end, process, kind.end_signal)
    return process


def _let_go():
    from django.db import connection

    connection.close()
