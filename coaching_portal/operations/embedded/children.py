"""Processes that end with the one that started them, however it ends."""

import contextlib
import ctypes
import json
import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
RUN = "PORTAL_RUN"


def spawn(command, *, log, end_signal=signal.SIGTERM, feed=b"", **options):
    """Start `command` in a session of its own, with `feed` as its input.

    It writes to the file `log`, or, without one, where this process writes.

    On Linux the kernel sends it `end_signal` when this process dies, even by `kill -9`. It must be
    called from the main thread, because the kernel watches the thread.
    """
    parent = os.getpid()

    def end_with_parent():
        if LIBC:
            LIBC.prctl(PR_SET_PDEATHSIG, end_signal)
            if os.getppid() != parent:
                os._exit(1)

    with open(log, "ab") if log else contextlib.nullcontext() as output:
        process = subprocess.Popen(
            [os.fspath(word) for word in command],
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=end_with_parent,
            **options,
        )
    if process.stdin:
        with contextlib.suppress(BrokenPipeError), process.stdin as fed:
            fed.write(feed)
    return process


def end(process, end_signal=signal.SIGTERM, patience=20):
    """Ask the process to end, then insist; its own children go with it."""
    process.send_signal(end_signal)
    insist(process, patience)


def insist(process, patience=20):
    """Wait for a process that has been asked to end, but no longer than `patience`."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    end_group(process.pid)
    process.wait()


def end_group(leader):
    """Kill whatever a process left behind in its session (its workers, after `kill -9`)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


class DidNotStart(RuntimeError):
    """A child ended, or was not ready in time; its log's last lines say why."""

    def __init__(self, name, log):
        ending = "".join(f"\n    {line}" for line in last_lines(log))
        super().__init__(
            f"{name} did not start. {log} ends:{ending}" if log else f"{name} did not start."
        )


def last_lines(log, count=8):
    """The end of a log (none where a child writes to our own output)."""
    if not log:
        return []
    with open(log, "rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 8192))
        return file.read().decode(errors="replace").splitlines()[-count:]


class Register:
    """The children of one run, in a file: its successor ends those that outlived their parent.

    A process is known again by its number and the moment that it started; workers of a child by
    the run's mark in their environment.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.mark = secrets.token_hex(8)
        self.entries = {}

    def note(self, name, process, end_signal):
        with contextlib.suppress(psutil.NoSuchProcess):
            born = psutil.Process(process.pid).create_time()
            self.entries[name] = [process.pid, born, int(end_signal)]
            self.path.write_text(json.dumps({"mark": self.mark, "children": self.entries}))

    def end_leftovers(self, patience=20):
        """End what an earlier run left over; in peace while `patience` lasts."""
        try:
            earlier = json.loads(self.path.read_text())
        except (FileNotFoundError, ValueError):
            return
        leaders = [_known(pid, born, sig) for pid, born, sig in earlier["children"].values()]
        left = [process for process in leaders if process] + _marked(earlier["mark"])
        for process in psutil.wait_procs(left, timeout=patience)[1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=5)
        self.path.unlink(missing_ok=True)


def _known(pid, born, end_signal):
    """The process, asked to end, or None where it is gone or its number is another's now."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        process = psutil.Process(pid)
        if abs(process.create_time() - born) < 1:
            process.send_signal(end_signal)
            return process
    return None


def _marked(mark):
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(RUN) == mark:
                process.terminate()
                found.append(process)
    return found
