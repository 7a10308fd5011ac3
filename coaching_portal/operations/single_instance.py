"""One portal at a time for one `var/`, and for one port."""

import contextlib
import fcntl
import os
from pathlib import Path

from coaching_portal.operations import embedded


class AlreadyRunning(Exception):
    """Another portal runs here."""


class PortIsBusy(Exception):
    """Another program listens on the port."""


@contextlib.contextmanager
def single_instance(var_dir, address, name="portal"):
    """Hold the lock of `name` in `var_dir` for the time of a run, or raise AlreadyRunning.

    The kernel lets go of the lock with the process, so that nothing is left after `kill -9`.
    """
    path = Path(var_dir, "run", f"{name}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise AlreadyRunning(_message(handle.read().split())) from None
        handle.truncate(0)
        handle.write(f"{address} {os.getpid()}")
        handle.flush()
        yield


def _message(words):
    if len(words) != 2:  # the other one has only just begun
        return "The portal is already starting from this folder."
    address, process = words
    return (
        f"The portal is already running at {address} (process {process}). "
        f"To stop it, press Ctrl-C where it runs, or type: kill {process}"
    )


def insist_that_port_is_free(host, port):
    if embedded.is_free(port, host):
        return
    free = next(candidate for candidate in range(port + 1, 65536) if embedded.is_free(candidate))
    raise PortIsBusy(
        f"Port {port} is in use by another program. Stop that one, or choose another port: "
        f"make run PORT={free}"
    )
