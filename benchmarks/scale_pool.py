"""PgBouncer in transaction mode in front of a portal's database, for one measurement."""

import contextlib
import os
import shutil
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from coaching_portal.operations.embedded import children, data_directory, free_port, is_free

SERVER_CONNECTIONS = 12
# Round robin is the hardest: a client's next transaction never meets the same connection.
CONFIGURATION = """
[databases]
portal = host=127.0.0.1 port={server_port} dbname=portal

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {home}/users.txt
pool_mode = transaction
server_round_robin = 1
max_client_conn = 500
default_pool_size = {connections}
"""


@contextlib.contextmanager
def pooled(url, home):
    """The address of the database at `url` through a pool."""
    port, home = free_port(), Path(home)
    home.mkdir()
    server, who = urlsplit(url), data_directory.identity(home / "none")
    (home / "users.txt").write_text(f'"{server.username}" "{server.password}"\n')
    (home / "pgbouncer.ini").write_text(
        CONFIGURATION.format(
            home=home, port=port, server_port=server.port, connections=SERVER_CONNECTIONS
        )
    )
    if who:  # it refuses to run as root
        for path in (home, *home.iterdir()):
            os.chown(path, who["user"], who["group"])
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    process = children.spawn([program, home / "pgbouncer.ini"], log=home.with_suffix(".log"), **who)
    try:
        _wait(process, port, home.with_suffix(".log"))
        address = f"{server.username}:{server.password}@127.0.0.1:{port}"
        yield urlunsplit(server._replace(netloc=address))
    finally:
        children.end(process)


def _wait(process, port, log, seconds=20):
    deadline = time.monotonic() + seconds
    while is_free(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise children.DidNotStart("PgBouncer", log)
        time.sleep(0.05)
