"""PostgreSQL and Valkey from their wheels, for a portal on one machine.

Settings ask here for addresses; `manage.py portal` and the tests start the servers. What the
servers need to be found again (ports, passwords, secret key) lies under `var/embedded/`.
"""

import contextlib
import hmac
import json
import os
import secrets
import socket
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

STATE = Path("embedded", "state.json")
# Roles of the embedded database. Clusters of earlier versions have the first alone.
OWNER, PORTAL = "portal", "portal_app"


def state(var_dir):
    """Ports and secrets of this `var/`, made on first use: a dict that stays the same."""
    path = Path(var_dir) / STATE
    try:
        if not path.exists():
            _create(path)
        return json.loads(path.read_text())
    except PermissionError as error:
        raise ImproperlyConfigured(
            f"{error.filename} belongs to another user. Run the portal as that user, or delete "
            f"{var_dir} to start afresh."
        ) from error


def remember(var_dir, **values):
    """Add values (a port, say) to the state."""
    merged = state(var_dir) | values
    path = Path(var_dir) / STATE
    os.replace(_written(path, merged), path)


def secret_key(var_dir):
    return state(var_dir)["secret_key"]


def database_url(var_dir):
    """The address as the portal's role, which reads and writes rows."""
    known = state(var_dir)
    return _database_url(known, PORTAL, password_of_portal(known["password"]))


def owners_database_url(var_dir):
    """The address as the role that owns the cluster and all that is in it."""
    known = state(var_dir)
    return _database_url(known, OWNER, known["password"])


def _database_url(known, role, password):
    return f"postgresql://{role}:{password}@127.0.0.1:{known['postgres_port']}/portal"


def password_of_portal(owners):
    """That of the portal's role follows from its owner's, and not the other way round."""
    return hmac.new(owners.encode(), PORTAL.encode(), "sha256").hexdigest()


def redis_url(var_dir):
    known = state(var_dir)
    return f"redis://:{known['password']}@127.0.0.1:{known['valkey_port']}/0"


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_free(port, host="127.0.0.1"):
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _create(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _written(
        path,
        {
            "secret_key": secrets.token_urlsafe(50),
            "password": secrets.token_urlsafe(24),
            "postgres_port": free_port(),
            "valkey_port": free_port(),
        },
    )
    with contextlib.suppress(FileExistsError):  # another process was first; its file counts
        os.link(partial, path)
    partial.unlink()


def _written(path, values):
    """A file beside `path`, complete and readable for its owner only."""
    handle, partial = tempfile.mkstemp(prefix=f"{path.stem}.", dir=path.parent)
    with open(handle, "w") as file:
        json.dump(values, file)
    return Path(partial)
