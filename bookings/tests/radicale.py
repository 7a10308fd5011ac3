"""A real CalDAV server for tests, as a process that can be ended and started again."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

USER, PASSWORD = "una", "seven quiet herons"
HOME = "/una/"


class Radicale:
    def __init__(self, folder: Path):
        self.folder = folder
        self.port = _free_port()
        self.process: subprocess.Popen | None = None
        self.set_password(PASSWORD)

    @property
    def netloc(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"http://{self.netloc}/"

    def set_password(self, password):
        (self.folder / "users").write_text(f"{USER}:{password}\n")

    def start(self):
        options = {
            "server-hosts": self.netloc,
            "auth-type": "htpasswd",
            "auth-htpasswd-filename": self.folder / "users",
            "auth-htpasswd-encryption": "plain",
            "auth-delay": "0",
            "storage-filesystem-folder": self.folder / "data",
            "logging-level": "error",
        }
        words = [f"--{name}={value}" for name, value in options.items()]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "radicale", "--config", "", *words],
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("a"),
        )
        self._wait()

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def make_calendar(self, name="work"):
        """The address of a new calendar."""
        from caldav.davclient import DAVClient

        client = DAVClient(self.url, username=USER, password=PASSWORD)
        calendar = client.principal().make_calendar(name=name, cal_id=name)
        return str(calendar.url)

    def _wait(self):
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}.web/", timeout=1)
                return
            time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text())


def _free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
